"""Withdrawals have their date, and a late one is noted."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("events", sa.Column("withdrawals_until", sa.DateTime(timezone=True)))
    op.add_column(
        "registrations",
        sa.Column("withdrawn_late", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade():
    op.drop_column("registrations", "withdrawn_late")
    op.drop_column("events", "withdrawals_until")
