"""Late withdrawals are noted, mailboxes subscribe to their events, forms are filled by a link."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_personal_feeds_address_key", "address_key", "address_key <> ''"),
    ("ix_personal_feeds_untold", "id", "told_at IS NULL"),
)


def upgrade():
    op.add_column("events", sa.Column("withdrawals_until", sa.DateTime(timezone=True)))
    op.add_column(
        "registrations",
        sa.Column("withdrawn_late", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_table(
        "personal_feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("address_key", sa.String(254), nullable=False),
        sa.Column("code_digest", sa.String(64), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"],
            name="fk_personal_feeds_registration_id_registrations",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_personal_feeds"),
        sa.UniqueConstraint("code_digest", name="uq_personal_feeds_code_digest"),
    )  # fmt: skip
    op.create_index("ix_personal_feeds_registration_id", "personal_feeds", ["registration_id"])
    for name, column, where in INDEXES:
        condition = sa.text(where)
        op.create_index(
            name, "personal_feeds", [column], sqlite_where=condition, postgresql_where=condition
        )
    op.create_table(
        "registration_recalls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("address_key", sa.String(254), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name="fk_registration_recalls_event_id_events"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_registration_recalls"),
    )
    op.create_index("ix_registration_recalls_event_id", "registration_recalls", ["event_id"])


def downgrade():
    op.drop_table("registration_recalls")
    op.drop_table("personal_feeds")
    op.drop_column("registrations", "withdrawn_late")
    op.drop_column("events", "withdrawals_until")
