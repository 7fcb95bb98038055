"""The application, put together: the one place that knows every page."""

import logging
import os
from logging.handlers import WatchedFileHandler
from pathlib import Path

from flask import Flask, g
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.access import desk as access_desk
from portal.access import views as access
from portal.accounts import views as accounts
from portal.accounts.desk import account, colleagues, identity, passkeys, team
from portal.accounts.setup import init_accounts
from portal.afterwards import desk as second_form_desk
from portal.calendars import views as calendars
from portal.campaigns import desk as campaigns_desk
from portal.campaigns import views as campaigns
from portal.circulars import desk as circulars_desk
from portal.config import Misconfigured, Settings, ensure_safe
from portal.db import init_db
from portal.desk import languages as desk_languages
from portal.desk import views as desk
from portal.events import consent as speakers
from portal.events import feeds as event_feeds
from portal.events import views as events
from portal.events.desk import acts as event_acts
from portal.events.desk import editions as event_editions
from portal.events.desk import making as event_making
from portal.events.desk import programme as programme_desk
from portal.events.desk import publication as event_publication
from portal.events.desk import speakers as speakers_desk
from portal.events.desk import texts as event_texts
from portal.extensions import compress, csrf, limiter
from portal.i18n import TEXTS, babel, languages, wanted_language
from portal.invitations import views as invitations
from portal.invitations.desk import lists as invitation_lists
from portal.invitations.desk import people as invitations_desk
from portal.limits import init_limits
from portal.maintenance import init_maintenance
from portal.materials import desk as materials_desk
from portal.materials import views as materials
from portal.metrics import init_metrics
from portal.news import desk as news_desk
from portal.news import feeds as news_feeds
from portal.news import views as news
from portal.outbox import desk as outbox_desk
from portal.pages import views as pages
from portal.papers import desk as papers_desk
from portal.podcasts import feeds as podcast_feeds
from portal.podcasts import views as podcasts
from portal.podcasts.desk import episodes as episodes_desk
from portal.podcasts.desk import shows as podcasts_desk
from portal.protection import views as protection
from portal.protection.desk import house as protection_house
from portal.protection.desk import record as protection_desk
from portal.publications import views as publications
from portal.publications.desk import acts as publication_acts
from portal.publications.desk import files as publication_files
from portal.publications.desk import importing as publication_import
from portal.publications.desk import preview as publication_preview
from portal.publications.desk import records as publications_desk
from portal.publications.desk import subjects as publication_subjects
from portal.questions import desk as questions_desk
from portal.registrations import views as registrations
from portal.registrations.desk import check_in, people
from portal.registrations.desk import contact as registration_contact
from portal.registrations.desk import details as person_details
from portal.registrations.desk import line as registration_line
from portal.registrations.desk import papers as person_papers
from portal.registrations.desk import quotas as registration_quotas
from portal.registrations.desk import report as report_desk
from portal.registrations.desk import sessions as registration_sessions
from portal.registrations.desk import unreached as registration_unreached
from portal.reminders import desk as reminders_desk
from portal.retention.desk import copies as retention_copies
from portal.retention.desk import event as retention_event
from portal.retention.desk import house as retention_house
from portal.sealing import init_sealing
from portal.site import TEMPLATES, init_site
from portal.subjects import desk as subjects_desk
from portal.subjects import views as subjects
from portal.ties import views as ties
from portal.ties.desk import belonging as belonging_desk
from portal.ties.desk import gatherings as gatherings_desk
from portal.ties.desk import phases as phases_desk
from portal.web import JsonLines, OwnHost, Portal, init_web
from portal.wording import init_wording

