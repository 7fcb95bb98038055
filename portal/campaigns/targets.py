"""Which pages a campaign link may lead to: public ones of this portal, and no others."""

from contextvars import Context
from urllib.parse import parse_qsl, quote, urlsplit

from flask import Flask, current_app
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal.campaigns.rules import PARAMETERS, path_in
from portal.i18n import languages

SAFE = "/:@!$&'()*+,;=-._~%"


LED_ON = 3
"""So many redirects of ours are followed: an address without its last slash, or an older one."""


def public_path(typed: str) -> str | None:
    """The path of a public page of ours, as it is kept; None where there is no such page."""
    path = _of_ours(typed)
    if path is None:
        return None
    parts = urlsplit(path)
    whole = quote(parts.path, safe=SAFE)
    asked = f"{whole}?{quote(parts.query, safe=SAFE + '?')}" if parts.query else whole
    found = _found(asked)
    return f"{found}#{quote(parts.fragment, safe=SAFE)}" if found and parts.fragment else found


def strange_parameters(typed: str) -> list[str]:
    """What a page does not read from its address, and might name who followed it."""
    try:
        query = urlsplit(typed).query
    except ValueError:
        return []
    names = (name for name, _value in parse_qsl(query, keep_blank_values=True))
    return [name for name in names if name not in PARAMETERS]


def _of_ours(typed: str) -> str | None:
    """What stands behind our host in an address, or the whole of a path."""
    ours = urlsplit(current_app.extensions["portal"].public_url)
    try:
        parts = urlsplit(typed)
    except ValueError:
        return None
    if parts.scheme or parts.netloc:
        if (parts.scheme, parts.netloc.lower()) != (ours.scheme, ours.netloc.lower()):
            return None
        parts = parts._replace(scheme="", netloc="", path=parts.path or "/")
    path = parts.geturl()
    is_path = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if is_path and ".." not in parts.path.split("/") else None


def _found(asked: str) -> str | None:
    """The page itself, or the one to which it leads, in a language only where one was asked for."""
    lang = languages()[0]
    is_any = path_in(asked, languages(), lang) != asked
    for _each in range(LED_ON):
        page = path_in(asked, languages(), lang)
        led = _leads_to(page)
        if led is None or led == page:
            return asked if led else None
        asked = led.removeprefix(f"/{lang}") if is_any else led
    return None


def _leads_to(page: str) -> str | None:
    """Its own path if it is a page for everybody, or that to which it redirects; else None."""
    path, _mark, query = page.partition("?")
    try:
        rule, values = current_app.url_map.bind("localhost").match(path, return_rule=True)
    except RequestRedirect as redirect:
        slashed = urlsplit(redirect.new_url).path
        return f"{slashed}?{query}" if query else slashed
    except HTTPException:
        return None
    if values.get("lang") not in languages() or "token" in rule.arguments:
        return None
    return _answer(page)


def _answer(path: str) -> str | None:
    """Asked as a visitor would, in a context without anything of this request.

    So each part says by itself what is public, also one that is built after this.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    url = app.extensions["portal"].public_url

    def visit() -> str | None:
        answer = app.test_client(use_cookies=False).get(path, base_url=url)
        if answer.status_code in (301, 302, 308):
            return _of_ours(answer.headers["Location"])
        return path if answer.status_code == 200 and answer.mimetype == "text/html" else None

    return Context().run(visit)
