"""People choose among sessions, which have places and a line of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "events", sa.Column("chooses", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column(
        "sessions", sa.Column("chosen", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("sessions", sa.Column("places", sa.Integer(), nullable=True))
    op.add_column("sessions", sa.Column("waiting", sa.Integer(), nullable=True))
    op.add_column(
        "sessions", sa.Column("sequence", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_table(
        "session_choices",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name="fk_session_choices_registration_id_registrations",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_session_choices_session_id_sessions"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_session_choices"),
        sa.UniqueConstraint(
            "registration_id", "session_id", name="uq_session_choices_registration_id_session_id"
        ),
    )
    op.create_index(
        "ix_session_choices_session_id_state", "session_choices", ["session_id", "state"]
    )
    waits = sa.text("state = 'line'")
    op.create_index(
        "ix_session_choices_waiting",
        "session_choices",
        ["session_id"],
        sqlite_where=waits,
        postgresql_where=waits,
    )


def downgrade():
    op.drop_table("session_choices")
    for name in ("sequence", "waiting", "places", "chosen"):
        op.drop_column("sessions", name)
    op.drop_column("events", "chooses")