BLUEPRINTS = (
    pages.bp,
    events.bp,
    event_feeds.bp,
    protection.bp,
    protection_desk.bp,
    protection_house.bp,
    speakers.bp,
    materials.bp,
    registrations.bp,
    accounts.bp,
    account.bp,
    passkeys.bp,
    identity.bp,
    colleagues.bp,
    desk.bp,
    event_making.bp,
    event_acts.bp,
    programme_desk.bp,
    speakers_desk.bp,
    materials_desk.bp,
    questions_desk.bp,
    papers_desk.bp,
    person_papers.bp,
    second_form_desk.bp,
    team.bp,
    event_texts.bp,
    event_publication.bp,
    event_editions.bp,
    people.bp,
    registration_contact.bp,
    check_in.bp,
    report_desk.bp,
    person_details.bp,
    registration_line.bp,
    registration_quotas.bp,
    registration_sessions.bp,
    registration_unreached.bp,
    invitations.bp,
    invitations_desk.bp,
    invitation_lists.bp,
    access.bp,
    access_desk.bp,
    calendars.bp,
    circulars_desk.bp,
    reminders_desk.bp,
    retention_event.bp,
    retention_house.bp,
    retention_copies.bp,
    outbox_desk.bp,
    publications.bp,
    publications_desk.bp,
    publication_acts.bp,
    publication_files.bp,
    publication_import.bp,
    publication_preview.bp,
    publication_subjects.bp,
    subjects.bp,
    subjects_desk.bp,
    news.bp,
    news_feeds.bp,
    news_desk.bp,
    campaigns.bp,
    campaigns_desk.bp,
    podcasts.bp,
    podcasts.files,
    podcast_feeds.bp,
    podcasts_desk.bp,
    episodes_desk.bp,
    episodes_desk.people,
    ties.topics,
    ties.projects,
    gatherings_desk.topics,
    gatherings_desk.projects,
    phases_desk.bp,
    belonging_desk.bp,
    desk_languages.bp,
)


def create_app(settings: Settings | None = None) -> Flask:
    """The portal as a WSGI application, configured by `settings` or by the environment."""
    settings = settings or Settings.from_environ(os.environ)
    ensure_safe(settings)
    app = Portal("portal", template_folder=str(TEMPLATES), static_folder=None)
    app.extensions["portal"] = settings
    app.config.from_mapping(_configuration(settings))
    _init_logs(settings)
    init_db(app, settings)
    init_web(app)
    init_maintenance(app)
    csrf.init_app(app)
    compress.init_app(app)
    init_limits(app, settings, limiter)
    babel.init_app(
        app,
        default_locale=settings.languages[0],
        default_translation_directories=str(TEXTS),
        locale_selector=_language,
    )
    init_accounts(app, settings)
    init_sealing(app, settings)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    init_metrics(app, settings)
    init_site(app, settings)
    init_wording(app)
    app.wsgi_app = OwnHost(app.wsgi_app, settings)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=0, x_port=0, x_prefix=0
        )
    return app


def _configuration(settings: Settings) -> dict[str, object]:
    prefix = "__Host-" if settings.https else ""
    return {
        "SECRET_KEY": settings.secret_keys[0],
        "SECRET_KEY_FALLBACKS": list(settings.secret_keys[1:]),
        "TRUSTED_HOSTS": list(settings.trusted_hosts),
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "PREFERRED_URL_SCHEME": "https" if settings.https else "http",
        "SESSION_COOKIE_NAME": f"{prefix}portal-{settings.instance}",
        "SESSION_COOKIE_SECURE": settings.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "TEMPLATES_AUTO_RELOAD": False,
        "TESTING": settings.env == "test",
        "PROPAGATE_EXCEPTIONS": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "COMPRESS_MIMETYPES": ["text/html", "text/csv", "text/calendar", "application/json"],
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 2,
        "COMPRESS_MIN_SIZE": 800,
        "RATELIMIT_HEADERS_ENABLED": False,
        "SQLALCHEMY_TRACK_MODIFICATIONS": False,
    }


def _language() -> str:
    """The page's language by its address, the desk's by its reader's choice."""
    lang = str(g.get("lang") or g.get("desk_language") or "")
    return lang if lang in languages() else wanted_language()


def _init_logs(settings: Settings) -> None:
    """JSON lines on standard error or into a file; requests are logged in production."""
    root = logging.getLogger("portal")
    if not root.handlers:
        handler = _log_file(settings.log_file) if settings.log_file else logging.StreamHandler()
        handler.setFormatter(JsonLines())
        root.addHandler(handler)
        root.propagate = settings.env == "test"
    root.setLevel(logging.INFO if settings.env == "production" else logging.WARNING)


def _log_file(path: Path) -> logging.Handler:
    """Every process appends whole lines; a file that was moved away is opened anew by each."""
    try:
        path.touch(mode=0o600)
        return WatchedFileHandler(path, encoding="utf-8")
    except OSError as error:
        raise Misconfigured([f"PORTAL_LOG_FILE cannot be written: {error.strerror}."]) from None
