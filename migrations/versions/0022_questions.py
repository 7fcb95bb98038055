"""An event has questions of its own, and people answer them."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BEFORE = "(access_needs <> '' OR diet <> '')"
AFTER = "(access_needs <> '' OR diet <> '' OR answered <> '')"


def upgrade():
    op.add_column(
        "events", sa.Column("asks", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column(
        "registrations",
        sa.Column("answered", sa.String(length=3), nullable=False, server_default=""),
    )
    _index_needs(AFTER)
    op.create_table(
        "questions",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("label", sa.JSON(), nullable=False),
        sa.Column("help", sa.JSON(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("condition_number", sa.Integer(), nullable=True),
        sa.Column("condition_code", sa.String(length=10), nullable=False),
        sa.Column("worded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_questions_event_id_events"),
        sa.PrimaryKeyConstraint("id", name="pk_questions"),
        sa.UniqueConstraint(
            "event_id", "number", "version", name="uq_questions_event_id_number_version"
        ),
    )
    present = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_questions_present",
        "questions",
        ["event_id", "position"],
        sqlite_where=present,
        postgresql_where=present,
    )
    op.create_table(
        "question_answers",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name="fk_question_answers_registration_id_registrations",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name="fk_question_answers_question_id_questions"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_question_answers"),
    )
    for name in ("registration_id", "question_id"):
        op.create_index(f"ix_question_answers_{name}", "question_answers", [name])


def downgrade():
    op.drop_table("question_answers")
    op.drop_table("questions")
    _index_needs(BEFORE)
    op.drop_column("registrations", "answered")
    op.drop_column("events", "asks")


def _index_needs(held):
    """Who has something to be forgotten with the needs, also their answers."""
    op.drop_index("ix_registrations_needs", table_name="registrations")
    op.create_index(
        "ix_registrations_needs",
        "registrations",
        ["event_id"],
        sqlite_where=sa.text(held),
        postgresql_where=sa.text(held),
    )
