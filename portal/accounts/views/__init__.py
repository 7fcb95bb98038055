"""Where people come in: signing in and out, passwords by invitation or reset."""

from portal.accounts.views import (  # they hang their pages on the door
    oidc,
    passkeys,
    passwords,
    sign_in,
)
from portal.accounts.views.door import bp

__all__ = ["bp", "oidc", "passkeys", "passwords", "sign_in"]
