"""Numbers of the EU Transparency Register: their form, and the page of whoever has one.

The form alone is checked: how the last two digits follow from the others is not published.
"""

import re
from urllib.parse import quote

LONGEST = 30
_FORM = re.compile(r"([0-9]{5,12})[-‐‑–−]([0-9]{2})")
_PAGE = "https://transparency-register.europa.eu/search-register-or-update/organisation-detail_en"


def register_number(typed: str) -> str | None:
    """The number as the register writes it, 123456789012-34; None where it is none."""
    found = _FORM.fullmatch(re.sub(r"\s", "", typed))
    return f"{found[1]}-{found[2]}" if found else None


def register_page(number: str) -> str:
    """Where the register shows this number; nobody asks it but whoever follows the link."""
    return f"{_PAGE}?id={quote(number)}"
