"""Settings from the environment, refused when they are malformed or unsafe."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from types import MappingProxyType
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

from portal import small_print

ROOT = Path(__file__).resolve().parent.parent

ENVIRONMENTS = ("development", "production", "test")
APPLICATION = "portal"
"""By which name PostgreSQL lists our connections."""

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
DATABASE_SCHEMES = ("sqlite", "postgresql+psycopg")
MAIL_TLS = ("none", "starttls", "tls")
LONGEST_NAME_OF_MAILBOX = 64 - len("+") - 20
"""Beside the code of an address for answers (RFC 5321, 4.5.3.1.1)."""

LIMITS_PER_NETWORK: Mapping[str, str] = MappingProxyType(
    {
        "register": "1200/hour",
        "link": "120/hour",
        "sign_in": "30/hour",
        "reset": "30/hour",
        "form": "300/hour",
        "list": "120/hour",
    }
)
LIMITS_PER_ADDRESS: Mapping[str, str] = MappingProxyType({"mail": "5/hour"})
RATE = re.compile(r"[1-9][0-9]{0,8}/(second|minute|hour|day)")

LANGUAGES = "en,fr,de,el"
SECRET_LENGTH = 32
SECRET_VARIETY = 10


class Misconfigured(Exception):
    """The environment asks for something that cannot be or must not be; one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Oidc:
    """A provider of sign-ins by OpenID Connect, and what its word is worth."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    second_factor_is_theirs: bool = True


@dataclass(frozen=True)
class Settings:
    """Everything an operator decides; addresses that may hold passwords stay out of its repr."""

    env: str
    host: str
    port: int
    public_url: str
    database_url: str = field(repr=False)
    data_dir: Path
    mail_url: str = field(repr=False)
    mail_from: str
    secret_keys: tuple[str, ...] = field(repr=False)
    instance: str
    languages: tuple[str, ...] = ("en", "fr", "de", "el")
    zone: str = "Europe/Brussels"
    oidc: Oidc | None = None
    trusted_proxies: int = 0
    workers: int = 2
    upload_megabytes: int = 20
    audio_megabytes: int = 200
    answer_files: bool = False
    backup_days: int = 90
    limits: Mapping[str, str | None] = field(
        default_factory=lambda: {**LIMITS_PER_NETWORK, **LIMITS_PER_ADDRESS}
    )
    mail_rate: str = ""
    inbox_url: str = field(default="", repr=False)
    inbox_authserv_id: str = ""
    metrics_token: str = field(default="", repr=False)
    log_file: Path | None = None
    social_links: tuple[tuple[str, str], ...] = ()
    imprint: Mapping[str, str] = field(default_factory=dict)
    image_credits: Mapping[str, str] = field(default_factory=dict)
    publish_approval: bool = False
    lock_places: bool = True
    debug: bool = False

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read the environment; what must be kept between starts is kept in the data directory."""
        return _Reader(environ).settings()

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def trusted_hosts(self) -> tuple[str, ...]:
        """The names by which requests may call the portal; any other Host gets a 400."""
        own = _host(self.public_url)
        local = () if self.env == "production" else LOCAL_HOSTS
        return tuple(dict.fromkeys(name for name in (own, *local) if name))

    @property
    def local_host(self) -> str:
        """Where a process on this machine finds the web."""
        return LOOPBACK.get(self.host, self.host)

    @property
    def uploads_dir(self) -> Path:
        return self.data_dir / "uploads"

    @property
    def upload_bytes(self) -> int:
        """The largest file that is kept."""
        return self.upload_megabytes * 1024 * 1024

    @property
    def audio_bytes(self) -> int:
        """The largest recording that is kept."""
        return self.audio_megabytes * 1024 * 1024

    @property
    def mail_place(self) -> str:
        """Where the mails go, in words that may be printed: without user and password."""
        parts = urlsplit(self.mail_url)
        if parts.scheme == "file":
            return parts.path
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}"


