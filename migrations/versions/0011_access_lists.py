"""What a building asks of those who come: lists, and who stands on them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "access_lists",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("asks", sa.JSON(), nullable=False),
        sa.Column("receiver", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("basis", sa.String(length=40), nullable=False),
        sa.Column("closes_at", MOMENT, nullable=False),
        sa.Column("closes_for", MOMENT, nullable=False),
        sa.Column("days_kept", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("switched_off_at", MOMENT, nullable=True),
        sa.Column("exports", sa.Integer(), nullable=False),
        sa.Column("exported_at", MOMENT, nullable=True),
        sa.Column("erased_at", MOMENT, nullable=True),
        sa.Column("erased_people", sa.Integer(), nullable=False),
        sa.Column("erased_why", sa.String(length=20), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name="fk_access_lists_event_id_events"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_access_lists"),
        sa.UniqueConstraint("event_id", name="uq_access_lists_event_id"),
    )
    op.create_table(
        "access_visitors",
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("given_at", MOMENT, nullable=True),
        sa.Column("notice_version", sa.String(length=20), nullable=False),
        sa.Column("told_link", sa.String(length=32), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("reminder_due_at", MOMENT, nullable=True),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.Column("exported", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["access_lists.id"], name="fk_access_visitors_list_id_access_lists"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name="fk_access_visitors_registration_id_registrations",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_access_visitors"),
        sa.UniqueConstraint(
            "list_id", "registration_id", name="uq_access_visitors_list_id_registration_id"
        ),
        sa.UniqueConstraint("list_id", "number", name="uq_access_visitors_list_id_number"),
    )
    op.create_index("ix_access_visitors_registration_id", "access_visitors", ["registration_id"])
    for name, some in (
        ("told", sa.text("told_link <> ''")),
        ("reminded", sa.text("reminder_due_at IS NOT NULL")),
    ):
        op.create_index(
            f"ix_access_visitors_{name}",
            "access_visitors",
            ["list_id"],
            sqlite_where=some,
            postgresql_where=some,
        )


def downgrade():
    op.drop_table("access_visitors")
    op.drop_table("access_lists")
