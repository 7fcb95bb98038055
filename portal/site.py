"""What every page says of the site itself."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from flask import Flask, abort, current_app, g, request, url_for
from flask.globals import request_ctx
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.routing import BuildError
from whitenoise import WhiteNoise

from portal import clock
from portal.config import ROOT, Settings
from portal.events import queries as events
from portal.i18n import ENDONYMS, languages, page_language, zone_city

STATIC = ROOT / "static"
TEMPLATES = ROOT / "templates"
DEMO_RESTS = timedelta(minutes=1)


@dataclass
class Site:
    """The site's name and addresses, and whether it shows the demonstration."""

    settings: Settings
    _demo: bool = False
    _demo_asked_at: datetime | None = None

    @property
    def name(self) -> str:
        return _("Peer-learning portal")

    @property
    def public_url(self) -> str:
        return self.settings.public_url

    @property
    def zone(self) -> str:
        """Whose clock the desk reads where no event has one."""
        return self.settings.zone

    @property
    def zone_city(self) -> str:
        return zone_city(self.zone)

    @property
    def is_demo(self) -> bool:
        """Asked again once a minute until it is so; pages of refusal do without the database."""
        now = clock.now()
        asked = self._demo_asked_at
        if not self._demo and (asked is None or now - asked >= DEMO_RESTS):
            self._demo_asked_at = now
            with suppress(SQLAlchemyError):
                self._demo = events.demonstration_is_loaded()
        return self._demo

    def forget(self) -> None:
        """Know nothing, as in a new process."""
        self._demo, self._demo_asked_at = False, None

    @property
    def is_known_demo(self) -> bool:
        """What is known of it without asking anybody, for pages that do without the database."""
        return self._demo


def init_site(app: Flask, settings: Settings) -> None:
    """Give every template what it may count on, and serve static files under hashed names."""
    site = Site(settings)
    addresses = _serve_static(app)
    app.extensions["site"] = site
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        site=site,
        lang_url=lang_url,
        static_url=lambda name: addresses[name],
    )
    app.context_processor(_of_this_page)
    app.url_defaults(_keep_language)
    app.url_value_preprocessor(_take_language)
    app.before_request(_know_language)


def lang_url(code: str) -> str:
    """This very page in another language; the front page where it has none.

    A page that an act made cannot be opened again: its view names another as `g.same_page`.
    """
    here = (request.endpoint or "pages.front", request.view_args or {})
    endpoint, values = g.get("same_page") or here
    values = values | {"lang": code}
    try:
        path = url_for(endpoint, **values)
    except BuildError:
        path = url_for("pages.front", lang=code)
    return path


def nav() -> list[tuple[str, str, bool]]:
    """The main menu: (words, address, whether this page is under it)."""
    if request_ctx.url_adapter is None:  # refused before its address was read: a foreign Host
        return []
    parts = (
        (_("Events"), "events.index"),
        (_("Publications"), "publications.index"),
        (_("News"), "news.index"),
    )
    entries = [(words, url_for(endpoint, lang=page_language())) for words, endpoint in parts]
    return [(words, url, request.path.startswith(url)) for words, url in entries]


def absolute(path: str) -> str:
    """A path of ours under the public address."""
    return current_app.extensions["portal"].public_url + quote(path, safe="/?=&%:+.,-_~")


def _of_this_page() -> dict[str, object]:
    return {
        "lang": page_language(),
        "languages": [(code, ENDONYMS.get(code, code)) for code in languages()],
        "nav": nav(),
        "page_path": request.path if request else "",
    }


def _take_language(endpoint: str | None, values: dict[str, object] | None) -> None:
    """The first part of a public address is the language of its page, also where there is none."""
    if values and "lang" in values:
        g.lang = values.pop("lang")
    elif endpoint is None and (first := request.path.split("/")[1]) in languages():
        g.lang = first


def _know_language() -> None:
    if "lang" in g and g.lang not in languages():
        abort(404)


def _keep_language(endpoint: str, values: dict[str, object]) -> None:
    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = page_language()


def _serve_static(app: Flask) -> dict[str, str]:
    """Every file under /static/name.<hash>.ext, for ever cacheable; also under its own name."""
    addresses = {}
    served = WhiteNoise(app.wsgi_app, max_age=3600, immutable_file_test=_is_hashed)
    for path in sorted(STATIC.rglob("*")):
        if path.is_dir() or path.suffix in (".br", ".gz"):
            continue
        name = path.relative_to(STATIC).as_posix()
        hashed = f"/static/{_hashed(name, path)}"
        served.add_file_to_dictionary(f"/static/{name}", str(path))
        served.add_file_to_dictionary(hashed, str(path))
        addresses[name] = hashed
    app.wsgi_app = served  # type: ignore[method-assign]
    return addresses


def _hashed(name: str, path: Path) -> str:
    stem, dot, ending = name.rpartition(".")
    return f"{stem}.{sha256(path.read_bytes()).hexdigest()[:12]}{dot}{ending}"


def _is_hashed(path: str, url: str) -> bool:
    parts = url.rsplit(".", 2)
    return len(parts) == 3 and len(parts[1]) == 12
