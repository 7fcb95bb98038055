"""Sign-in by a provider (EU Login is one), by Authlib: code flow with PKCE, state and nonce.

OpenID Connect Core 1.0 (section 3.1) and Discovery 1.0; RFC 7636 for PKCE, RFC 9700 for the rest.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from flask import current_app
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from portal import mail
from portal.config import Oidc

PATIENCE = 5.0
CLOCKS_MAY_DIFFER = 60
KNOWN_FOR = timedelta(minutes=10)
SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")


class ProviderAway(Exception):
    """The provider does not answer, or says nothing that can be understood."""


class NotTrusted(Exception):
    """The provider's answer does not prove who this is."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Who somebody is at the provider; the address is there only where the provider verified it."""

    issuer: str
    subject: str
    email: str


def settings() -> Oidc | None:
    """The provider that the operator configured."""
    found: Oidc | None = current_app.extensions["portal"].oidc
    return found


def begin(provider: Oidc, now: datetime) -> tuple[str, dict[str, str]]:
    """The provider's address to go to, and what this browser has to keep until it comes back."""
    kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    metadata = _metadata(provider, now)
    with _client(provider) as client:
        address, _state = client.create_authorization_url(
            metadata["authorization_endpoint"],
            state=kept["state"],
            nonce=kept["nonce"],
            code_verifier=kept["verifier"],
        )
    return address, kept


def finish(provider: Oidc, code: str, kept: dict[str, str], now: datetime) -> Claims:
    """Who came back with this code: NotTrusted unless the provider signed it for this browser."""
    metadata = _metadata(provider, now)
    with _client(provider) as client:
        try:
            token = client.fetch_token(
                metadata["token_endpoint"], code=code, code_verifier=kept["verifier"]
            )
            signers = client.request("GET", metadata["jwks_uri"], withhold_token=True)
            keys = KeySet.import_key_set(signers.raise_for_status().json())
            claims = _claims(provider, token, keys, kept["nonce"], now)
            told = _told(client, metadata, claims)
        except OAuthError as error:
            raise NotTrusted(error.error) from error
        except JoseError as error:
            raise NotTrusted(type(error).__name__) from error
        except _UNREADABLE as error:
            raise ProviderAway from error
    verified = told.get("email_verified") is True
    email = str(told.get("email") or "") if verified else ""
    return Claims(provider.issuer, str(claims["sub"]), email)


# No connection, a status that says so, and words that are no answer.
_UNREADABLE = (httpx2.HTTPError, ValueError, KeyError, TypeError, AttributeError)
_kept: dict[str, tuple[datetime, dict[str, Any]]] = {}


def _metadata(provider: Oidc, now: datetime) -> dict[str, Any]:
    """What the provider says of itself (Discovery 1.0, section 4); it is asked now and then."""
    at, found = _kept.get(provider.issuer, (None, {}))
    if at is not None and now - at < KNOWN_FOR:
        return found
    try:
        answer = httpx2.get(
            f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration", timeout=PATIENCE
        )
        found = answer.raise_for_status().json()
        is_complete = all(_is_safe(provider, found[name]) for name in _ENDPOINTS)
        is_theirs = found["issuer"].rstrip("/") == provider.issuer.rstrip("/")
    except _UNREADABLE as error:
        raise ProviderAway from error
    if not (is_complete and is_theirs):
        raise ProviderAway
    _kept[provider.issuer] = (now, found)
    return found


_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


def _is_safe(provider: Oidc, endpoint: str) -> bool:
    """In the open only where the issuer itself is, which production refuses."""
    return endpoint.startswith("https://") or provider.issuer.startswith("http://")


def _client(provider: Oidc) -> OAuth2Client:
    return OAuth2Client(
        provider.client_id,
        provider.client_secret,
        scope="openid email",
        redirect_uri=mail.public_url("accounts.oidc_return"),
        code_challenge_method="S256",
        timeout=PATIENCE,
    )


def _claims(
    provider: Oidc, token: dict[str, Any], keys: KeySet, nonce: str, now: datetime
) -> CodeIDToken:
    """What the ID token proves (Core 1.0, section 3.1.3.7)."""
    decoded = jwt.decode(token["id_token"], keys, algorithms=list(SIGNED_BY))
    claims = CodeIDToken(
        decoded.claims,
        decoded.header,
        options={
            "iss": {"essential": True, "values": [provider.issuer, provider.issuer.rstrip("/")]},
            "aud": {"essential": True, "value": provider.client_id},
        },
        params={
            "nonce": nonce,
            "client_id": provider.client_id,
            "access_token": token.get("access_token"),
        },
    )
    claims.validate(now=int(now.timestamp()), leeway=CLOCKS_MAY_DIFFER)
    return claims


def _told(client: OAuth2Client, metadata: dict[str, Any], claims: CodeIDToken) -> dict[str, Any]:
    """The claims about the address, which some providers give at an endpoint of their own."""
    if "email" in claims or "userinfo_endpoint" not in metadata:
        return dict(claims)
    told: dict[str, Any] = client.get(metadata["userinfo_endpoint"]).raise_for_status().json()
    if told.get("sub") != claims["sub"]:
        raise NotTrusted("sub")
    return told


def forget() -> None:
    """What providers said of themselves is asked for anew."""
    _kept.clear()
