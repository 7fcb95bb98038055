"""An invitation that a mail server sends back has not reached anybody."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

from flask import Flask

from portal.db import db, transaction
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
    other = Invited(back_to["ada@example.org"], "", "mallory@example.net", "0", "")
    inbox.put(reply("postfix_bounce", other))
    deliver()
    assert stages(app) == {"ada": "invited", "bob": "invited"}
    by_path = Invited(back_to["ada@example.org"], "", "ada@example.org", "0", "")
    by_id = Invited("portal@example.org", "", "bob@example.org", "0", str(second["Message-ID"]))
    inbox.put(reply("postfix_bounce", by_path), reply("exchange_bounce", by_id))
    assert deliver() == [] and inbox.waiting == 0
    assert stages(app) == {"ada": "bounced", "bob": "bounced"}
    assert first["To"] == "ada@example.org"
