"""The request's transaction, what every answer carries, and the pages that say no."""

import errno
import json
import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from urllib.parse import quote

from flask import (
    Flask,
    Request,
    Response,
    abort,
    current_app,
    g,
    has_request_context,
    render_template,
    request,
    url_for,
)
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from portal.config import Settings
from portal.db import db, writing
from portal.errors import Gone, Refused
from portal.i18n import languages
from portal.tokens import BadLink

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
MOST_FIELDS = 1000
MOST_BYTES = 2 * 1024 * 1024
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
P = ParamSpec("P")
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

POLICY = "; ".join(
    (
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "img", "media", "font", "connect")),
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
access_log = logging.getLogger("portal.access")


class Sessions(SecureCookieSessionInterface):
    """Who brings no cookie has no session to be verified, which is most readers of most pages."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


class OwnHost:
    """Names of hosts have no case, and [::1] is this machine as localhost is.

    Werkzeug compares them by their letters, and takes no name in brackets for trusted.
    """

    def __init__(self, app: "WSGIApplication", settings: Settings) -> None:
        self._app, self._is_local = app, "[::1]" in settings.trusted_hosts

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST", "").lower()
        if self._is_local and re.fullmatch(r"\[::1\](:\d+)?", host):
            host = host.replace("[::1]", "localhost")
        if host:
            environ["HTTP_HOST"] = host
        return self._app(environ, start_response)


class Portal(Flask):
    """A Flask whose request, if it is not a GET, is one transaction."""

    session_interface = Sessions()

    def dispatch_request(self) -> ResponseReturnValue:
        """Commit below status 400, roll back on a refusal, a form's errors or any failure."""
        if request.method in SAFE_METHODS:
            return super().dispatch_request()
        with writing():
            try:
                response = self.make_response(super().dispatch_request())
                if response.status_code < 400:
                    db.session.commit()
                else:
                    db.session.rollback()
            except BaseException:
                db.session.rollback()
                raise
        return response


def init_web(app: Flask) -> None:
    """Hang the house's rules on every request of the application."""
    app.before_request(_begin)
    app.after_request(_finish)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Gone, _gone)
    app.register_error_handler(BadLink, _bad_link)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(PoolTimeout, _database_away)
    app.register_error_handler(DBAPIError, _database_refused)
    app.register_error_handler(OSError, _disk_failed)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _failed)


