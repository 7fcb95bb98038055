"""Who is told about somebody for whom another acts: values in, a value out."""

from enum import StrEnum


class Readers(StrEnum):
    """To whom letters, or the invite, go: to the attendee, to whoever acts for them, or to both."""

    PERSON = "person"
    OFFICE = "office"
    BOTH = "both"

    @property
    def has_person(self) -> bool:
        return self is not Readers.OFFICE

    @property
    def has_office(self) -> bool:
        return self is not Readers.PERSON


def is_written_to(*, chosen: bool, is_new: bool, has_calendar: bool) -> bool:
    """Whether a mailbox gets a letter about what is so now.

    The first one goes to everybody concerned, whatever was chosen: to the person, who is to know
    what is kept of them and from whom (Regulation (EU) 2018/1725, Article 16), and to the mailbox
    in whose name somebody acts. So does what ends it all, as a place that is handed over; and what
    takes an entry into a calendar or out of it goes there always.
    """
    return chosen or is_new or has_calendar
