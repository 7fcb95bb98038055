"""Telephone numbers, people entered at the desk, notes, letters to a selection."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

PARKED = sa.text("parked_at IS NOT NULL")
SENDING = sa.text("state = 'sending'")
WAITING = sa.text("outcome = 'waiting'")
FAILED = sa.text("outcome = 'failed'")
MOMENT = sa.DateTime(timezone=True)


def upgrade():
    _columns()
    _notes()
    _circulars()
    _recipients()
    op.create_index(
        "ix_outbox_messages_parked_of_event",
        "outbox_messages",
        ["event_id"],
        sqlite_where=PARKED,
        postgresql_where=PARKED,
    )


def _columns():
    """Rows that are there get nothing; the default goes again, for the model has none."""
    with op.batch_alter_table("registrations") as table:
        table.add_column(sa.Column("phone", sa.String(40), nullable=False, server_default=""))
        table.add_column(sa.Column("entered_by", sa.Integer(), nullable=True))
        table.add_column(sa.Column("source", sa.String(300), nullable=False, server_default=""))
        table.add_column(sa.Column("reached_at", MOMENT, nullable=True))
    with op.batch_alter_table("registrations") as table:
        table.alter_column("phone", server_default=None)
        table.alter_column("source", server_default=None)


def _notes():
    op.create_table(
        "registration_notes",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name="fk_registration_notes_registration_id_registrations",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_registration_notes"),
    )
    for name in ("registration_id", "expires_at"):
        op.create_index(f"ix_registration_notes_{name}", "registration_notes", [name])


def _circulars():
    op.create_table(
        "circulars",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("subject", sa.JSON(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("selection", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_circulars_event_id_events"),
        sa.PrimaryKeyConstraint("id", name="pk_circulars"),
    )
    op.create_index("ix_circulars_event_id", "circulars", ["event_id", "id"])
    op.create_index(
        "ix_circulars_sending", "circulars", ["id"], sqlite_where=SENDING, postgresql_where=SENDING
    )


def _recipients():
    op.create_table(
        "circular_recipients",
        sa.Column("circular_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("message_id", sa.String(250), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("at", MOMENT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["circular_id"], ["circulars.id"], name="fk_circular_recipients_circular_id_circulars"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name="fk_circular_recipients_registration_id_registrations",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_circular_recipients"),
        sa.UniqueConstraint(
            "circular_id",
            "registration_id",
            name="uq_circular_recipients_circular_id_registration_id",
        ),
    )
    for name in ("registration_id", "message_id"):
        op.create_index(f"ix_circular_recipients_{name}", "circular_recipients", [name])
    op.create_index(
        "ix_circular_recipients_waiting",
        "circular_recipients",
        ["circular_id", "id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_index(
        "ix_circular_recipients_failed",
        "circular_recipients",
        ["circular_id", "registration_id"],
        sqlite_where=FAILED,
        postgresql_where=FAILED,
    )


def downgrade():
    op.drop_index("ix_outbox_messages_parked_of_event", "outbox_messages")
    for table in ("circular_recipients", "circulars", "registration_notes"):
        op.drop_table(table)
    with op.batch_alter_table("registrations") as table:
        for name in ("reached_at", "source", "entered_by", "phone"):
            table.drop_column(name)
