"""A place can be handed over to a colleague, where the event allows it."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "events",
        sa.Column("transferable", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("registrations", sa.Column("handed_to", sa.Integer(), nullable=True))
    op.add_column("registrations", sa.Column("handed_by", sa.Integer(), nullable=True))


def downgrade():
    op.drop_column("registrations", "handed_by")
    op.drop_column("registrations", "handed_to")
    op.drop_column("events", "transferable")
