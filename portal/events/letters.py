"""What we write to speakers, and to organisers about their drafts."""

from collections.abc import Sequence
from datetime import datetime

from portal import mail, tokens
from portal.accounts.models import User
from portal.events.models import Event, Speaker
from portal.i18n import in_language, languages, translated

CONSENT = "speaker_consent"
ASKED, APPROVED, SENT_BACK = (
    "publication_asked",
    "publication_approved",
    "publication_sent_back",
)


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


def tell(
    readers: Sequence[User],
    occasion: str,
    event: Event,
    *,
    who: User,
    reason: str = "",
    now: datetime,
) -> None:
    """One letter to each: `who` asked for, approved or sent back the publication."""
    for reader in readers:
        language = reader.language or languages()[0]
        with in_language(language):
            written = mail.write(
                "events", occasion, language=language,
                event=event, title=translated(event.title), who=who.name or who.email,
                reason=reason, address=_page(occasion, event),
            )  # fmt: skip
            mail.post(
                written,
                to=(reader.name, reader.email),
                facts=(occasion, event.id, reader.id, now.isoformat()),
                occasion=occasion,
                event_id=event.id,
                now=now,
            )


def _page(occasion: str, event: Event) -> str:
    endpoint = "events_desk.publication" if occasion == ASKED else "events_desk.show"
    return mail.public_url(endpoint, slug=event.slug)
