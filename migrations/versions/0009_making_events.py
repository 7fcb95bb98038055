"""Events are published at a time or on approval, taken up again with a question, kept as templates.

All new columns of tables with rows may be empty, so that neither database rebuilds a table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENTS = ("publish_at", "publish_missed_at", "publish_asked_at", "asked_again_at")


def upgrade():
    for name in MOMENTS:
        op.add_column("events", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("events", sa.Column("publish_asked_by", sa.Integer(), nullable=True))
    op.add_column("events", sa.Column("reason", sa.JSON(), nullable=True))
    op.create_index("ix_events_publish_at", "events", ["publish_at"])
    op.add_column(
        "registrations", sa.Column("still_comes_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_table(
        "event_templates",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("pattern", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event_templates"),
        sa.UniqueConstraint("name", name="uq_event_templates_name"),
    )


def downgrade():
    op.drop_table("event_templates")
    op.drop_index("ix_events_publish_at", "events")
    op.drop_column("registrations", "still_comes_at")
    for name in ("reason", "publish_asked_by", *MOMENTS):
        op.drop_column("events", name)
