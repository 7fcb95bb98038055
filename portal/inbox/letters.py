"""What we answer to a calendar; the only door from here to the outbox.

Every answer goes to the address of the registration, or of whoever acts for the person where it was
their calendar, whoever sent the mail: nobody can have us write to a third person.
"""

from datetime import datetime

from portal import mail
from portal.accounts.queries import who_runs
from portal.events.models import Event
from portal.events.shown import Shown, contacts, whom_to_ask, withdrawal_words
from portal.i18n import in_language, languages, translated
from portal.inbox.queries import registration_of, written_thread
from portal.inbox.rules import Occasion, Written
from portal.invites import service as invites
from portal.invites.models import Invite, OfficeInvite
from portal.outbox.mime import defang
from portal.registrations import office_links
from portal.registrations import queries as registrations
from portal.registrations.acting import Contact
from portal.registrations.entries import Reader, return_path
from portal.registrations.own_links import token
from portal.registrations.told import Told

PERSON_WROTE = "person_wrote"


def answer(reader: Reader, invite: Invite | OfficeInvite, what: Occasion, *, now: datetime) -> None:
    """The letter that says what becomes of a No, a delegate or another time."""
    office = reader if isinstance(reader, Contact) else None
    registration = registration_of(reader)
    language = reader.language
    calendar = invites.decline_counter(invite, now=now) if what is Occasion.COUNTERED else None
    back_to, is_late = return_path(invite), registration.withdraws_late(now)
    with in_language(language):
        written = mail.write(
            "inbox", what.value, language=language, changes=[],
            told=Told(registration, registration.event, language, for_office=office),
            withdrawal_url=_withdrawal_url(reader, language),
            late=withdrawal_words(registration.event, now) if is_late else "",
            transfer_url=_transfer_url(reader, language) if registration.may_hand_over(now) else "",
            shown=_shown(registration.event, now),
            to_ask=", ".join(each.address for each in whom_to_ask(registration.event)),
        )  # fmt: skip
        mail.post(
            written,
            to=("", reader.email),
            facts=(what, reader.thread, invite.sequence, invite.reply_stamped_at),
            occasion=what.value,
            thread=reader.thread,
            event_id=registration.event_id,
            calendar=calendar,
            in_reply_to=invite.first_message_id or None,
            reply_to=back_to or None,
            return_path=back_to,
            now=now,
        )


def _shown(event: Event, now: datetime) -> Shown:
    """What whoever comes instead meets on the page of the event."""
    return Shown(event, registrations.places_of([event], now)[event.id], now)


def _withdrawal_url(reader: Reader, lang: str) -> str:
    if isinstance(reader, Contact):
        return office_links.withdrawal_url(reader, lang)
    return mail.public_url("registrations.withdrawal", lang=lang, token=token(reader))


def _transfer_url(reader: Reader, lang: str) -> str:
    if isinstance(reader, Contact):
        return office_links.transfer_url(reader, lang)
    return mail.public_url("registrations.transfer", lang=lang, token=token(reader))


def pass_on(reader: Reader, written: Written, *, now: datetime) -> bool:
    """What a person wrote, to whom the event says can be asked, else to those who run it.

    Text alone, of which no program makes a link; whether there was anybody to write to. An answer
    goes to the address that our letter went to, whoever sent the mail.
    """
    registration = registration_of(reader)
    event, own = registration.event, mail.sender()[1].lower()
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
                    name=defang(reader.full_name or reader.email), answer_to=reader.email,
                    address=mail.public_url("registrations_desk.show", slug=event.slug,
                                         registration_id=registration.id),
                ),
                to=("", address),
                facts=(PERSON_WROTE, registration.id, number, now.isoformat(), written.text),
                occasion=PERSON_WROTE,
                thread=written_thread(registration.id),
                event_id=event.id,
                reply_to=reader.email,
                now=now,
            )  # fmt: skip
    return bool(readers)
