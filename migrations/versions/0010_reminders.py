"""Rules for letters before and after an event, each time one went out, and everybody's copy."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WRITING = sa.text("state = 'writing'")
WAITING = sa.text("outcome = 'waiting'")


def upgrade():
    op.create_table(
        "reminders",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("at", sa.Time(), nullable=True),
        sa.Column("audience", sa.String(length=40), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_reminders_event_id_events"),
        sa.PrimaryKeyConstraint("id", name="pk_reminders"),
    )
    op.create_index("ix_reminders_event_id", "reminders", ["event_id", "id"])
    op.create_table(
        "reminder_runs",
        sa.Column("reminder_id", sa.Integer(), nullable=False),
        sa.Column("date", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reminder_id"], ["reminders.id"], name="fk_reminder_runs_reminder_id_reminders"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reminder_runs"),
        sa.UniqueConstraint("reminder_id", "date", name="uq_reminder_runs_reminder_id_date"),
    )
    op.create_index(
        "ix_reminder_runs_writing", "reminder_runs", ["id"],
        sqlite_where=WRITING, postgresql_where=WRITING,
    )  # fmt: skip
    op.create_table(
        "reminder_tellings",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("event_revision", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=250), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["reminder_runs.id"], name="fk_reminder_tellings_run_id_reminder_runs"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"],
            name="fk_reminder_tellings_registration_id_registrations",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reminder_tellings"),
        sa.UniqueConstraint(
            "run_id", "registration_id", name="uq_reminder_tellings_run_id_registration_id"
        ),
    )  # fmt: skip
    op.create_index(
        "ix_reminder_tellings_registration_id", "reminder_tellings", ["registration_id"]
    )
    op.create_index("ix_reminder_tellings_message_id", "reminder_tellings", ["message_id"])
    op.create_index(
        "ix_reminder_tellings_waiting", "reminder_tellings", ["run_id", "id"],
        sqlite_where=WAITING, postgresql_where=WAITING,
    )  # fmt: skip


def downgrade():
    op.drop_table("reminder_tellings")
    op.drop_table("reminder_runs")
    op.drop_table("reminders")
