"""The worker's duties towards organisers: what is over is not kept."""

from datetime import datetime

from portal.accounts import privacy
from portal.audit.service import WORKER
from portal.db import transaction


def forget_sign_ins(now: datetime) -> bool:
    """A session that has lasted as long as any may opens nothing any more."""
    if not privacy.a_sign_in_is_over(now):
        return False
    with transaction():
        privacy.forget_sign_ins(WORKER, now)
    return True