def data_directory(environ: Mapping[str, str]) -> Path:
    """Where the portal keeps everything, told without making anything there."""
    return _Reader(environ).data_dir()


def problems(settings: Settings) -> list[str]:
    """Why the portal should not start like this, one sentence each."""
    return _unsafe_for_production(settings) if settings.env == "production" else []


def doubtful(settings: Settings) -> list[str]:
    """What may be meant, or what no setting can show, and is said when the settings are checked."""
    if settings.env != "production":
        return []
    is_open = settings.public_url.startswith("http:")
    by_server = settings.mail_url.startswith("smtp")
    domain = parseaddr(settings.mail_from)[1].rpartition("@")[2]
    checks = {
        "PORTAL_PUBLIC_URL begins with http: links, passwords and cookies can be read on their "
        "way.": is_open and _host(settings.public_url) not in LOCAL_HOSTS,
        "PORTAL_MAIL_URL names no server: letters are kept as files and reach nobody.": (
            not by_server
        ),
        f"Not looked up: the DNS of {domain} needs SPF, DKIM and DMARC for the server that sends, "
        f"or letters count as spam (docs/operators.md, Mail).": by_server and bool(domain),
    }
    return [sentence for sentence, holds in checks.items() if holds]


def ensure_safe(settings: Settings) -> None:
    """Refuse to go on with settings that `portal check` would name."""
    if found := problems(settings):
        raise Misconfigured(found)


def _unsafe_for_production(settings: Settings) -> list[str]:
    checks = {
        "PORTAL_SECRET_KEY is weak: each key needs at least "
        f"{SECRET_LENGTH} characters drawn at random.": any(map(_weak, settings.secret_keys)),
        f"PORTAL_METRICS_TOKEN is weak: it needs at least {SECRET_LENGTH} characters drawn at "
        "random.": bool(settings.metrics_token) and _weak(settings.metrics_token),
        "Debugging is on: unset FLASK_DEBUG and PORTAL_DEBUG.": settings.debug,
        "PORTAL_PUBLIC_URL is missing: links in letters need the public address.": (
            not settings.public_url
        ),
        "PORTAL_MAIL_FROM is missing: letters need a sender.": not settings.mail_from,
        "PORTAL_OIDC_ISSUER has to begin with https: else somebody on the way can be anybody.": (
            settings.oidc is not None and not settings.oidc.issuer.startswith("https://")
        ),
    }
    return [sentence for sentence, holds in checks.items() if holds]


def _weak(key: str) -> bool:
    return len(key) < SECRET_LENGTH or len(set(key)) < SECRET_VARIETY


