"""A portal that reads its own mailbox: a maildir beside its data."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.inbox.front_door import Inbox


@pytest.fixture
def environ(environ: dict[str, str], tmp_path: Path) -> dict[str, str]:
    usual = {
        "PORTAL_INBOX_URL": f"maildir://{tmp_path}/inbox",
        "PORTAL_INBOX_AUTHSERV_ID": "mx.example.org",
    }
    return usual | environ


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path / "inbox")
