"""The worker's duties towards people and their data."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from portal import ledger, wiping
from portal.audit.service import WORKER, record
from portal.config import Settings
from portal.db import db, transaction
from portal.subjects import letters, privacy, queries
from portal.subjects.models import Inquiry


def write_next_link(now: datetime) -> bool:
    """Send the way to their data to the next who asked; an unknown address is just forgotten."""
    if db.session.execute(select(Inquiry.id).where(Inquiry.told_at.is_(None))).first() is None:
        return False
    with transaction() as session:
        inquiry = queries.next_inquiry()
        if inquiry is None:
            return False
        if queries.is_known(inquiry.address_key):
            letters.write_link(inquiry, now=now)
            inquiry.told_at = now
        else:
            session.delete(inquiry)
            wiping.ask()
    return True


def finish_next_erasure(now: datetime) -> bool:
    """Say the last word to somebody, or forget the address with every mail to it."""
    if queries.next_to_finish() is None:
        return False
    with transaction():
        erasure = queries.next_to_finish()
        if erasure is None:
            return False
        if erasure.tells and erasure.told_at is None:
            letters.write_erased(erasure, now=now)
            erasure.told_at = now
            return True
        if not letters.forget([erasure.address]):
            return False
        erasure.address = erasure.address_key = ""
        erasure.done_at = now
        record("erasure.done", erasure, by=WORKER, now=now)
        wiping.ask()
    return True


def forget_old(now: datetime) -> bool:
    """Links that have ended, and requests that were answered a year ago."""
    if not privacy.something_is_old(now):
        return False
    with transaction():
        privacy.forget_old(WORKER, now)
    return True


def forget_ledger(now: datetime) -> bool:
    """The ledger need not reach back further than the oldest backup that is kept."""
    ledger.forget_before(now - timedelta(days=_settings().backup_days))
    return False


def wipe(now: datetime) -> bool:
    """What was erased leaves the database's files.

    It answers that nothing is left to do, so that it rests: of many erasures one wipe is enough.
    """
    if wiping.asked_at(_settings()) is not None:
        wiping.wipe()
    return False


def _settings() -> Settings:
    settings: Settings = current_app.extensions["portal"]
    return settings


CHORES = (write_next_link, finish_next_erasure, forget_old, forget_ledger, wipe)
