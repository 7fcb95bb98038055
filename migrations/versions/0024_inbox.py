"""Calendars are asked for an answer, and what comes back is noted."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
FAILING = sa.text("failing_at IS NOT NULL")


def upgrade():
    op.create_table(
        "inbox_readings",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inbox_readings"),
        sa.UniqueConstraint("digest", name="uq_inbox_readings_digest"),
    )
    op.create_index("ix_inbox_readings_at", "inbox_readings", ["at"])
    op.add_column("invites", sa.Column("reply_code", sa.String(length=32), nullable=True))
    op.add_column("invites", sa.Column("partstat", sa.String(length=40), nullable=True))
    op.add_column("invites", sa.Column("replied_at", MOMENT, nullable=True))
    op.add_column("invites", sa.Column("reply_stamped_at", MOMENT, nullable=True))
    op.create_index("ix_invites_reply_code", "invites", ["reply_code"], unique=True)
    op.add_column("outbox_messages", _words("return_path", 254))
    if op.get_bind().dialect.name == "postgresql":  # SQLite counts no letters
        op.alter_column("outbox_messages", "method", type_=sa.String(length=20))
    op.add_column("registrations", sa.Column("failing_at", MOMENT, nullable=True))
    op.add_column("registrations", _words("failing_code", 20))
    op.create_index(
        "ix_registrations_failing",
        "registrations",
        ["event_id"],
        sqlite_where=FAILING,
        postgresql_where=FAILING,
    )
    op.add_column(
        "events",
        sa.Column("no_withdraws", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade():
    op.drop_column("events", "no_withdraws")
    op.drop_index("ix_registrations_failing", "registrations")
    op.drop_column("registrations", "failing_code")
    op.drop_column("registrations", "failing_at")
    op.execute("UPDATE outbox_messages SET method = '' WHERE method = 'DECLINECOUNTER'")
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("outbox_messages", "method", type_=sa.String(length=10))
    op.drop_column("outbox_messages", "return_path")
    op.drop_index("ix_invites_reply_code", "invites")
    for name in ("reply_stamped_at", "replied_at", "partstat", "reply_code"):
        op.drop_column("invites", name)
    op.drop_index("ix_inbox_readings_at", "inbox_readings")
    op.drop_table("inbox_readings")


def _words(name, length):
    return sa.Column(name, sa.String(length=length), nullable=False, server_default="")