def personal(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """A page about one person, or behind a link: kept nowhere, and its address told to nobody."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        g.personal = True
        return view(*args, **kwargs)

    return guarded


def page_number(most: int = 100_000) -> int:
    """The page asked for by `?page=`; anything that is no page number gets 404."""
    asked = request.args.get("page", "1")
    if not (asked.isascii() and asked.isdigit() and len(asked) <= 6 and 1 <= int(asked) <= most):
        abort(404)
    return int(asked)


def error_page(
    status: int, title: str, sentence: str, way: tuple[str, str] | None = None
) -> Response:
    """A page that says what is wrong and what to do, without the database.

    `way` are the words and the address of the link that leads on.
    """
    body = render_template(
        "errors/error.html",
        status=status,
        title=title,
        sentence=sentence,
        way=way,
        same_address=_in_each_language(),
    )
    response = Response(body, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _in_each_language() -> dict[str, str]:
    """The address that was asked for, by language, where it has one: a refusal is read as well."""
    asked, rest = (request.path.lstrip("/") + "/").split("/", 1)
    if request.method not in SAFE_METHODS or asked not in languages():
        return {}
    return {lang: quote(f"/{lang}/{rest[:-1]}") for lang in languages()}


def _begin() -> None:
    g.started = time.perf_counter()
    g.request_id = _request_id()
    rule = request.url_rule
    if rule is not None and "<token>" in rule.rule:
        g.personal = True  # also where it is refused before its view is reached
    if "\x00" in request.path:
        abort(404)
    if request.query_string and _has_nul(request.args.items(multi=True)):
        abort(400)
    if request.method in SAFE_METHODS:
        return
    request.max_content_length = most = _most_bytes()
    if (request.content_length or 0) > most:
        abort(413)
    fields = list(request.form.items(multi=True))
    if len(fields) > MOST_FIELDS:
        abort(413)
    if _has_nul(fields):
        abort(400)


def takes_files(view: View) -> View:
    """Its form may carry a file: what it may weigh is bounded by the setting for uploads."""
    view.takes_bytes = "upload_bytes"  # type: ignore[attr-defined]
    return view


def takes_audio(view: View) -> View:
    """Its form may carry a recording, bounded by a setting of its own."""
    view.takes_bytes = "audio_bytes"  # type: ignore[attr-defined]
    return view


def _most_bytes() -> int:
    """Who brings no cookie of ours has opened no form, and has no file to hand in."""
    view = current_app.view_functions.get(request.endpoint or "")
    opened = current_app.config["SESSION_COOKIE_NAME"] in request.cookies
    bound = getattr(view, "takes_bytes", "")
    if opened and bound:
        most: int = getattr(current_app.extensions["portal"], bound)
        return most + MOST_BYTES
    return MOST_BYTES


def _request_id() -> str:
    """The proxy's own name for this request where a proxy is trusted, else one of ours."""
    given = request.headers.get("X-Request-ID", "")
    if current_app.extensions["portal"].trusted_proxies and _REQUEST_ID.fullmatch(given):
        return given
    return secrets.token_hex(8)


def _has_nul(pairs: Iterable[tuple[str, str]]) -> bool:
    """NUL is in no text that a person writes, and PostgreSQL keeps none."""
    return any("\x00" in name or "\x00" in value for name, value in pairs)


def _finish(response: Response) -> Response:
    headers = response.headers
    given = {name.lower() for name in headers.keys()}  # noqa: SIM118 - its iterator gives pairs
    for name, value in HEADERS.items():
        if name.lower() not in given:
            headers.add(name, value)
    if current_app.extensions["portal"].https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if g.get("personal"):
        if not response.cache_control.private:  # a feed's program may ask whether it changed
            headers["Cache-Control"] = "no-store"
        headers["Referrer-Policy"] = "no-referrer"
        headers["X-Robots-Tag"] = "noindex, nofollow"
    elif "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    if "request_id" in g:
        headers["X-Request-ID"] = g.request_id
    _log(response)
    return response


def _log(response: Response) -> None:
    """One line a request, by the route's rule: an address may hold a token."""
    if not access_log.isEnabledFor(logging.INFO):
        return
    rule = request.url_rule.rule if request.url_rule else None
    started = g.get("started")
    line: dict[str, Any] = {
        "method": request.method,
        "route": rule,
        "status": response.status_code,
        "ms": round((time.perf_counter() - started) * 1000, 1) if started else None,
    }
    access_log.info("request", extra={"fields": line})


class JsonLines(logging.Formatter):
    """Log lines as JSON; an error's own words stay out, since they may hold a person's data."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context() and "request_id" in g:
            line["request_id"] = g.request_id
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["at"] = _places(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def _places(traceback: Any) -> list[str]:
    places = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return places[-12:]


def _refused(error: Refused) -> Response:
    return error_page(409, _("This cannot be done"), error.sentence, _way_on())


def _gone(error: Gone) -> Response:
    """No part of the page may be about the event any more."""
    g.pop("event", None)
    g.pop("event_slug", None)
    return error_page(410, _("This cannot be done"), error.sentence, _way_on())


def _way_on() -> tuple[str, str] | None:
    """Where the refused go on: to the event that it was about, to the desk, or to their page."""
    if request.path.startswith("/desk/"):
        if slug := g.get("event_slug"):
            return _("To the event"), url_for("events_desk.show", slug=slug)
        return _("To the desk"), url_for("desk.front")
    if slug := (request.view_args or {}).get("slug"):
        return _("To the event"), url_for("events.show", slug=slug)
    return _way_back()


def _way_back() -> tuple[str, str] | None:
    """To the page behind the link of one's letters, from each page below it."""
    rule = request.url_rule.rule if request.url_rule else ""
    token = (request.view_args or {}).get("token")
    if rule.startswith("/<lang>/registrations/<token>/"):
        return _("Back to my registration"), url_for("registrations.own", token=token)
    if rule.startswith("/<lang>/offices/<token>/"):
        return _("Everybody whom I registered"), url_for("registrations.office", token=token)
    return None


def _bad_link(error: BadLink) -> Response:
    g.personal = True
    return error_page(
        404,
        _("This link does not work"),
        _(
            "It may be incomplete, out of date, or replaced by a newer one. Use the link in your "
            "most recent letter, or have it sent again."
        ),
        way=(_("Send me my link again"), url_for("registrations.link")),
    )


def _stale_form(error: CSRFError) -> Response:
    return error_page(
        400,
        _("This form has to be opened again"),
        _(
            "Go back, reload the page and send the form again. Your browser has to accept the "
            "cookie of this site, which protects the form."
        ),
        _way_on(),
    )


def _database_away(error: Exception) -> Response:
    current_app.logger.error("database away", exc_info=error)
    response = error_page(
        503,
        _("The portal cannot save at the moment"),
        _("Nothing was lost that was confirmed. Wait half a minute and try again."),
    )
    response.headers["Retry-After"] = "30"
    return response


def _database_refused(error: DBAPIError) -> ResponseReturnValue:
    if error.connection_invalidated:
        return _database_away(error)
    return _failed(error)


def _disk_failed(error: OSError) -> ResponseReturnValue:
    """No room for a file (RFC 4918, 11.5); any other fault of the disk is one of ours."""
    if error.errno not in NO_ROOM:
        return _failed(error)
    current_app.logger.error("disk full", exc_info=error)
    return error_page(
        507,
        _("The portal has no room for this file"),
        _("Nothing of it was kept. Tell those who run the portal, and try again later."),
    )


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    if error.code >= 500:
        current_app.logger.error("answered %s", error.code, exc_info=error)
    title, sentence = _words(error.code)
    response = error_page(error.code, title, sentence, _way_back())
    for name in ("Retry-After", "Allow", "Content-Range"):
        for key, value in error.get_headers():
            if key == name:
                response.headers[name] = value
    if error.code == 429:
        response.headers.setdefault("Retry-After", "60")
    return response


def _failed(error: Exception) -> ResponseReturnValue:
    if isinstance(error, HTTPException):
        return _http_error(error)
    if current_app.testing and current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    current_app.logger.error("failed", exc_info=error)
    return error_page(500, *_words(500))


def _words(status: int) -> tuple[str, str]:
    match status:
        case 400:
            return _("This request cannot be read"), _(
                "Something in the address or in the form is not as it should be. "
                "Go back and try again."
            )
        case 403:
            return _("You may not see this page"), _(
                "Ask the administrator of the portal if you should be able to."
            )
        case 404 | 410:
            return _("There is no such page"), _(
                "The address may be mistyped, or the page may have been taken away. "
                "All events are on the page of events."
            )
        case 405:
            return _("This page cannot be used like that"), _("Go back and try again.")
        case 413 | 414 | 431:
            return _("That is more than the portal reads"), _("Send less in one form.")
        case 422:
            return _("Something in the form is not right"), _("Go back and look at each field.")
        case 429:
            return _("Too many attempts"), _(
                "Many requests came from your network in a short time. "
                "Wait a few minutes and try again."
            )
        case 503:
            return _("The portal is not available"), _("Wait half a minute and try again.")
        case _ if status < 500:
            return _("This request cannot be answered"), _("Go back and try again.")
        case _:
            return _("Something went wrong on our side"), _(
                "The fault was noted. Try again in a few minutes."
            )
