"""Two providers of sign-ins: a real one, as its own process, and one that says what it likes."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from tests.harness.ports import free_port
from tests.harness.servers import until

BACK = "http://localhost/desk/sign-in/provider/return"


@dataclass
class Provider:
    """The address of a provider, and what it knows the portal as."""

    issuer: str
    client_id: str = "portal"
    client_secret: str = "hush: a & b"

    def environ(self) -> dict[str, str]:
        return {
            "PORTAL_OIDC_ISSUER": self.issuer,
            "PORTAL_OIDC_CLIENT_ID": self.client_id,
            "PORTAL_OIDC_CLIENT_SECRET": self.client_secret,
            "PORTAL_OIDC_NAME": "House Login",
        }

    def knows(self, subject: str, **claims: Any) -> None:
        """Somebody has an account there."""
        httpx.put(f"{self.issuer}/users/{subject}", json=claims).raise_for_status()

    def come_back(self, address: str, subject: str, **pressed: str) -> str:
        """Sign in there as a person would, and where that leads, without the host."""
        answer = httpx.post(address, data={"sub": subject} | pressed)
        back = answer.headers["Location"]
        assert back.startswith(BACK), back
        return back.removeprefix("http://localhost")


@contextmanager
def real_provider(directory: Path) -> Iterator[Provider]:
    """oidc-provider-mock, which wants a nonce and knows registered portals only."""
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "oidc_provider_mock", "-p", str(port), "-r", "-n"]
    with (directory / "provider.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        until(lambda: _answers(issuer), 30)
        registered = httpx.post(f"{issuer}/oauth2/clients", json={"redirect_uris": [BACK]}).json()
        yield Provider(issuer, registered["client_id"], registered["client_secret"])
    finally:
        process.terminate()
        process.wait(10)


def _answers(issuer: str) -> bool:
    with suppress(httpx.HTTPError):
        return httpx.get(f"{issuer}/.well-known/openid-configuration").is_success
    return False


@dataclass
class Liar(Provider):
    """A provider that a test makes say anything; PKCE and the portal's secret it does check."""

    metadata: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] | None = None
    signing: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "own"}))
    own: RSAKey | None = None
    asked: dict[str, str] = field(default_factory=dict)

    def come_back(self, address: str, subject: str = "s1", **pressed: str) -> str:
        self.asked = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
        assert self.asked["redirect_uri"] == BACK
        return f"/desk/sign-in/provider/return?code=c1&state={self.asked['state']}"

    def application(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        pages = {
            "/.well-known/openid-configuration": self._discovery,
            "/jwks": lambda _request: {"keys": [(self.own or self.signing).as_dict(private=False)]},
            "/token": self._token,
            "/userinfo": lambda _request: self.userinfo,
        }
        body = json.dumps(pages[request.path](request))
        return Response(body, content_type="application/json")(environ, start_response)

    def _discovery(self, request: Request) -> dict[str, Any]:
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
        }
        more = {} if self.userinfo is None else {"userinfo_endpoint": f"{self.issuer}/userinfo"}
        return told | more | self.metadata

    def _token(self, request: Request) -> dict[str, Any]:
        verifier = hashlib.sha256(request.form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        assert (self.asked["code_challenge_method"], self.asked["code_challenge"]) == (
            "S256",
            challenge,
        )
        assert request.form["redirect_uri"] == BACK
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": "s1",
            "iat": now,
            "exp": now + 300,
            "nonce": self.asked["nonce"],
            "email": "olga@example.org",
            "email_verified": True,
        } | self.claims
        said = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": "RS256", "kid": "own"} | self.header
        token = jwt.encode(header, said, self.signing, algorithms=[header["alg"]])
        return {"access_token": "a1", "token_type": "Bearer", "expires_in": 300, "id_token": token}


@contextmanager
def lying_provider() -> Iterator[Liar]:
    port = free_port()
    liar = Liar(f"http://127.0.0.1:{port}")
    server = make_server("127.0.0.1", port, liar.application, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield liar
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
