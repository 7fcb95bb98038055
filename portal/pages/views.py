"""The front page, the statements, and what machines ask of the site."""

from datetime import UTC, datetime, timedelta

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from portal import clock, mail
from portal.cache import Fresh, page
from portal.events.shown import words
from portal.extensions import csrf, limiter
from portal.i18n import Translated, in_language, languages, wanted_language
from portal.limits import rate
from portal.markup import rich
from portal.pages import front as front_page
from portal.pages import sitemap
from portal.pages.forms import FeedbackForm
from portal.pages.metrics import CONTENT_TYPE, as_text, may_read
from portal.pages.readiness import as_json, readiness
from portal.pages.sitemap import STATEMENTS_REVIEWED
from portal.registrations.rules import NOTICE_VERSION
from portal.site import absolute
from portal.ties import queries as ties
from portal.web import personal

bp = Blueprint("pages", __name__)


@bp.get("/")
def door() -> ResponseReturnValue:
    """To the front page in the reader's language."""
    answer = redirect(url_for("pages.front", lang=wanted_language()))
    answer.headers["Vary"] = "Accept-Language"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@bp.get("/favicon.ico")
def icon() -> ResponseReturnValue:
    """Where browsers look that were not told better."""
    answer = redirect("/static/img/icon.svg", 301)
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer


@bp.get("/<lang>/", strict_slashes=False)
def front() -> ResponseReturnValue:
    """The next event, how to take part, and what follows; no language is no such page."""
    if not request.path.endswith("/"):
        return redirect(url_for("pages.front"), 301)
    return page("", ties.stamp_of_everything(), front_page.made)


@bp.get("/<lang>/accessibility")
def accessibility() -> ResponseReturnValue:
    return _statement("accessibility")


@bp.route("/<lang>/accessibility/feedback", methods=["GET", "POST"])
@csrf.exempt  # the form checks its token itself, so that a stale one loses nothing that was typed
@limiter.limit(rate("form"), methods=["POST"])
@personal
def feedback() -> ResponseReturnValue:
    """A barrier that somebody met, as a letter to the keepers of the site."""
    form = FeedbackForm()
    if form.validate_on_submit():
        _send_feedback(form.message.data, form.email.data)
        return redirect(url_for("pages.feedback", sent="yes"), 303)
    sent = request.args.get("sent") == "yes" and not form.errors
    return render_template("pages/feedback.html", form=form, sent=sent), 422 if form.errors else 200


@bp.get("/<lang>/privacy")
def privacy() -> ResponseReturnValue:
    return _statement("privacy")


@bp.get("/<lang>/cookies")
def cookies() -> ResponseReturnValue:
    return _statement("cookies")


@bp.get("/<lang>/contact")
def contact() -> ResponseReturnValue:
    return _statement("contact")


@bp.get("/<lang>/imprint")
def imprint() -> ResponseReturnValue:
    """Who publishes the site, by a setting; the demonstration says that its own is made up."""
    texts = current_app.extensions["portal"].imprint
    if not texts and not current_app.extensions["site"].is_demo:
        abort(404)
    return page("", None, lambda now: _own_words("imprint", texts))


@bp.get("/<lang>/image-credits")
def image_credits() -> ResponseReturnValue:
    """Whose the pictures are, by a setting."""
    texts = current_app.extensions["portal"].image_credits or abort(404)
    return page("", None, lambda now: _own_words("image_credits", texts))


@bp.get("/robots.txt")
def robots() -> Response:
    """Public pages are for everybody, personal ones and the desk are not."""
    lines = [
        "User-agent: *",
        "Disallow: /desk",
        "Disallow: /c/",
        *(f"Disallow: /{lang}/registrations/" for lang in languages()),
        *(f"Disallow: /{lang}/speakers/" for lang in languages()),
        *(f"Disallow: /{lang}/your-data/" for lang in languages()),
        "",
        f"Sitemap: {absolute(url_for('pages.sitemap_page'))}",
        "",
    ]
    return page("", languages(), lambda now: _plain("\n".join(lines)))


@bp.get("/sitemap.xml")
def sitemap_page() -> Response:
    """Every public page in every language, with the day of its last edit."""
    return page("", ties.stamp_of_everything(), lambda now: sitemap.made(now, absolute))


@bp.get("/.well-known/security.txt")
def security() -> Response:
    """Whom to tell about a weakness (RFC 9116)."""
    return page("", languages(), _security)


@bp.get("/healthz")
def health() -> Response:
    """The process answers; the database is not asked."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@bp.get("/readyz")
def ready() -> ResponseReturnValue:
    """Whether the portal can save, and how it stands."""
    state = readiness(current_app._get_current_object(), clock.now())  # type: ignore[attr-defined]
    return jsonify(as_json(state)), 200 if state.ready else 503


@bp.get("/metrics")
def metrics() -> Response:
    """Numbers for whoever watches the portal and was given the token."""
    token = current_app.extensions["portal"].metrics_token
    if not token:
        abort(404)
    if not may_read(token):
        return Response("", 401, {"WWW-Authenticate": "Bearer"}, content_type=CONTENT_TYPE)
    body = as_text(current_app._get_current_object(), clock.now())  # type: ignore[attr-defined]
    return Response(body, content_type=CONTENT_TYPE)


def _send_feedback(message: str, address: str) -> None:
    """In the portal's own language, to its own mailbox; an answer goes to who wrote."""
    lang, keeper, now = languages()[0], mail.sender()[1], clock.now()
    with in_language(lang):
        written = mail.write("pages", "feedback", language=lang, message=message, address=address)
    mail.post(
        written, to=("", keeper), facts=("feedback", message, now.isoformat()),
        occasion="feedback", reply_to=address or None, now=now,
    )  # fmt: skip


def _statement(name: str) -> Response:
    return page("", None, lambda now: _statement_page(name))


def _statement_page(name: str) -> Fresh:
    body = render_template(
        f"pages/{name}.html",
        contact_name=mail.sender()[0],
        contact_address=mail.sender()[1],
        notice_version=NOTICE_VERSION,
        reviewed=STATEMENTS_REVIEWED,
    )
    return Fresh(body)


def _own_words(name: str, texts: Translated) -> Fresh:
    return Fresh(render_template(f"pages/{name}.html", said=words(texts), rich=rich))


def _security(now: datetime) -> Fresh:
    """Good for half a year at least and a year at most; its words change twice a year."""
    turn = datetime(now.year + (now.month > 6), 7 if now.month <= 6 else 1, 1, tzinfo=UTC)
    expires = datetime(now.year + 1, 1 if now.month <= 6 else 7, 1, tzinfo=UTC) - timedelta(days=1)
    text = "\n".join(
        (
            f"Contact: mailto:{mail.sender()[1]}",
            f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
            f"Preferred-Languages: {', '.join(languages())}",
            f"Canonical: {absolute(url_for('pages.security'))}",
            "",
        )
    )
    return _plain(text, until=turn)


def _plain(text: str, until: datetime | None = None) -> Fresh:
    return Fresh(text, until=until, content_type="text/plain; charset=utf-8")
