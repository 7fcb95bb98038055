"""What the environment may say, and what is refused."""

from __future__ import annotations

import multiprocessing
import re
import stat
from pathlib import Path

import pytest

from portal.config import ROOT, Misconfigured, Settings, kept, problems

STRONG = "kd83-Lq0_zPw7vUe5RtXy2NbM9cAhJfGs4"
PRODUCTION = {
    "PORTAL_ENV": "production",
    "PORTAL_PUBLIC_URL": "https://portal.example.org/",
    "PORTAL_MAIL_FROM": "Portal <portal@example.org>",
    "PORTAL_SECRET_KEY": STRONG,
}


def settings(directory: Path, **environ: str) -> Settings:
    return Settings.from_environ({"PORTAL_DATA_DIR": str(directory)} | environ)


def refusals(directory: Path, **environ: str) -> list[str]:
    with pytest.raises(Misconfigured) as refused:
        settings(directory, **environ)
    return refused.value.problems


def test_without_a_word_it_is_production_and_lacks_an_address_and_a_sender(tmp_path: Path) -> None:
    found = problems(settings(tmp_path))
    assert [sentence.split()[0] for sentence in found] == ["PORTAL_PUBLIC_URL", "PORTAL_MAIL_FROM"]


def test_production_with_all_it_needs_is_in_order(tmp_path: Path) -> None:
    production = settings(tmp_path, **PRODUCTION)
    assert problems(production) == []
    assert production.public_url == "https://portal.example.org"
    assert production.https
    assert production.trusted_hosts == ("portal.example.org",)


@pytest.mark.parametrize(
    "url",
    [
        "maildir:///srv/mail/portal",
        "imaps://portal%40example.org:h%3Aush@mail.example.org/INBOX",
        "imaps://portal:hush@mail.example.org:9993?cafile=/etc/ca.pem",
        "imap://portal:hush@localhost:1143/Portal/Replies",
    ],
)
def test_a_mailbox_to_read_is_a_directory_or_a_server_that_proves_its_name(
    tmp_path: Path, url: str
) -> None:
    found = settings(tmp_path, **PRODUCTION, PORTAL_INBOX_URL=url)
    assert found.inbox_url == url
    assert "hush" not in repr(found) and "h%3Aush" not in repr(found)
    assert settings(tmp_path).inbox_url == ""


@pytest.mark.parametrize(
    "url",
    [
        "maildir://srv/mail", "maildir:///", "/srv/mail", "pop3://portal:hush@mail.example.org",
        "imap://portal:hush@mail.example.org", "imaps://mail.example.org",
        "imaps://portal@mail.example.org", "imaps://portal:hush@mail.example.org:mail",
        "imaps://portal:hu%0D%0Ash@mail.example.org", "imaps://portal:hush@m.org?verify=0",
    ],
)  # fmt: skip
def test_any_other_mailbox_is_refused_without_saying_its_password(tmp_path: Path, url: str) -> None:
    (sentence,) = refusals(tmp_path, **PRODUCTION, PORTAL_INBOX_URL=url)
    assert sentence.startswith("PORTAL_INBOX_URL has to be") and "hush" not in sentence


def test_answers_need_room_for_a_code_and_a_name_of_a_server(tmp_path: Path) -> None:
    inbox = {"PORTAL_INBOX_URL": "maildir:///srv/mail"}
    long = {"PORTAL_MAIL_FROM": f"{'p' * 44}@example.org"}
    (sentence,) = refusals(tmp_path, **PRODUCTION | inbox | long)
    assert sentence.startswith("PORTAL_MAIL_FROM is too long")
    name = {"PORTAL_INBOX_AUTHSERV_ID": "mx.example.org"}
    assert settings(tmp_path, **PRODUCTION, **inbox, **name).inbox_authserv_id == "mx.example.org"
    (sentence,) = refusals(tmp_path, **PRODUCTION, **name)
    assert sentence == "PORTAL_INBOX_AUTHSERV_ID needs PORTAL_INBOX_URL."
    (sentence,) = refusals(
        tmp_path, **PRODUCTION, **inbox, PORTAL_INBOX_AUTHSERV_ID="mx example; pass"
    )
    assert sentence.startswith("PORTAL_INBOX_AUTHSERV_ID has to be the first word")


OIDC = {
    "PORTAL_OIDC_ISSUER": "https://login.example.org/cas/oauth2",
    "PORTAL_OIDC_CLIENT_ID": "portal",
    "PORTAL_OIDC_CLIENT_SECRET": "hush",
}


