"""What we answer to a calendar; the only door from here to the outbox.

Every answer goes to the address of the registration, whoever sent the mail: nobody can have us
write to a third person.
"""

from datetime import datetime

from portal import mail
from portal.i18n import in_language
from portal.inbox.rules import Occasion
from portal.invites import service as invites
from portal.invites.models import Invite
from portal.registrations.letters import Told, return_path, token
from portal.registrations.models import Registration


def answer(registration: Registration, invite: Invite, what: Occasion, *, now: datetime) -> None:
    """The letter that says what becomes of a No, a delegate or another time."""
    language = registration.language
    calendar = invites.decline_counter(invite, now=now) if what is Occasion.COUNTERED else None
    back_to = return_path(invite)
    with in_language(language):
        written = mail.write(
            "inbox", what.value, language=language, changes=[],
            told=Told(registration, registration.event, language),
            withdrawal_url=mail.public_url(
                "registrations.withdrawal", lang=language, token=token(registration)
            ),
        )  # fmt: skip
        mail.post(
            written,
            to=("", registration.email),
            facts=(what, registration.id, invite.sequence, invite.reply_stamped_at),
            occasion=what.value,
            thread=registration.thread,
            event_id=registration.event_id,
            calendar=calendar,
            in_reply_to=invite.first_message_id or None,
            reply_to=back_to or None,
            return_path=back_to,
            now=now,
        )
