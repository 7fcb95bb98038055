"""Letters that could not be written are found by their event.

Some databases of the first release have this index already, and not the one before it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STUCK = sa.text("stuck_at IS NOT NULL")


def upgrade():
    op.drop_index("ix_registrations_stuck_at", "registrations", if_exists=True)
    op.create_index(
        "ix_registrations_stuck",
        "registrations",
        ["event_id"],
        sqlite_where=STUCK,
        postgresql_where=STUCK,
        if_not_exists=True,
    )


def downgrade():
    op.drop_index("ix_registrations_stuck", "registrations")
    op.create_index("ix_registrations_stuck_at", "registrations", ["stuck_at"])
