"""The demonstration's list of guests, ready to be sent: nobody real, and nobody is written to."""

from datetime import datetime, time, timedelta

from portal.audit.service import COMMAND
from portal.events.models import Event
from portal.i18n import everywhere, languages
from portal.invitations.rules import Person
from portal.invitations.service import lists
from portal.registrations.rules import StakeholderGroup

GUESTS = (
    ("Dr", "Ilse", "Papadopoulou", "mep", "GR", "el"),
    ("", "Bartosz", "Kowalska", "mep_office", "PL", "en"),
    ("", "Chiara", "Rossi", "mep", "IT", "fr"),
    ("Prof.", "Maarten", "De Smet", "expert", "BE", "fr"),
    ("", "Hanna", "Weber", "mep_office", "DE", "de"),
    ("", "Kaisa", "Virtanen", "policy_maker", "FI", "en"),
)


def load(event: Event, now: datetime) -> None:
    """Six people, who are reminded three weeks before if they have not answered."""
    facts = {
        "name": "Members and offices",
        "source": "a list that was made up for the demonstration",
        "language": languages()[0],
        "words": everywhere("We would be glad to have you at one of the two tables."),
        "answer_until": event.starts_at - timedelta(weeks=2),
        "transferable": True,
        "remind_days": 21,
        "remind_at": time(9),
    }
    made = lists.make(event, facts, by=COMMAND, now=now)
    for nth, (title, first_name, last_name, group, country, language) in enumerate(GUESTS):
        guest = Person(
            nth=nth + 1,
            address=f"guest-{nth + 1}@example.org",
            title=title,
            first_name=first_name,
            last_name=last_name,
            group=StakeholderGroup(group).value,
            country=country,
            language=language if language in languages() else "",
        )
        lists.add(made, guest, by=COMMAND, now=now)
