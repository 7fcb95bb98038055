"""Invited people hear what becomes of the event, and an invitation follows two who become one."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_MERGED = sa.text("merged_into IS NOT NULL")
# What is settled by now is told to nobody; who waits for a new date hears of that date.
_TOLD = """
UPDATE invitations SET told_state =
  (SELECT events.state FROM events WHERE events.id = invitations.event_id)
WHERE event_id IN (SELECT id FROM events WHERE state IN ('cancelled', 'postponed'))
  AND invited_at IS NOT NULL
"""
_FOLLOWED = """
UPDATE invitations SET registration_id = (
  SELECT max(come.id) FROM registrations AS come
  WHERE come.invitation_id = invitations.id AND come.status <> 'withdrawn'
)
WHERE stage = 'registered'
  AND registration_id IN (SELECT id FROM registrations WHERE status = 'withdrawn')
  AND EXISTS (
    SELECT 1 FROM registrations AS come
    WHERE come.invitation_id = invitations.id AND come.status <> 'withdrawn'
  )
"""


def upgrade():
    op.add_column(
        "invitations",
        sa.Column("told_state", sa.String(20), server_default="", nullable=False),
    )
    op.add_column("registrations", sa.Column("merged_into", sa.Integer(), nullable=True))
    op.create_index(
        "ix_registrations_merged", "registrations", ["id"],
        sqlite_where=_MERGED, postgresql_where=_MERGED,
    )  # fmt: skip
    op.execute(_TOLD)
    op.execute(_FOLLOWED)


def downgrade():
    op.drop_index("ix_registrations_merged", table_name="registrations")
    op.drop_column("registrations", "merged_into")
    op.drop_column("invitations", "told_state")
