"""Mails on their way to a mail server that does all that mail servers do, and into files."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from portal.outbox.transport import (
    FileTransport,
    Permanent,
    ServerTransport,
    Temporary,
    Transport,
    Unreachable,
    open_transport,
    where,
)
from tests.outbox.mailservers import (
    CERTIFICATE,
    Plan,
    encrypted_server,
    port_that_refuses,
    server,
    silent_server,
)

OCTETS = b"From: portal@example.org\r\nSubject: Hello\r\n\r\n.\r\n..\r\nEnd\r\n"
UNUSED = Path("unused")


@pytest.fixture
def plan() -> Iterator[Plan]:
    with server(Plan()) as running:
        yield running


def opened(plan: Plan, options: str = "", host: str = "127.0.0.1") -> ServerTransport:
    transport = open_transport(f"smtp://{host}:{plan.port}{options}", maildir=UNUSED)
    assert isinstance(transport, ServerTransport)
    return transport


def send(transport: Transport, recipient: str = "ada@example.org", name: str = "1") -> None:
    transport.send(f"<{name}@example.org>", "portal@example.org", recipient, OCTETS)


def test_a_mail_arrives_octet_by_octet(plan: Plan) -> None:
    transport = opened(plan)
    send(transport)
    transport.close()
    assert plan.taken == [("portal@example.org", ["ada@example.org"], OCTETS)]


def test_many_mails_share_a_connection(plan: Plan) -> None:
    transport = opened(plan)
    for _ in range(5):
        send(transport)
    transport.close()
    assert (len(plan.taken), plan.connections) == (5, 1)
    assert plan.commands == ["NOOP"] * 4 + ["QUIT"]


def test_a_connection_ends_after_so_many_mails(plan: Plan) -> None:
    transport = opened(plan)
    transport.mails_per_connection = 2
    for _ in range(5):
        send(transport)
    transport.close()
    assert (len(plan.taken), plan.connections) == (5, 3)
    assert plan.commands.count("QUIT") == 3


def test_an_idle_connection_is_let_go(plan: Plan) -> None:
    transport = opened(plan)
    send(transport)
    transport.rest()
    assert plan.commands == []
    transport.idle_seconds = 0
    transport.rest()
    transport.rest()
    assert plan.commands == ["QUIT"]
    transport.idle_seconds = 30
    send(transport)
    transport.close()
    assert (len(plan.taken), plan.connections) == (2, 2)


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("451 4.7.1 Greylisted, come back", Temporary(451, "4.7.1 Greylisted, come back")),
        ("452 4.2.2 Full", Temporary(452, "4.2.2 Full")),
        ("550 5.1.1 Nobody here", Permanent(550, "5.1.1 Nobody here")),
        ("554 5.7.1 No", Permanent(554, "5.7.1 No")),
    ],
)
def test_a_refusal_is_told_apart_and_the_next_mail_goes_on(
    plan: Plan, stage: str, answer: str, expected: Temporary | Permanent
) -> None:
    getattr(plan, stage).append(answer)
    transport = opened(plan)
    with pytest.raises(type(expected)) as refused:
        send(transport)
    assert type(refused.value) is type(expected)
    assert (refused.value.code, refused.value.reason) == (expected.code, expected.reason)
    send(transport, "bob@example.org")
    transport.close()
    assert [recipients for _, recipients, _ in plan.taken] == [["bob@example.org"]]
    assert plan.connections == 1
    assert plan.commands == ["RSET", "NOOP", "QUIT"]


def test_a_server_that_says_goodbye_is_called_anew(plan: Plan) -> None:
    plan.mail.append("421 4.3.2 Going down")
    transport = opened(plan)
    with pytest.raises(Temporary) as refused:
        send(transport)
    assert refused.value.code == 421
    send(transport)
    transport.close()
    assert (len(plan.taken), plan.connections) == (1, 2)


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_a_cut_line_is_temporary_and_the_next_mail_goes_on(plan: Plan, stage: str) -> None:
    getattr(plan, stage).append("cut")
    transport = opened(plan)
    with pytest.raises(Temporary) as cut:
        send(transport)
    assert (type(cut.value), cut.value.code) == (Temporary, None)
    send(transport)
    transport.close()
    assert (len(plan.taken), plan.connections) == (1, 2)


def test_a_line_cut_before_the_final_answer_repeats_the_same_octets(plan: Plan) -> None:
    plan.data.append("taken and cut")
    transport = opened(plan)
    with pytest.raises(Temporary):
        send(transport)
    send(transport)
    transport.close()
    assert [octets for _, _, octets in plan.taken] == [OCTETS, OCTETS]


def test_a_line_cut_after_the_final_answer_has_sent(plan: Plan) -> None:
    plan.data.append("yes and cut")
    transport = opened(plan)
    send(transport)
    while plan.sessions[0].transport is not None and not plan.sessions[0].transport.is_closing():
        pass
    send(transport, "bob@example.org")
    transport.close()
    assert [recipients for _, recipients, _ in plan.taken] == [
        ["ada@example.org"],
        ["bob@example.org"],
    ]
    assert plan.connections == 2


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_a_server_that_falls_silent_times_out(plan: Plan, stage: str) -> None:
    getattr(plan, stage).append("wait")
    transport = opened(plan, "?timeout=1")
    started = monotonic()
    with pytest.raises(Temporary, match="timed out") as silent:
        send(transport)
    assert silent.value.code is None
    assert monotonic() - started < transport.patience + 3
    send(transport)
    transport.close()
    assert len(plan.taken) == 1


@pytest.mark.parametrize("greeting", [b"", b"220 hello\r\n"])
def test_a_server_that_never_speaks_is_unreachable(greeting: bytes) -> None:
    with silent_server(greeting) as port:
        transport = open_transport(f"smtp://127.0.0.1:{port}?timeout=1", maildir=UNUSED)
        started = monotonic()
        with pytest.raises(Unreachable, match="timed out"):
            send(transport)
        assert monotonic() - started < transport.patience + 3


def test_all_waits_together_are_no_longer_than_the_patience(plan: Plan) -> None:
    transport = opened(plan, "?timeout=5")
    transport.patience = 0.2
    plan.mail.append("wait")
    started = monotonic()
    with pytest.raises(Temporary, match="timed out"):
        send(transport)
    assert monotonic() - started < 4


def test_no_time_left_is_no_time_to_connect(plan: Plan) -> None:
    transport = opened(plan)
    transport.patience = 0
    with pytest.raises(Unreachable, match="timed out"):
        send(transport)
    assert plan.taken == []


def test_a_server_that_is_away_is_unreachable_and_comes_back() -> None:
    with port_that_refuses() as port:
        away = Plan(port=port)
        transport = opened(away)
        with pytest.raises(Unreachable, match="refused"):
            send(transport)
    with server(away):
        send(transport)
        transport.close()
    assert len(away.taken) == 1


def test_a_server_that_restarts_between_two_mails_is_called_anew() -> None:
    plan = Plan()
    with server(plan):
        transport = opened(plan)
        send(transport)
    with server(plan):
        send(transport)
        transport.close()
    assert len(plan.taken) == 2


def test_a_greeting_that_refuses_parks_no_mail() -> None:
    with silent_server(b"554 5.3.2 No mails today\r\n") as port:
        transport = open_transport(f"smtp://127.0.0.1:{port}?timeout=1", maildir=UNUSED)
        with pytest.raises(Unreachable) as refused:
            send(transport)
    assert refused.value.code == 554
    assert "No mails today" in str(refused.value)


def test_a_self_signed_certificate_is_refused() -> None:
    refusal = pytest.raises(Unreachable, match="certificate is not trusted: self-signed")
    with server(Plan(), starttls=True) as plan, refusal:
        send(opened(plan, "?tls=starttls", host="localhost"))
    assert plan.taken == []


def test_a_certificate_of_another_name_is_refused() -> None:
    refusal = pytest.raises(Unreachable, match="certificate is not trusted: IP address mismatch")
    with server(Plan(host="127.0.0.2"), starttls=True) as plan, refusal:
        send(opened(plan, f"?tls=starttls&cafile={CERTIFICATE}", host=plan.host))


def test_a_known_certificate_is_accepted_and_the_mail_goes_encrypted() -> None:
    with server(Plan(), starttls=True) as plan:
        transport = opened(plan, f"?tls=starttls&cafile={CERTIFICATE}", host="localhost")
        send(transport)
        send(transport)
        transport.close()
    assert plan.encrypted == [True, True]
    assert plan.connections == 1


def test_a_server_without_starttls_gets_nothing_in_the_clear(plan: Plan) -> None:
    with pytest.raises(Unreachable, match="STARTTLS"):
        send(opened(plan, "?tls=starttls", host="localhost"))
    assert plan.taken == []


@pytest.mark.parametrize("url", ["smtps://localhost:{port}?", "smtp://localhost:{port}?tls=ssl&"])
def test_a_line_can_be_encrypted_from_the_first_octet(url: str) -> None:
    with encrypted_server(Plan()) as plan:
        url = url.format(port=plan.port)
        with pytest.raises(Unreachable, match="certificate is not trusted"):
            send(open_transport(f"{url}timeout=5", maildir=UNUSED))
        transport = open_transport(f"{url}cafile={CERTIFICATE}", maildir=UNUSED)
        send(transport)
        transport.close()
    assert len(plan.taken) == 1


def test_signing_in_happens_once_and_before_any_mail() -> None:
    with server(Plan(), starttls=True, user="us@er", word="p@ss/w:?") as plan:
        url = f"smtp://us%40er:{{}}@localhost:{plan.port}?tls=starttls&cafile={CERTIFICATE}"
        with pytest.raises(Unreachable) as refused:
            send(open_transport(url.format("wrong"), maildir=UNUSED))
        assert refused.value.code == 535
        transport = open_transport(url.format("p%40ss%2Fw%3A%3F"), maildir=UNUSED)
        send(transport)
        send(transport)
        transport.close()
    assert len(plan.taken) == 2


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("answer", ["530 5.7.0 Sign in first", "503 5.5.1 Bad sequence"])
def test_a_refusal_that_is_about_us_parks_no_mail(plan: Plan, stage: str, answer: str) -> None:
    getattr(plan, stage).append(answer)
    transport = opened(plan)
    with pytest.raises(Unreachable, match=answer):
        send(transport)
    send(transport)
    transport.close()
    assert (len(plan.taken), plan.connections) == (1, 2)


def test_an_unsigned_line_does_not_park_the_mail() -> None:
    with server(Plan(), starttls=True, user="user", word="word") as plan:
        url = f"smtp://localhost:{plan.port}?tls=starttls&cafile={CERTIFICATE}"
        transport = open_transport(url, maildir=UNUSED)
        with pytest.raises(Unreachable) as refused:
            send(transport)
        transport.close()
    assert refused.value.code == 530


@pytest.mark.parametrize("address", ["adä@example.org", "ada@example.org\r\nRCPT TO:<b@c.org>"])
def test_an_address_that_smtp_cannot_carry_is_parked(plan: Plan, address: str) -> None:
    transport = opened(plan)
    with pytest.raises(Permanent):
        send(transport, address)
    send(transport)
    transport.close()
    assert [recipients for _, recipients, _ in plan.taken] == [["ada@example.org"]]


def test_a_mail_becomes_a_file_named_by_its_id(tmp_path: Path) -> None:
    transport = open_transport("", maildir=tmp_path / "mail")
    send(transport, name="7f.1")
    send(transport, name="7f.1")
    transport.rest()
    transport.close()
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["7f.1@example.org.eml"]
    assert (tmp_path / "mail" / "7f.1@example.org.eml").read_bytes() == OCTETS


@pytest.mark.parametrize("name", ["../../etc/x", ".hidden", "a/b", "é\x00", "x" * 500])
def test_no_id_leaves_the_directory(tmp_path: Path, name: str) -> None:
    send(FileTransport(tmp_path / "mail"), name=name)
    (path,) = (tmp_path / "mail").glob("*.eml")
    assert not path.name.startswith(".")
    assert [*tmp_path.iterdir()] == [tmp_path / "mail"]


def test_different_ids_are_different_files(tmp_path: Path) -> None:
    names = ["a/b", "a%2Fb", "a_b", "x" * 300, "x" * 301]
    for name in names:
        send(FileTransport(tmp_path), name=name)
    assert len([*tmp_path.glob("*.eml")]) == len(names)


def test_a_directory_that_cannot_be_written_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file, not a directory")
    with pytest.raises(Unreachable, match="could not be written"):
        send(FileTransport(tmp_path / "mail"))


def test_a_mail_is_whole_or_not_there(tmp_path: Path) -> None:
    (tmp_path / "1@example.org.eml").mkdir()
    with pytest.raises(Unreachable):
        send(FileTransport(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["1@example.org.eml"]


def test_the_start_up_line_says_where_without_the_password(tmp_path: Path) -> None:
    kept = f"every mail is kept as a file in {tmp_path}"
    assert where("", tmp_path) == where(tmp_path.as_uri(), UNUSED) == kept
    assert where("smtp://me:secret@mail.example.org:2587?tls=starttls", tmp_path) == (
        "sent through mail.example.org, port 2587, encrypted with STARTTLS"
    )
    assert where("smtps://mail.example.org", tmp_path) == (
        "sent through mail.example.org, port 465, encrypted with TLS"
    )
    assert where("smtp://localhost", tmp_path) == (
        "sent through localhost, port 25, without encryption"
    )


@pytest.mark.parametrize(
    "url",
    [
        "smtp://mail.example.org?tls=maybe",
        "smtp://mail.example.org?verify=no",
        "smtp://me:secret@mail.example.org?tls=none",
        "smtp://me:s%C3%A9cret@mail.example.org",
        "smtp://",
        "pop3://mail.example.org",
        "smtp://mail.example.org?timeout=soon",
        "smtp://mail.example.org?timeout=0",
    ],
)
def test_an_unsafe_or_unknown_url_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="mail URL"):
        open_transport(url, maildir=UNUSED)


def test_a_password_asks_for_encryption() -> None:
    told = where("smtp://me:secret@mail.example.org", UNUSED)
    assert told == "sent through mail.example.org, port 587, encrypted with STARTTLS"


def test_certificates_that_are_missing_are_noticed_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        open_transport(f"smtps://localhost?cafile={tmp_path / 'none.pem'}", maildir=UNUSED)