class _Reader:
    """Reads one variable after the other and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.wrong: list[str] = []

    def settings(self) -> Settings:
        env = self.choice("PORTAL_ENV", ENVIRONMENTS, default="production")
        host = self.text("PORTAL_HOST", "127.0.0.1")
        port = self.number("PORTAL_PORT", 8000, lowest=1, highest=65535)
        data_dir = self.data_dir()
        values = {
            "env": env,
            "host": host,
            "port": port,
            "data_dir": data_dir,
            "public_url": self.public_url(_local_url(host, port) if env != "production" else ""),
            "database_url": self.database_url(data_dir),
            "mail_url": self.mail_url(data_dir),
            "mail_from": self.mail_from("portal@example.org" if env != "production" else ""),
            "languages": self.languages(),
            "zone": self.zone(),
            "oidc": self.oidc(),
            "trusted_proxies": self.number("PORTAL_TRUSTED_PROXIES", 0, lowest=0, highest=10),
            "workers": self.number("PORTAL_WORKERS", 2, lowest=1, highest=64),
            "upload_megabytes": self.number("PORTAL_UPLOAD_MEGABYTES", 20, lowest=1, highest=500),
            "audio_megabytes": self.number("PORTAL_AUDIO_MEGABYTES", 200, lowest=1, highest=1000),
            "answer_files": self.switch("PORTAL_ANSWER_FILES"),
            "backup_days": self.number("PORTAL_BACKUP_DAYS", 90, lowest=1, highest=3650),
            "limits": self.limits(),
            "mail_rate": self.mail_rate(),
            "inbox_url": self.inbox_url(),
            "inbox_authserv_id": self.inbox_authserv_id(),
            "metrics_token": self.text("PORTAL_METRICS_TOKEN", ""),
            "log_file": self.file("PORTAL_LOG_FILE"),
            "social_links": self.social_links(),
            "imprint": self.page("PORTAL_IMPRINT"),
            "image_credits": self.page("PORTAL_IMAGE_CREDITS"),
            "publish_approval": self.switch("PORTAL_PUBLISH_APPROVAL"),
            "lock_places": not self.unlocked(env),
            "debug": self.switch("PORTAL_DEBUG") or self.switch("FLASK_DEBUG"),
        }
        given_keys = self.listed("PORTAL_SECRET_KEY", "")
        if self.wrong:
            raise Misconfigured(self.wrong)
        return Settings(
            **values,  # type: ignore[arg-type]
            secret_keys=given_keys or (kept(data_dir / "secret_key", secrets.token_urlsafe(48)),),
            instance=kept(data_dir / "instance", secrets.token_hex(4)),
        )

    def data_dir(self) -> Path:
        return Path(self.text("PORTAL_DATA_DIR", str(ROOT / "var"))).expanduser().absolute()

    def text(self, name: str, default: str) -> str:
        return self.environ.get(name, "").strip() or default

    def file(self, name: str) -> Path | None:
        path = Path(self.text(name, "")).expanduser()
        if self.text(name, "") and not path.is_absolute():
            self.wrong.append(f"{name} has to be a whole path such as /var/log/portal/portal.log.")
        return path if self.text(name, "") else None

    def listed(self, name: str, default: str) -> tuple[str, ...]:
        return tuple(item.strip() for item in self.text(name, default).split(",") if item.strip())

    def switch(self, name: str) -> bool:
        value = self.text(name, "0").lower()
        if value not in ("0", "1", "false", "true", "no", "yes", "off", "on"):
            self.wrong.append(f"{name} has to be 0 or 1.")
        return value in ("1", "true", "yes", "on")

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value not in choices:
            self.wrong.append(f"{name} has to be one of {', '.join(choices)}.")
        return value

    def number(self, name: str, default: int, *, lowest: int, highest: int) -> int:
        value = self.text(name, str(default))
        if value.isascii() and value.isdigit() and lowest <= int(value[:12]) <= highest:
            return int(value)
        self.wrong.append(f"{name} has to be a whole number from {lowest} to {highest}.")
        return default

    def public_url(self, default: str) -> str:
        value = self.text("PORTAL_PUBLIC_URL", default).rstrip("/")
        if value and not (re.fullmatch(r"https?://[^\s/?#@]+", value) and _host(value)):
            self.wrong.append(
                "PORTAL_PUBLIC_URL has to be an address such as https://portal.example.org."
            )
        return value

    def database_url(self, data_dir: Path) -> str:
        value = self.text("PORTAL_DATABASE_URL", f"sqlite:///{data_dir / 'portal.sqlite3'}")
        value = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", value)
        if value.partition("://")[0] not in DATABASE_SCHEMES or value == "sqlite://":
            self.wrong.append(
                "PORTAL_DATABASE_URL has to start with postgresql:// or name an SQLite file "
                "as in sqlite:////srv/portal/portal.sqlite3."
            )
        return value

    def mail_url(self, data_dir: Path) -> str:
        value = self.text("PORTAL_MAIL_URL", (data_dir / "mail").as_uri())
        if not _is_mail_url(value):
            self.wrong.append(
                "PORTAL_MAIL_URL has to be file:///a/directory or "
                "smtp://user:password@host:port?tls=starttls (or tls, or none)."
            )
        return value

    def mail_from(self, default: str) -> str:
        value = self.text("PORTAL_MAIL_FROM", default)
        if value and not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(value)[1]):
            self.wrong.append(
                "PORTAL_MAIL_FROM has to be an address such as Portal <portal@example.org>."
            )
        return value

    def inbox_url(self) -> str:
        """Where the portal reads its own mail; no sentence repeats what may be a password."""
        value = self.text("PORTAL_INBOX_URL", "")
        if value and not _is_inbox_url(value):
            self.wrong.append(
                "PORTAL_INBOX_URL has to be maildir:///a/directory or "
                "imaps://user:password@host:port/folder, with what is special in a password "
                "percent-encoded; imap: without encryption is for this machine only."
            )
        name = parseaddr(self.text("PORTAL_MAIL_FROM", ""))[1].rpartition("@")[0]
        if value and len(name) > LONGEST_NAME_OF_MAILBOX:
            self.wrong.append(
                "PORTAL_MAIL_FROM is too long for PORTAL_INBOX_URL: what stands before the @ may "
                f"have {LONGEST_NAME_OF_MAILBOX} characters, since answers come to it with a code."
            )
        return value

    def inbox_authserv_id(self) -> str:
        """By which name the server of the portal's own mailbox says whom it has proven."""
        value = self.text("PORTAL_INBOX_AUTHSERV_ID", "").lower()
        if value and not re.fullmatch(r"[a-z0-9._-]{1,200}", value):
            self.wrong.append(
                "PORTAL_INBOX_AUTHSERV_ID has to be the first word of your mail server's "
                "Authentication-Results, such as mx.example.org."
            )
        elif value and not self.text("PORTAL_INBOX_URL", ""):
            self.wrong.append("PORTAL_INBOX_AUTHSERV_ID needs PORTAL_INBOX_URL.")
        return value

    def mail_rate(self) -> str:
        """As 30/minute; nothing where mails leave as fast as they are taken."""
        value = self.text("PORTAL_MAIL_RATE", "off")
        if value != "off" and not RATE.fullmatch(value):
            self.wrong.append("PORTAL_MAIL_RATE has to be a rate such as 30/minute, or off.")
        return "" if value == "off" else value

    def languages(self) -> tuple[str, ...]:
        codes = self.listed("PORTAL_LANGUAGES", LANGUAGES)
        well_formed = all(re.fullmatch(r"[a-z]{2}", code) for code in codes)
        if not codes or not well_formed or len(set(codes)) < len(codes):
            self.wrong.append("PORTAL_LANGUAGES has to be a list of different codes: en,fr.")
        elif without := [code for code in codes if not _has_texts(code)]:
            self.wrong.append(
                f"PORTAL_LANGUAGES names languages without texts: {', '.join(without)}."
            )
        return codes

    def zone(self) -> str:
        value = self.text("PORTAL_ZONE", "Europe/Brussels")
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):  # unknown, malformed, a directory
            self.wrong.append("PORTAL_ZONE has to be a time zone such as Europe/Brussels.")
        return value

    def oidc(self) -> Oidc | None:
        """All of it or nothing: a half configured way in is a mistake."""
        names = ("PORTAL_OIDC_ISSUER", "PORTAL_OIDC_CLIENT_ID", "PORTAL_OIDC_CLIENT_SECRET")
        issuer, client_id, client_secret = (self.text(name, "") for name in names)
        name = self.text("PORTAL_OIDC_NAME", "")
        whose = self.choice("PORTAL_OIDC_SECOND_FACTOR", ("provider", "portal"), "provider")
        if not any((issuer, client_id, client_secret, name)):
            return None
        if missing := [each for each in names if not self.text(each, "")]:
            self.wrong.append(f"Sign-in by OIDC is incomplete: {', '.join(missing)} is missing.")
        elif not (re.fullmatch(r"https?://[^\s?#@]+", issuer) and _host(issuer)):
            self.wrong.append(
                "PORTAL_OIDC_ISSUER has to be an address such as https://login.example.org."
            )
        return Oidc(issuer, client_id, client_secret, name or _host(issuer), whose == "provider")

    def limits(self) -> Mapping[str, str | None]:
        """Each limit's rate, or None where it is switched off."""
        rates: dict[str, str | None] = {**LIMITS_PER_NETWORK, **LIMITS_PER_ADDRESS}
        given = self.text("PORTAL_LIMITS", "")
        if given == "off":
            return rates | dict.fromkeys(LIMITS_PER_NETWORK)
        for item in filter(None, (part.strip() for part in given.split(";"))):
            name, _equals, rate = (part.strip() for part in item.partition("="))
            if name not in rates:
                self.wrong.append(
                    f"PORTAL_LIMITS has no limit {name!r}; there are {', '.join(rates)}."
                )
            elif rate != "off" and not RATE.fullmatch(rate):
                self.wrong.append(
                    f"PORTAL_LIMITS cannot set {name} to {rate!r}: write {name}=600/hour, with "
                    f"second, minute, hour or day, or {name}=off."
                )
            else:
                rates[name] = None if rate == "off" else rate
        return rates

    def social_links(self) -> tuple[tuple[str, str], ...]:
        try:
            return small_print.social_links(self.text("PORTAL_SOCIAL_LINKS", ""))
        except small_print.Unsafe as unsafe:
            self.wrong.append(str(unsafe))
            return ()

    def page(self, name: str) -> Mapping[str, str]:
        """By language, what the Markdown file says that the setting names; nothing without one."""
        given, languages = self.text(name, ""), self.listed("PORTAL_LANGUAGES", LANGUAGES)
        if not given or not languages:
            return {}
        try:
            return small_print.page(name, given, languages)
        except small_print.Unsafe as unsafe:
            self.wrong.append(str(unsafe))
            return {}

    def unlocked(self, env: str) -> bool:
        asked = self.switch("PORTAL_TEST_UNLOCKED")
        if asked and env != "test":
            self.wrong.append("PORTAL_TEST_UNLOCKED is for tests: places have to be locked.")
        return asked


