"""Questions that come with their words, and those that nobody should ask."""

import re
from typing import Any

from portal.i18n import everywhere
from portal.questions.rules import Asked, Kind
from portal.text import fold

_ACCOUNT = re.compile(
    r"\b(iban|bic|swift[ -]code|code swift|bank ?accounts?|account numbers?|bank details"
    r"|bankverbindung(en)?|(bank)?kontonummern?|bankkont(o|os|en)|kontodaten|bankdaten"
    r"|comptes? bancaires?|numeros? de compte|coordonnees bancaires"
    r"|releves? d.identite bancaire|(un|le|du|votre) rib"
    r"|τραπεζικ(οσ|ο|ου|οι|ων|ουσ) λογαριασμ(οσ|ο|ου|οι|ων|ουσ)"
    r"|αριθμ(οσ|ο|ου|οι|ων|ουσ) λογαριασμ(ου|ων)|τραπεζικα στοιχεια)\b"
)
"""Whole words, and no word that means something else as well: a table is a τραπέζι."""


def words(kind: Kind) -> dict[str, Any]:
    """What the form of a new question begins with, in each language of the portal."""
    if kind is not Kind.REGISTER_NUMBER:
        return {}
    return {
        "label": everywhere("Transparency Register number"),
        "help": everywhere(
            "If your organisation is in the EU Transparency Register: digits, a hyphen and two "
            "digits, as in 123456789012-34."
        ),
    }


def asks_for_account(question: Asked) -> bool:
    """Whether it seems to want to know somebody's bank account."""
    return any(
        _ACCOUNT.search(fold(text))
        for texts in (question.label, question.help)
        for text in texts.values()
    )
