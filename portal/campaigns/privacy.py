"""What campaign links hold about people: nothing."""

from portal.campaigns.models import Issue, Link, Visits
from portal.keeping import Impersonal, Rules

KEEPING: Rules = {
    Issue: Impersonal("Names and days of newsletters.", texts=("newsletter", "number")),
    Link: Impersonal("Addresses of public pages.", texts=("code", "place", "target")),
    Visits: Impersonal("A number for each link and day; nothing of who came is kept anywhere."),
}
