"""A place that becomes free can be offered for a while, and people can be told of a decision day."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.add_column("events", sa.Column("offer_hours", sa.Integer(), nullable=True))
    op.add_column("events", sa.Column("offers_end_at", MOMENT, nullable=True))
    op.add_column("events", sa.Column("decision_at", MOMENT, nullable=True))
    op.create_index("ix_events_offers_end_at", "events", ["offers_end_at"])
    op.add_column("registrations", sa.Column("offered_until", MOMENT, nullable=True))


def downgrade():
    op.drop_column("registrations", "offered_until")
    op.drop_index("ix_events_offers_end_at", "events")
    for name in ("decision_at", "offers_end_at", "offer_hours"):
        op.drop_column("events", name)
