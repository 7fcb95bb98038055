"""Where people come in: signing in and out, passwords by invitation or reset."""

from portal.accounts.views.sign_in import bp

__all__ = ["bp"]
