"""Who attended: by check-in, or by the report of a conference tool."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0021"
branch_labels = None
depends_on = None

PRESENCE = (
    ("checked_in_at", sa.DateTime(timezone=True)),
    ("checked_in_by", sa.Integer()),
    ("reported_at", sa.DateTime(timezone=True)),
)


def upgrade():
    for name, kind in PRESENCE:
        op.add_column("registrations", sa.Column(name, kind, nullable=True))


def downgrade():
    for name, _kind in reversed(PRESENCE):
        op.drop_column("registrations", name)
