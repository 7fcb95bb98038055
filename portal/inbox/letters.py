"""What we answer to a calendar; the only door from here to the outbox.

Every answer goes to the address of the registration, whoever sent the mail: nobody can have us
write to a third person.
"""

from datetime import datetime

from portal import mail
from portal.accounts.queries import who_runs
from portal.events.shown import contacts, withdrawal_words
from portal.i18n import in_language, languages, translated
from portal.inbox.queries import written_thread
from portal.inbox.rules import Occasion, Written
from portal.invites import service as invites
from portal.invites.models import Invite
from portal.outbox.mime import defang
from portal.registrations.acting import Contact
from portal.registrations.entries import return_path
from portal.registrations.models import Registration
from portal.registrations.own_links import token
from portal.registrations.told import Told

PERSON_WROTE = "person_wrote"


def answer(registration: Registration, invite: Invite, what: Occasion, *, now: datetime) -> None:
    """The letter that says what becomes of a No, a delegate or another time."""
    language = registration.language
    calendar = invites.decline_counter(invite, now=now) if what is Occasion.COUNTERED else None
    back_to, is_late = return_path(invite), registration.withdraws_late(now)
    with in_language(language):
        written = mail.write(
            "inbox", what.value, language=language, changes=[],
            told=Told(registration, registration.event, language),
            withdrawal_url=mail.public_url(
                "registrations.withdrawal", lang=language, token=token(registration)
            ),
            late=withdrawal_words(registration.event, now) if is_late else "",
            transfer_url=mail.public_url(
                "registrations.transfer", lang=language, token=token(registration)
            ) if registration.may_hand_over(now) else "",
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


def pass_on(
    registration: Registration, written: Written, *, office: Contact | None = None, now: datetime
) -> bool:
    """What a person, or who acts for them, wrote, to the event's contacts or to who runs it.

    Text alone, of which no program makes a link; whether there was anybody to write to. An answer
    goes to the address that our letter went to, whoever sent the mail.
    """
    event, own = registration.event, mail.sender()[1].lower()
    writer = office or registration
    named = [(each.address, languages()[0]) for each in contacts(event)]
    running = [(each.email, each.language or languages()[0]) for each in who_runs(event.id)]
    readers = {to: lang for to, lang in (named or running) if to and to.lower() != own}
    for number, (address, language) in enumerate(sorted(readers.items())):
        with in_language(language):
            mail.post(
                mail.write(
                    "inbox", PERSON_WROTE, language=language, registration=registration,
                    event=event, title=translated(event.title, language), written=written,
                    words=defang(written.text), subject=defang(written.subject),
                    name=defang(writer.full_name or writer.email),
                    address=mail.public_url("registrations_desk.show", slug=event.slug,
                                         registration_id=registration.id),
                ),
                to=("", address),
                facts=(PERSON_WROTE, registration.id, number, now.isoformat(), written.text),
                occasion=PERSON_WROTE,
                thread=written_thread(registration.id),
                event_id=event.id,
                reply_to=writer.email,
                now=now,
            )  # fmt: skip
    return bool(readers)
