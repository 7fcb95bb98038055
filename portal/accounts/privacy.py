"""What accounts hold about a colleague, and how they forget."""

from portal.accounts.models import User

PERSONAL = ("email", "email_key", "name", "password", "tf_totp_secret", "recovery_codes")


def erase(user: User) -> None:
    """Forget who a removed account was; the row stays, since audit entries name its id."""
    user.email = f"removed-{user.id}@invalid"
    user.email_key = user.email
    user.name = ""
