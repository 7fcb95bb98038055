"""Signed links to an account: each good for one purpose, for a while, and once."""

from datetime import timedelta

from portal import mail, tokens
from portal.accounts.models import User
from portal.accounts.rules import INVITATION_HOLDS, RESET_HOLDS, SIGN_IN_LINK_HOLDS
from portal.db import db
from portal.tokens import BadLink

INVITATION, RESET, SIGN_IN = "invitation", "password_reset", "sign_in"
HOLDS: dict[str, timedelta] = {
    INVITATION: INVITATION_HOLDS,
    RESET: RESET_HOLDS,
    SIGN_IN: SIGN_IN_LINK_HOLDS,
}
PAGES = {
    INVITATION: "accounts.invitation",
    RESET: "accounts.new_password",
    SIGN_IN: "accounts.sign_in_by_link",
}


def link(purpose: str, user: User) -> str:
    """The full address that goes into a letter or onto the operator's screen."""
    token = tokens.sign_for_a_while(purpose, user.id, _revoked_by(purpose, user))
    return mail.public_url(PAGES[purpose], token=token)


def opened(purpose: str, token: str) -> User:
    """The account that the link opens; BadLink when it is too old, used, or not ours."""
    values = tokens.read_within(purpose, token, int(HOLDS[purpose].total_seconds()))
    user = db.session.get(User, values[0]) if len(values) == 2 else None
    if user is None or not user.active or values[1] != _revoked_by(purpose, user):
        raise BadLink
    return user


def _revoked_by(purpose: str, user: User) -> str:
    """What changes in the account when such a link was used."""
    return user.link_code if purpose == SIGN_IN else user.fs_uniquifier
