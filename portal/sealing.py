"""What the database keeps but must not tell: sealed with a key that lies beside it."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import Flask, current_app

from portal.config import Misconfigured, Settings, kept

FILE = "access_key"


class Unreadable(Exception):
    """What was sealed with another key, for another row, or was tampered with."""


def init_sealing(app: Flask, settings: Settings) -> None:
    """Read the keys, one on each line, made at the first start: the first seals, all open."""
    keys = kept(settings.data_dir / FILE, Fernet.generate_key().decode()).split()
    try:
        app.extensions["sealing"] = MultiFernet([Fernet(key) for key in keys]), keys[0].encode()
    except (ValueError, IndexError):
        raise Misconfigured([f"{FILE} in the data directory holds no key that fits."]) from None


def seal(about: str, facts: Mapping[str, Any]) -> str:
    """The facts as nobody reads them; `about` says to which row they belong."""
    fernet, _key = current_app.extensions["sealing"]
    sealed: bytes = fernet.encrypt(json.dumps([about, facts]).encode())
    return sealed.decode()


def opened(about: str, sealed: str) -> dict[str, Any]:
    """What was sealed for this row; Unreadable otherwise."""
    fernet, _key = current_app.extensions["sealing"]
    try:
        row, facts = json.loads(fernet.decrypt(sealed))
    except InvalidToken as error:
        raise Unreadable from error
    if row != about:
        raise Unreadable
    return dict(facts)


def mark(*cells: str) -> str:
    """What tells whether cells are as they were, and nothing else of them (HMAC, RFC 2104)."""
    _fernet, key = current_app.extensions["sealing"]
    return hmac.new(key, json.dumps(cells).encode(), hashlib.sha256).hexdigest()
