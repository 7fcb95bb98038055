"""Applications that a test makes in its own process, and how it is rid of them."""

from flask import Flask

from portal.db import db


def hash_quickly(app: Flask) -> None:
    """Keep passwords and second factors quick rather than safe, as the tests' PostgreSQL is."""
    security = app.extensions["security"]
    security.pwd_context.update(argon2__memory_cost=64, argon2__time_cost=1)
    security.totp_factory._totp.wallet.encrypt_cost = 1


def close(app: Flask) -> None:
    """Let go of its connections; left open, another test is told of them as its fault."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    app.extensions["limit_counts"].dispose()
