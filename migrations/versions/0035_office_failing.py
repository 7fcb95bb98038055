"""Since when mail to whoever acts for somebody comes back, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "registration_contacts",
        sa.Column("failing_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.add_column(
        "registration_contacts",
        sa.Column("failing_code", sa.String(20), server_default="", nullable=False),
    )


def downgrade():
    op.drop_column("registration_contacts", "failing_code")
    op.drop_column("registration_contacts", "failing_at")
