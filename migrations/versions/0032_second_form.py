"""A second form, asked of those who have a place; and answers that hold no place."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "questions", sa.Column("stage", sa.String(40), nullable=False, server_default="first")
    )
    op.add_column(
        "question_answers",
        sa.Column("wish", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "second_forms",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_for", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at_revision", sa.Integer(), nullable=False),
        sa.Column("remind_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name="fk_second_forms_event_id_events"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_second_forms"),
        sa.UniqueConstraint("event_id", name="uq_second_forms_event_id"),
    )
    op.create_table(
        "second_form_turns",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.String(250), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name="fk_second_form_turns_registration_id_registrations",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_second_form_turns"),
        sa.UniqueConstraint("registration_id", name="uq_second_form_turns_registration_id"),
    )
    op.create_index("ix_second_form_turns_message_id", "second_form_turns", ["message_id"])


def downgrade():
    op.drop_table("second_form_turns")
    op.drop_table("second_forms")
    op.drop_column("question_answers", "wish")
    op.drop_column("questions", "stage")
