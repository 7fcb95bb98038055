"""The record of the demonstration's events, whose responsible body is made up."""

from typing import Any

from portal.i18n import everywhere
from portal.protection.rules import USUAL_DAYS, Basis, Law


def record() -> dict[str, Any]:
    """As `Facts`, with its texts in every language that the portal offers."""
    return {
        "law": Law.EUDPR.value,
        "controllers": [
            {
                "name": "Agency for learning at work (demonstration)",
                "address": "1 Example Street, 1000 Brussels, Belgium",
                "email": "privacy@example.org",
            }
        ],
        "arrangement": {},
        "officer_email": "data-protection-officer@example.org",
        "register_url": "https://www.example.org/register",
        "authority_name": "",
        "authority_url": "",
        "purposes": [
            {
                "what": everywhere(
                    "To hold the event: to give out places, to write to you about it, and to "
                    "prepare it for you"
                ),
                "basis": Basis.PUBLIC_TASK.value,
            },
            {
                "what": everywhere("To account for the event by counts without names"),
                "basis": Basis.PUBLIC_TASK.value,
            },
        ],
        "recipients": everywhere(
            "The organisers of the event\nThe technicians who keep the portal running\n"
            "The caterer: diets, without names"
        ),
        "processors": [],
        "transfers": False,
        "safeguards": {},
        "retention": {kept.value: number for kept, number in USUAL_DAYS.items()},
    }
