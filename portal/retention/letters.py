"""What we write to colleagues about copies that they took out."""

from datetime import datetime

from portal import mail
from portal.i18n import in_language, languages
from portal.retention.models import Export

COPY_EXPIRED = "copy_expired"


def ask_about(export: Export, *, now: datetime) -> None:
    """Ask once whether the copy is deleted; a colleague who left is asked nothing."""
    export.told_at = now
    user = export.user
    if not user.active:
        return
    language = user.language or languages()[0]
    with in_language(language):
        written = mail.write(
            "retention", COPY_EXPIRED, language=language, export=export, event=export.event,
            address=mail.public_url("exports_desk.index"),
        )  # fmt: skip
    mail.post(
        written,
        to=(user.name, user.email),
        facts=(COPY_EXPIRED, export.id, now.isoformat()),
        occasion=COPY_EXPIRED,
        now=now,
    )
