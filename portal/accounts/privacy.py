"""What accounts hold about a colleague, and how they forget."""

from portal.accounts.models import User

PERSONAL = (
    "email", "email_key", "name", "language", "password", "fs_uniquifier", "link_code",
    "tf_primary_method", "tf_totp_secret", "passkey_handle", "signed_in_at",
)  # fmt: skip


def erase(user: User) -> None:
    """Forget who a removed account was; the row stays, since audit entries name its id."""
    user.email = f"removed-{user.id}@invalid"
    user.email_key = user.email
    user.name = user.language = ""
    user.password = user.tf_primary_method = user.tf_totp_secret = user.totp_counter = None
    user.recovery_codes = []
    user.signed_in_at = user.passkey_handle = None
    user.passkeys.clear()
    user.identities.clear()
