"""Events have a record of processing, in versions; people register under one of them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OF_THE_HOUSE = sa.text("event_id IS NULL")


def upgrade():
    op.create_table(
        "protection_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_protection_versions"),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name="fk_protection_versions_event_id_events"
        ),
    )
    op.create_index(
        "ix_protection_versions_event", "protection_versions", ["event_id", "number"], unique=True
    )
    op.create_index(
        "ix_protection_versions_house",
        "protection_versions",
        ["number"],
        unique=True,
        sqlite_where=OF_THE_HOUSE,
        postgresql_where=OF_THE_HOUSE,
    )
    op.add_column(
        "events", sa.Column("notice_number", sa.Integer(), nullable=False, server_default="0")
    )


def downgrade():
    op.drop_column("events", "notice_number")
    op.drop_table("protection_versions")
