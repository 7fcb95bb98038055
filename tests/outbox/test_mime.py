"""The octets of a letter, read by two parsers and counted."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.invites import rules
from portal.outbox import mime

MARCH = datetime(2026, 3, 28, 9, 30, tzinfo=UTC)
ID = mime.message_id("portal.example.org", "registration", 7, "confirmed")
NAMES = st.text(st.characters(exclude_characters="\r\n"), max_size=120)


def invite(method: str = "REQUEST") -> bytes:
    entry = rules.Entry(
        uid="3f1c@portal.example.org",
        summary="Microcredentials; a peer-learning activity é",
        description="First manufacturing, then retail.\n" * 10,
        location="Brussels",
        url="https://portal.example.org/en/events/retail/",
        conference="",
        starts_at=MARCH,
        ends_at=MARCH + timedelta(hours=3),
        organizer_name="The portal",
        organizer_address="portal@example.org",
        attendee_name="Ada",
        attendee_address="ada@example.org",
        created_at=MARCH,
    )
    write = rules.request if method == "REQUEST" else rules.cancel
    return write(entry, sequence=1, stamped_at=MARCH)


def built(**changes: Any) -> bytes:
    facts: dict[str, Any] = {
        "sender": "The portal <portal@example.org>",
        "to": ("Ada Lovelace", "ada@example.org"),
        "subject": "Your place: Microcredentials in retail",
        "text": "Dear Ada,\n\nyou have a place.\n",
        "html": '<html lang="en"><p>Dear Ada,</p><p>you have a place.</p></html>\n',
        "message_id": ID,
        "date": MARCH,
        "language": "en",
    }
    return mime.build(**facts | changes)


def with_invite(method: str = "REQUEST", **changes: Any) -> bytes:
    return built(calendar=invite(method), method=method, **changes)


def read(octets: bytes) -> EmailMessage:
    mail = message_from_bytes(octets, policy=default)
    assert isinstance(mail, EmailMessage)
    assert [part.defects for part in mail.walk() if part.defects] == []
    return mail


def tree(mail: Message) -> list[Any]:
    if not mail.is_multipart():
        return [mail.get_content_type(), mail["Content-Transfer-Encoding"]]
    return [mail.get_content_type(), *(tree(part) for part in mail.get_payload())]


def faults(octets: bytes) -> list[str]:
    """What a strict server or a strict reader would mind."""
    bare = octets.replace(b"\r\n", b"")
    head = octets.partition(b"\r\n\r\n")[0].decode("ascii", "replace")
    checks = {
        "bare CR or LF": b"\r" in bare or b"\n" in bare,
        "eight bits or NUL": any(x > 126 or (x < 32 and x != 9) for x in bare),
        "line over 998": any(len(line) > 998 for line in octets.split(b"\r\n")),
        "encoded word over 75": any(len(x) > 75 for x in re.findall(r"=\?\S+", head)),
        "line with an encoded word over 76": any(
            len(line) > 76 for line in head.split("\r\n") if "=?" in line and "List-" not in line
        ),
        "header that is nothing but blanks": re.search(r"^[ \t]+$", head, re.M) is not None,
    }
    return [name for name, is_broken in checks.items() if is_broken]


def test_a_letter_with_an_invite_is_the_tree_of_the_rules() -> None:
    octets = with_invite()
    mail = read(octets)
    assert tree(mail) == [
        "multipart/mixed",
        [
            "multipart/alternative",
            ["text/plain", "quoted-printable"],
            ["text/html", "quoted-printable"],
            ["text/calendar", "base64"],
        ],
        ["application/ics", "base64"],
    ]
    assert faults(octets) == []


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_the_calendar_stands_last_with_its_method_and_again_as_a_file(method: str) -> None:
    octets = with_invite(method)
    *_, shown, attached = read(octets).walk()
    assert shown.items() == [
        ("Content-Type", f'text/calendar; charset="utf-8"; method="{method}"'),
        ("Content-Transfer-Encoding", "base64"),
    ]
    assert f'text/calendar; charset="utf-8"; method={method}\r\n'.encode() in octets
    assert attached.items() == [
        ("Content-Type", 'application/ics; name="invite.ics"'),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", 'attachment; filename="invite.ics"'),
    ]
    assert shown.get_payload(decode=True) == attached.get_payload(decode=True) == invite(method)


def test_a_letter_without_an_invite_is_text_and_html() -> None:
    octets = built()
    assert tree(read(octets)) == [
        "multipart/alternative",
        ["text/plain", "quoted-printable"],
        ["text/html", "quoted-printable"],
    ]
    assert faults(octets) == []


def test_the_headers_and_no_others() -> None:
    octets = with_invite(
        reply_to="desk@example.org",
        in_reply_to="<first@example.org>",
        references=["<first@example.org>", "<second@example.org>"],
        list_unsubscribe="https://portal.example.org/en/newsletter/" + "x" * 300,
    )
    assert read(octets).items() == [
        ("From", "The portal <portal@example.org>"),
        ("To", "Ada Lovelace <ada@example.org>"),
        ("Subject", "Your place: Microcredentials in retail"),
        ("Date", "Sat, 28 Mar 2026 09:30:00 +0000"),
        ("Message-ID", ID),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", "en"),
        ("MIME-Version", "1.0"),
        ("Reply-To", "desk@example.org"),
        ("In-Reply-To", "<first@example.org>"),
        ("References", "<first@example.org> <second@example.org>"),
        ("List-Unsubscribe", "<https://portal.example.org/en/newsletter/" + "x" * 300 + ">"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Content-Type", read(octets)["Content-Type"]),
    ]
    assert b"\r\nList-Unsubscribe: <https://portal.example.org/en/newsletter/xxx" in octets
    assert faults(octets) == []


def test_replies_go_to_the_sender_unless_another_is_named() -> None:
    same = read(built(reply_to=("Somebody", "portal@example.org")))
    assert "Reply-To" not in same


def test_the_same_facts_make_the_same_octets() -> None:
    assert with_invite() == with_invite()
    assert with_invite() != with_invite(message_id="<other@example.org>")


def test_no_two_mails_share_a_boundary() -> None:
    one, other = read(with_invite()), read(with_invite(message_id="<other@example.org>"))
    boundaries = [part.get_boundary() for mail in (one, other) for part in mail.walk()]
    assert len({*boundaries} - {None}) == 4


def test_text_stays_readable_line_by_line() -> None:
    assert b"\r\n\r\nDear Ada,\r\n\r\nyou have a place.\r\n" in built()


@pytest.mark.parametrize("length", range(1, 60))
def test_a_long_mailbox_is_folded_in_time(length: int) -> None:
    octets = built(to=("é" * length, "ada.lovelace@example.org"))
    assert faults(octets) == []
    assert faults(built(subject="é" * length)) == []


def test_a_subject_that_looks_encoded_is_taken_at_its_word() -> None:
    assert read(built(subject="=?utf-8?q?evil?="))["Subject"] == "=?utf-8?q?evil?="


def test_a_message_id_is_stable_and_tells_nothing() -> None:
    assert re.fullmatch(r"<[0-9a-f]{40}@portal\.example\.org>", ID)
    assert mime.message_id("portal.example.org", "registration", 7, "confirmed") == ID
    others = [("registration", 71, "confirmed"), ("registration7", "confirmed"), ("registration",)]
    assert ID not in [mime.message_id("portal.example.org", *parts) for parts in others]


@pytest.mark.parametrize("bad", ["a\nb", "a\rb", "a\r\nBcc: eve@example.org", "a\r\n b"])
@pytest.mark.parametrize(
    "place",
    [
        lambda bad: {"subject": bad},
        lambda bad: {"to": (bad, "ada@example.org")},
        lambda bad: {"to": ("Ada", f"ada@example.org{bad}")},
        lambda bad: {"sender": f"{bad} <portal@example.org>"},
        lambda bad: {"reply_to": (bad, "desk@example.org")},
        lambda bad: {"message_id": f"<{bad}@example.org>"},
        lambda bad: {"in_reply_to": f"<{bad}@example.org>"},
        lambda bad: {"references": [f"<{bad}@example.org>"]},
        lambda bad: {"list_unsubscribe": f"https://example.org/{bad}"},
        lambda bad: {"language": bad},
    ],
)
def test_a_line_break_in_a_header_is_refused(place: Any, bad: str) -> None:
    with pytest.raises(ValueError, match=r"line break|Message-ID|address"):
        built(**place(bad))


@pytest.mark.parametrize(
    "to", ["", "ada", ("Ada", "ada@example.org, eve@example.org"), "adä@example.org", "a b@c.org"]
)
def test_what_is_no_address_is_refused(to: Any) -> None:
    with pytest.raises(ValueError, match="address"):
        built(to=to)


def test_mail_and_calendar_name_the_same_method() -> None:
    for method in ("CANCEL", "request", None):
        with pytest.raises(ValueError, match="same method"):
            built(calendar=invite("REQUEST"), method=method)


@settings(deadline=None)
@given(name=NAMES, subject=NAMES)
def test_any_name_and_subject_come_through_and_nothing_beside_them(name: str, subject: str) -> None:
    octets = built(to=(name, "ada@example.org"), sender=(name, "p@example.org"), subject=subject)
    assert faults(octets) == []
    plain = message_from_bytes(octets)
    assert plain.keys().count("Subject") == plain.keys().count("To") == 1
    assert _said(plain["Subject"]) == _bare(subject)
    for header, address in (("To", "ada@example.org"), ("From", "p@example.org")):
        shown, addressed = parseaddr(plain[header].replace("\r\n ", " "))
        assert (_said(shown), addressed) == (_bare(name), address)
        mailboxes = read(octets)[header].addresses
        assert [mailbox.addr_spec for mailbox in mailboxes] == [address]


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        ("portal@example.org", ""),
        ("The portal, Brussels <portal@example.org>", "The portal, Brussels"),
        ('"The portal, Brussels" <portal@example.org>', "The portal, Brussels"),
        (('O\'Brien (\\desk\\) "B"', "portal@example.org"), 'O\'Brien (\\desk\\) "B"'),
        (("Le portail é, à", "portal@example.org"), "Le portail é, à"),
        (("=?utf-8?q?evil?=", "portal@example.org"), "=?utf-8?q?evil?="),
    ],
)
def test_a_sender_is_one_mailbox_whatever_its_name(sender: Any, name: str) -> None:
    (mailbox,) = read(built(sender=sender))["From"].addresses
    assert (mailbox.display_name, mailbox.addr_spec) == (name, "portal@example.org")


@settings(deadline=None)
@given(text=st.text(max_size=400), html=st.text(max_size=400))
def test_any_text_comes_through(text: str, html: str) -> None:
    octets = built(text=text, html=html)
    assert faults(octets) == []
    mail = read(octets)
    assert _plain(mail, "plain") == _lines(text)
    assert _plain(mail, "html") == _lines(html)
    body = octets.partition(b"\r\n\r\n")[2]
    assert all(len(line) <= 76 for line in body.split(b"\r\n") if not line.startswith(b"--"))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("J. R. R. Tolkien, Ph.D", "J. R. R. Tolkien, Ph.D"),
        ("https://evil.example", "https: // evil. example"),
        ("HTTP://EVIL.EXAMPLE/x.html", "HTTP: // EVIL. EXAMPLE/x. html"),
        ("www.evil.example", "www. evil. example"),
        ("evil.com wins", "evil. com wins"),
        ("a.b.evil.com", "a.b. evil. com"),
        ("ftp:////x", "ftp: // //x"),
    ],
)
def test_no_mail_program_makes_a_link_of_a_name(typed: str, shown: str) -> None:
    assert mime.defang(typed) == shown


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_defanged_text_holds_a_beginning_of_a_link(text: str) -> None:
    for typed in (text, f"http://{text}", f"www.{text}", f"{text}://{text}"):
        shown = mime.defang(typed)
        assert "://" not in shown
        assert not re.search(r"www\.\S", shown, re.I)


def _said(header: str) -> str:
    return _bare(str(make_header(decode_header(header.replace("\r\n ", " ")))))


def _bare(text: str) -> str:
    """Without blanks and controls, which a header may change."""
    return "".join(
        x
        for x in text
        if not x.isspace()
        and x >= " "
        and not 0x7F <= ord(x) < 0xA0
        and not "\ud800" <= x < "\ue000"
    )


def _plain(mail: EmailMessage, subtype: str) -> str:
    part = next(part for part in mail.walk() if part.get_content_subtype() == subtype)
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return _lines(payload.decode())


def _lines(text: str) -> str:
    return re.sub("\r\n|\r", "\n", text)
