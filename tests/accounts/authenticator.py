"""A device with one passkey, in software: it also answers as no real one would."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40
ES256 = -7


class Authenticator:
    """Counts its uses from one, unless a test says otherwise."""

    def __init__(self, origin: str = "http://localhost", rp: str = "localhost") -> None:
        self.origin, self.rp = origin, rp
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.handle = ""
        self.count = 0

    def make(self, options: dict[str, Any], **facts: Any) -> str:
        """The answer to `navigator.credentials.create()`, without attestation."""
        self.handle = options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: ES256, -1: 1, -2: _octets(numbers.x), -3: _octets(numbers.y)}
        of_key = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + encode_cbor(cose)
        data = self._data(WITH_KEY, **facts) + of_key
        attested = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options, **facts)
        return self._answer({"clientDataJSON": client, "attestationObject": attested})

    def use(self, options: dict[str, Any], **facts: Any) -> str:
        """The answer to `navigator.credentials.get()`."""
        self.count += 1
        data = self._data(0, **facts)
        client = self._client("webauthn.get", options, **facts)
        signed = data + hashlib.sha256(client).digest()
        signature = self.key.sign(signed, ec.ECDSA(SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._answer(parts | {"userHandle": base64url_to_bytes(self.handle)})

    def _data(self, flags: int, *, verified: bool = True, **facts: Any) -> bytes:
        rp: str = facts.get("rp", self.rp)
        count: int = facts.get("count", self.count)
        flags |= PRESENT | (VERIFIED if verified else 0)
        return hashlib.sha256(rp.encode()).digest() + bytes([flags]) + count.to_bytes(4, "big")

    def _client(self, kind: str, options: dict[str, Any], **facts: Any) -> bytes:
        said = {
            "type": kind,
            "challenge": facts.get("challenge", options["challenge"]),
            "origin": facts.get("origin", self.origin),
        }
        return json.dumps(said).encode()

    def _answer(self, response: dict[str, bytes]) -> str:
        own = bytes_to_base64url(self.id)
        shown = {name: bytes_to_base64url(octets) for name, octets in response.items()}
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": shown})


def _octets(number: int) -> bytes:
    return number.to_bytes(32, "big")