def test_a_provider_of_sign_ins_is_whole_or_not_there(tmp_path: Path) -> None:
    assert settings(tmp_path).oidc is None
    found = settings(tmp_path, **PRODUCTION, **OIDC).oidc
    assert found is not None
    assert (found.name, found.second_factor_is_theirs) == ("login.example.org", True)
    assert "hush" not in repr(found)
    for name in OIDC:
        (sentence,) = refusals(tmp_path, **{**OIDC, name: ""})
        assert name in sentence
    for issuer in ("login.example.org", "https://", "ftp://login.example.org", "https://a b"):
        assert refusals(tmp_path, **{**OIDC, "PORTAL_OIDC_ISSUER": issuer})


def test_production_wants_its_provider_over_https(tmp_path: Path) -> None:
    open_one = {**OIDC, "PORTAL_OIDC_ISSUER": "http://login.example.org"}
    (sentence,) = problems(settings(tmp_path, **PRODUCTION, **open_one))
    assert "PORTAL_OIDC_ISSUER" in sentence


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("PORTAL_SECRET_KEY", "changeme", "weak"),
        ("PORTAL_SECRET_KEY", "a" * 64, "weak"),
        ("PORTAL_SECRET_KEY", f"{STRONG},short", "weak"),
        ("FLASK_DEBUG", "1", "Debugging"),
        ("PORTAL_DEBUG", "true", "Debugging"),
        ("PORTAL_PUBLIC_URL", "", "PORTAL_PUBLIC_URL"),
        ("PORTAL_MAIL_FROM", " ", "PORTAL_MAIL_FROM"),
    ],
)
def test_production_refuses(tmp_path: Path, name: str, value: str, word: str) -> None:
    found = problems(settings(tmp_path, **{**PRODUCTION, name: value}))
    assert len(found) == 1
    assert word in found[0]


def test_development_trusts_this_machine_and_needs_nothing(tmp_path: Path) -> None:
    development = settings(tmp_path, PORTAL_ENV="development", PORTAL_PORT="8123")
    assert problems(development) == []
    assert development.public_url == "http://127.0.0.1:8123"
    assert set(development.trusted_hosts) == {"localhost", "127.0.0.1", "[::1]"}


def test_what_it_keeps_stands_below_the_data_directory(tmp_path: Path) -> None:
    plain = settings(tmp_path, PORTAL_ENV="development")
    assert plain.database_url == f"sqlite:///{tmp_path}/portal.sqlite3"
    assert plain.mail_url == f"file://{tmp_path}/mail"
    assert plain.mail_place == f"{tmp_path}/mail"
    assert plain.uploads_dir == tmp_path / "uploads"