def _has_texts(language: str) -> bool:
    """English stands in the code, every other language in its catalogue."""
    catalogue = ROOT / "portal" / "translations" / language / "LC_MESSAGES" / "messages.po"
    return language == "en" or catalogue.is_file()


def _local_url(host: str, port: int) -> str:
    name = LOOPBACK.get(host, host)
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"


def _host(url: str) -> str:
    """The host as a Host header writes it, without its port."""
    try:
        name = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return f"[{name}]" if ":" in name else name


def _is_mail_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        port_is_number = parts.port is None or parts.port > 0
    except ValueError:
        return False
    if parts.scheme == "file":
        return parts.path.startswith("/") and not parts.netloc
    tls = parse_qs(parts.query).get("tls", ["none"])[-1]
    return parts.scheme == "smtp" and bool(parts.hostname) and port_is_number and tls in MAIL_TLS


def _is_inbox_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        port_is_number = parts.port is None or parts.port > 0
        options = parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        return False
    if parts.scheme == "maildir":
        return parts.path.startswith("/") and len(parts.path) > 1 and not parts.netloc
    words = [unquote(each or "") for each in (parts.username, parts.password, parts.path)]
    return (
        parts.scheme in ("imap", "imaps")
        and bool(parts.hostname and words[0] and words[1])
        and port_is_number
        and all(each.isascii() and each.isprintable() for each in words)
        and (parts.scheme == "imaps" or _host(value) in LOCAL_HOSTS)
        and set(options) <= {"cafile"}
    )


def kept(path: Path, fresh: str) -> str:
    """What stands in the file; the first of several who come at once writes it, mode 0600."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(fresh + "\n")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            Path(draft).unlink()
    return path.read_text(encoding="ascii").strip()
