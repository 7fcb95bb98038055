"""The worker's duties towards organisers: what is over is not kept."""

from datetime import datetime

from sqlalchemy import delete, select

from portal.accounts.models import SignIn
from portal.accounts.rules import LONGEST_SESSION
from portal.db import db, transaction


def forget_sign_ins(now: datetime) -> bool:
    """A session that has lasted as long as any may opens nothing any more."""
    over = select(SignIn.id).where(SignIn.began_at <= now - LONGEST_SESSION).limit(500)
    if db.session.execute(over.limit(1)).first() is None:
        return False
    with transaction() as session:
        session.execute(delete(SignIn).where(SignIn.id.in_(over)))
    return True
