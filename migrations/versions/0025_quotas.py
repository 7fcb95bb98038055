"""Places are kept for groups until a date, and room and online have numbers of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "quotas",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("countries", sa.JSON(), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("places > 0", name="ck_quotas_places_positive"),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_quotas_event_id_events"),
        sa.PrimaryKeyConstraint("id", name="pk_quotas"),
    )
    op.create_index("ix_quotas_event_id", "quotas", ["event_id"])
    op.add_column(
        "events", sa.Column("has_quotas", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("registrations", sa.Column("quota_id", sa.Integer(), nullable=True))
    op.add_column("events", sa.Column("online_capacity", sa.Integer(), nullable=True))


def downgrade():
    op.drop_column("events", "online_capacity")
    op.drop_column("registrations", "quota_id")
    op.drop_column("events", "has_quotas")
    op.drop_table("quotas")
