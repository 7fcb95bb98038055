"""The accounts, put into the application."""

import secrets

from flask import Flask
from flask_security import Security, SQLAlchemyUserDatastore

from portal.accounts import queries
from portal.accounts.credentials import OnceOnlyTotp
from portal.accounts.links import SIGN_IN, link
from portal.accounts.models import User
from portal.accounts.rules import SHORTEST_PASSWORD
from portal.config import Settings, kept
from portal.db import db

# OWASP's advice: 19 MiB, two rounds, one lane; several sign-ins at once do not eat the memory.
ARGON2 = {
    "argon2__type": "ID",
    "argon2__memory_cost": 19 * 1024,
    "argon2__time_cost": 2,
    "argon2__parallelism": 1,
}


def init_accounts(app: Flask, settings: Settings) -> None:
    """Flask-Security keeps passwords and second factors; its pages are not used, ours are.

    Its pages commit for themselves, answer a wrong form with 200 and use inline script; what it
    does for every request would load a person, and send `Vary: Cookie`, on public pages too.
    """
    app.config.from_mapping(_configuration(settings))
    hooks = (app.before_request_funcs, app.after_request_funcs, app.template_context_processors)
    before = [list(each[None]) for each in hooks]
    datastore = SQLAlchemyUserDatastore(db, User, None)  # type: ignore[arg-type]
    Security(app, datastore, register_blueprint=False, totp_cls=OnceOnlyTotp)
    for each, kept_hooks in zip(hooks, before, strict=True):
        each[None] = kept_hooks  # type: ignore[index]
    app.extensions["sign_in_link"] = lambda: _sign_in_link(settings)


def _configuration(settings: Settings) -> dict[str, object]:
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": ARGON2,
        "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST_PASSWORD,
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_REQUIRED": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TOTP_SECRETS": {"1": _totp_key(settings)},
        "SECURITY_TOTP_ISSUER": _issuer(settings),
    }


def _issuer(settings: Settings) -> str:
    """The portal's name in an authenticator; a colon would end it."""
    return settings.public_url.partition("://")[2].replace(":", " ") or "portal"


def _totp_key(settings: Settings) -> str:
    """A key of its own, which no rotation of the secret key changes."""
    return kept(settings.data_dir / "totp_key", secrets.token_urlsafe(32))


def _sign_in_link(settings: Settings) -> str | None:
    """The link of the demonstration's organiser; there is none in production."""
    organiser = None if settings.env == "production" else queries.demonstration_organiser()
    return link(SIGN_IN, organiser) if organiser else None
