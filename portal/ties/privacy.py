"""What topics, projects and ties hold about a person: nothing."""

from portal.keeping import Impersonal, Rules
from portal.ties.models import Project, Tie, Topic

_PAGE = ("slug", "title", "summary", "text")

KEEPING: Rules = {
    Topic: Impersonal("What editors publish about a subject.", texts=(*_PAGE, "sector")),
    Project: Impersonal(
        "What editors publish about a piece of work; who commissioned or did it is a house.",
        texts=(*_PAGE, "also_called", "commissioned_by", "countries", "hashtag", "phases"),
    ),
    Tie: Impersonal("What belongs to what."),
}
