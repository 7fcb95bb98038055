"""What we write to speakers."""

from datetime import datetime

from portal import mail, tokens
from portal.events.models import Speaker
from portal.i18n import in_language, translated

CONSENT = "speaker_consent"


def ask_for_consent(speaker: Speaker, language: str, *, now: datetime) -> None:
    """One letter with the link to what the page would say of them."""
    event = speaker.event
    with in_language(language):
        written = mail.write(
            "events", CONSENT, language=language, speaker=speaker,
            title=translated(event.title, language), address=link(speaker, language),
        )  # fmt: skip
    mail.post(
        written,
        to=(speaker.name, speaker.email),
        facts=(CONSENT, speaker.id, now.isoformat()),
        occasion=CONSENT,
        event_id=speaker.event_id,
        now=now,
    )


def link(speaker: Speaker, language: str) -> str:
    """The full address of the page where they say yes or no; good as long as they speak."""
    return mail.public_url("speakers.show", lang=language, token=token(speaker))


def token(speaker: Speaker) -> str:
    return tokens.sign("speaker", speaker.id, speaker.link_code)