def test_the_secret_and_the_instance_are_made_once_and_kept_for_their_owner(tmp_path: Path) -> None:
    first, second = settings(tmp_path / "data"), settings(tmp_path / "data")
    assert (first.secret_keys, first.instance) == (second.secret_keys, second.instance)
    assert len(first.secret_keys[0]) >= 64
    assert re.fullmatch("[0-9a-f]{8}", first.instance)
    for name in ("secret_key", "instance"):
        assert stat.S_IMODE((tmp_path / "data" / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    other = settings(tmp_path / "other")
    assert other.secret_keys != first.secret_keys
    assert other.instance != first.instance


def test_eight_who_come_at_once_keep_the_same_secret(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(8) as pool:
        drafts = [(tmp_path / "secret_key", f"secret-{number}") for number in range(32)]
        assert len(set(pool.starmap(kept, drafts))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_of_several_keys_the_first_signs(tmp_path: Path) -> None:
    assert settings(tmp_path, PORTAL_SECRET_KEY=f" new{STRONG} , {STRONG}").secret_keys == (
        f"new{STRONG}",
        STRONG,
    )
    assert not (tmp_path / "secret_key").exists()


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://me:pw@db/portal", "postgresql+psycopg://me:pw@db/portal"),
        ("postgres://db/portal", "postgresql+psycopg://db/portal"),
        ("postgresql+psycopg://db/portal", "postgresql+psycopg://db/portal"),
        ("sqlite:////srv/portal.sqlite3", "sqlite:////srv/portal.sqlite3"),
    ],
)
def test_the_database_is_named_as_its_driver_needs_it(
    tmp_path: Path, given: str, used: str
) -> None:
    assert settings(tmp_path, PORTAL_DATABASE_URL=given).database_url == used


def test_limits_are_raised_one_by_one_or_switched_off_per_network(tmp_path: Path) -> None:
    usual = settings(tmp_path).limits
    raised = settings(tmp_path, PORTAL_LIMITS="register=6000/hour; link=off").limits
    assert raised == {**usual, "register": "6000/hour", "link": None}
    off = settings(tmp_path, PORTAL_LIMITS="off").limits
    assert {name for name, rate in off.items() if rate} == {"mail"}


def test_a_limit_that_nobody_knows_is_told_apart_from_a_rate_that_nobody_knows(
    tmp_path: Path,
) -> None:
    names = "register, link, sign_in, reset, form, list, mail"
    assert refusals(tmp_path, PORTAL_LIMITS="registre=6/hour;form=2/week") == [
        f"PORTAL_LIMITS has no limit 'registre'; there are {names}.",
        "PORTAL_LIMITS cannot set form to '2/week': write form=600/hour, with second, minute, "
        "hour or day, or form=off.",
    ]


def test_passwords_stay_out_of_what_is_printed(tmp_path: Path) -> None:
    told = settings(
        tmp_path,
        PORTAL_SECRET_KEY=STRONG,
        PORTAL_MAIL_URL="smtp://me:hush@mail.example.org:587?tls=starttls",
        PORTAL_DATABASE_URL="postgresql://me:hush@db/portal",
    )
    assert told.mail_place == "smtp://mail.example.org:587"
    assert "hush" not in repr(told)
    assert STRONG not in repr(told)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_ENV", "staging"),
        ("PORTAL_PORT", "eighty"),
        ("PORTAL_PORT", "0"),
        ("PORTAL_PORT", "70000"),
        ("PORTAL_PORT", "1" * 5000),
        ("PORTAL_PUBLIC_URL", "portal.example.org"),
        ("PORTAL_PUBLIC_URL", "ftp://portal.example.org"),
        ("PORTAL_PUBLIC_URL", "http://[::1"),
        ("PORTAL_DATABASE_URL", "mysql://db/portal"),
        ("PORTAL_DATABASE_URL", "sqlite://"),
        ("PORTAL_MAIL_URL", "mail.example.org:25"),
        ("PORTAL_MAIL_URL", "smtp://mail.example.org:smtp"),
        ("PORTAL_MAIL_URL", "smtp://mail.example.org?tls=perhaps"),
        ("PORTAL_LOG_FILE", "portal.log"),
        ("PORTAL_MAIL_FROM", "nobody"),
        ("PORTAL_MAIL_RATE", "fast"),
        ("PORTAL_MAIL_RATE", "0/minute"),
        ("PORTAL_LANGUAGES", "en,en"),
        ("PORTAL_LANGUAGES", "english"),
        ("PORTAL_LANGUAGES", "en,xx"),
        ("PORTAL_ZONE", "Europe/Nowhere"),
        ("PORTAL_ZONE", "../../etc"),
        ("PORTAL_OIDC_SECOND_FACTOR", "nobody"),
        ("PORTAL_TRUSTED_PROXIES", "-1"),
        ("PORTAL_WORKERS", "0"),
        ("PORTAL_LIMITS", "registre=600/hour"),
        ("PORTAL_LIMITS", "register=600 an hour"),
        ("PORTAL_TEST_UNLOCKED", "1"),
        ("PORTAL_DEBUG", "perhaps"),
    ],
)
def test_what_cannot_be_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    assert [sentence for sentence in refusals(tmp_path, **{name: value}) if name in sentence]


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    assert len(refusals(tmp_path, PORTAL_PORT="x", PORTAL_WORKERS="y", PORTAL_ENV="z")) == 3


def test_places_are_unlocked_in_a_test_alone(tmp_path: Path) -> None:
    assert not settings(tmp_path, PORTAL_ENV="test", PORTAL_TEST_UNLOCKED="1").lock_places
    assert settings(tmp_path, PORTAL_ENV="test").lock_places


def test_the_table_in_the_docs_names_the_variables_that_the_code_reads() -> None:
    code = "".join(path.read_text() for path in (ROOT / "portal").rglob("*.py"))
    table = (ROOT / "docs" / "configuration.md").read_text()
    documented = re.findall(r"^\| `(PORTAL_\w+)`", table, re.MULTILINE)
    assert sorted(documented) == sorted(set(re.findall(r"\bPORTAL_[A-Z_]+\b", code)))


def test_the_table_in_the_docs_names_the_limits(tmp_path: Path) -> None:
    table = (ROOT / "docs" / "configuration.md").read_text()
    documented = dict(re.findall(r"^\| `(\w+)` \| `(\d+/\w+)`", table, re.MULTILINE))
    assert documented == settings(tmp_path).limits
