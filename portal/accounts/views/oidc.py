"""Sign-in by a provider: going there, and coming back."""

from flask import abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from limits import parse

from portal import clock
from portal.accounts import letters, oidc, queries, service
from portal.accounts.models import User
from portal.accounts.oidc import Claims, NotTrusted, ProviderAway
from portal.accounts.rules import SignedInBy, inside
from portal.accounts.views import door
from portal.accounts.views.door import bp
from portal.config import Oidc
from portal.db import transaction
from portal.extensions import limiter
from portal.limits import rate
from portal.tokens import digest
from portal.web import error_page

GONE_THERE = "oidc"
FOUND_THERE = "oidc_found"
USED_UP = "1 per hour"


@bp.get("/sign-in/provider")
@limiter.limit(rate("sign_in"))
def oidc_start() -> ResponseReturnValue:
    """A link and no form: the policy of our pages lets forms lead nowhere else."""
    provider = _provider()
    try:
        address, kept = oidc.begin(provider, clock.now())
    except ProviderAway:
        return _away(provider)
    onwards = inside(request.args.get("next"), url_for("desk.front"))
    for_whom = "link" if request.args.get("link") else "sign_in"
    session[GONE_THERE] = kept | {"onwards": onwards, "purpose": for_whom}
    return redirect(address, 303)


@bp.get("/sign-in/provider/return")
@limiter.limit(rate("sign_in"))
def oidc_return() -> ResponseReturnValue:
    """The provider sends the browser back by GET (RFC 6749): `state` proves that it went from here.

    The provider is asked before any transaction is open, and `state` is good once.
    """
    provider, kept = _provider(), session.pop(GONE_THERE, None)
    state = request.args.get("state", "")
    if not kept or state != kept["state"] or not _first_use(state):
        return _not_trusted(provider, "state")
    if "code" not in request.args:
        return _refused_there(provider)
    try:
        claims = oidc.finish(provider, request.args["code"], kept, clock.now())
    except ProviderAway:
        return _away(provider)
    except NotTrusted as error:
        return _not_trusted(provider, str(error))
    if kept["purpose"] == "link":
        session[FOUND_THERE] = [claims.issuer, claims.subject, claims.email]
        return redirect(url_for("identity_desk.show"), 303)
    return _come_in(provider, claims, kept["onwards"])


def _come_in(provider: Oidc, claims: Claims, onwards: str) -> ResponseReturnValue:
    with transaction():
        user = _whose(claims)
        if user is None:
            return _no_account(provider, claims)
        if provider.second_factor_is_theirs:
            return redirect(door.sign_in(user, SignedInBy.OIDC, onwards), 303)
        door.half_sign_in(user, SignedInBy.OIDC, onwards)
        return redirect(url_for(door.second_step(user)), 303)


def _whose(claims: Claims) -> User | None:
    """The account that is linked; else the invited one of this verified address, linked by this."""
    linked = queries.by_identity(claims.issuer, claims.subject)
    if linked is not None:
        return queries.locked(linked.id)
    known = queries.by_address(claims.email) if claims.email else None
    user = queries.locked(known.id) if known else None
    if user is None or user.demonstration or queries.identity(user.id, claims.issuer):
        return None
    now = clock.now()
    service.link_identity(user, claims.issuer, claims.subject, by=door.by(user), now=now)
    letters.tell_of_identity(user, now=now)
    return user


def _provider() -> Oidc:
    found = oidc.settings()
    if found is None:
        abort(404)
    return found


def _first_use(state: str) -> bool:
    return bool(limiter.limiter.hit(parse(USED_UP), GONE_THERE, digest(state)))


def _no_account(provider: Oidc, claims: Claims) -> ResponseReturnValue:
    sentence = _(
        "%(provider)s knows you, but no account here is yours, and none was made. Accounts are by "
        "invitation: ask the administrator of the portal. If you have one under another address, "
        "sign in with your password, and link %(provider)s on the page of your account.",
        provider=provider.name,
    )
    return error_page(403, _("There is no account for you here"), sentence, _way_back())


def _refused_there(provider: Oidc) -> ResponseReturnValue:
    sentence = _("You did not sign in at %(provider)s. Try again, or use your password.",
                 provider=provider.name)  # fmt: skip
    return error_page(403, _("You are not signed in"), sentence, _way_back())


def _away(provider: Oidc) -> ResponseReturnValue:
    door.log.warning("provider away")
    sentence = _("%(provider)s does not answer. Sign in with your password, or try again later.",
                 provider=provider.name)  # fmt: skip
    return error_page(502, _("You are not signed in"), sentence, _way_back())


def _not_trusted(provider: Oidc, why: str) -> ResponseReturnValue:
    door.log.warning("sign-in failed", extra={"fields": {"factor": "oidc", "code": why}})
    sentence = _(
        "The answer of %(provider)s came too late, twice, or not for this browser. Try again, or "
        "use your password.",
        provider=provider.name,
    )
    return error_page(400, _("You are not signed in"), sentence, _way_back())


def _way_back() -> tuple[str, str]:
    return _("Sign in to the desk"), url_for("accounts.sign_in")
