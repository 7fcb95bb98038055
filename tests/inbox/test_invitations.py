"""An invitation that a mail server sends back has not reached anybody."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

from flask import Flask

from portal import clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.invitations import letters
from portal.invitations.models import Invitation
from portal.outbox.models import Message
from tests.factories import make_event
from tests.inbox.front_door import Inbox, Invited, reply
from tests.invitations.front_door import invite, stages

Deliver = Callable[[], list[EmailMessage]]


def test_what_comes_back_marks_the_invitation(app: Flask, deliver: Deliver, inbox: Inbox) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust")
    invite(app, "ada", "bob")
    first, second = deliver()
    with app.app_context():
        back_to = {each.recipient: each.return_path for each in db.session.query(Message)}
    guessed = Invited(
        "portal@example.org", "", "mallory@example.net", "0", str(first["Message-ID"])
    )
    foreign = Invited(f"portal+{'0' * 20}@example.org", "", "ada@example.org", "0", "")
    inbox.put(reply("postfix_bounce", guessed), reply("postfix_bounce", foreign))
    deliver()
    assert stages(app) == {"ada": "invited", "bob": "invited"}
    by_path = Invited(back_to["ada@example.org"], "", "ada@example.org", "0", "")
    by_id = Invited("portal@example.org", "", "bob@example.org", "0", str(second["Message-ID"]))
    inbox.put(reply("postfix_bounce", by_path), reply("exchange_bounce", by_id))
    assert deliver() == [] and inbox.waiting == 0
    assert stages(app) == {"ada": "bounced", "bob": "bounced"}
    assert first["To"] == "ada@example.org"


def test_a_bounce_that_names_where_a_mailbox_forwards_to_marks_the_invitation_by_its_code(
    app: Flask, deliver: Deliver, inbox: Inbox
) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust")
    made = invite(app, "ada")
    deliver()
    with app.app_context():
        back_to = db.session.query(Message).one().return_path
    forwarded = reply("postfix_bounce", Invited(back_to, "", "ada@home.example.net", "0", ""))
    with app.app_context(), transaction():
        ada = db.session.query(Invitation).filter_by(list_id=made).one()
        letters.correct_address(ada, "ada@work.example.org", by=COMMAND, now=clock.now())
    deliver()
    inbox.put(forwarded)
    deliver()
    assert stages(app) == {"ada": "invited"}, "it was a letter to the address before"
    with app.app_context():
        anew = db.session.query(Message).order_by(Message.id.desc()).first()
        assert anew is not None
        back_to = anew.return_path
    inbox.put(reply("postfix_bounce", Invited(back_to, "", "ada@home.example.net", "0", "")))
    assert deliver() == [] and inbox.waiting == 0
    assert stages(app) == {"ada": "bounced"}
