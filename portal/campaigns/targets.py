"""Which pages a campaign link may lead to: public ones of this portal, and no others."""

from contextvars import Context
from urllib.parse import quote, urlsplit

from flask import Flask, current_app
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal.campaigns.rules import path_in
from portal.i18n import languages

SAFE = "/:@!$&'()*+,;=-._~%"


def public_path(typed: str) -> str | None:
    """The path of a public page of ours, as it is kept; None where there is no such page."""
    settings = current_app.extensions["portal"]
    path = typed.removeprefix(settings.public_url)
    try:
        parts = urlsplit(path)
    except ValueError:
        return None
    if not path.startswith("/") or parts.netloc or "\\" in path or ".." in parts.path.split("/"):
        return None
    whole = quote(parts.path, safe=SAFE)
    asked = f"{whole}?{quote(parts.query, safe=SAFE + '?')}" if parts.query else whole
    page = path_in(asked, languages(), languages()[0])
    if not _is_for_everybody(page.partition("?")[0]) or not _answers(page):
        return None
    return f"{asked}#{quote(parts.fragment, safe=SAFE)}" if parts.fragment else asked


def _is_for_everybody(path: str) -> bool:
    """Whether the address is that of a public page, and not one that belongs to a person."""
    try:
        rule, values = current_app.url_map.bind("localhost").match(path, return_rule=True)
    except (HTTPException, RequestRedirect):
        return False
    return values.get("lang") in languages() and "token" not in rule.arguments


def _answers(path: str) -> bool:
    """Asked as a visitor would, in a context without anything of this request.

    So each part says by itself what is public, also one that is built after this.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    url = app.extensions["portal"].public_url

    def visit() -> bool:
        answer = app.test_client(use_cookies=False).get(path, base_url=url)
        return answer.status_code == 200 and answer.mimetype == "text/html"

    return Context().run(visit)
