"""People ask what is kept about them, for an answer, and to be forgotten: three tables."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "subject_inquiries",
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("address_key", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subject_inquiries"),
    )
    op.create_index("ix_subject_inquiries_asked_at", "subject_inquiries", ["asked_at"])
    op.create_index("ix_subject_inquiries_address_key", "subject_inquiries", ["address_key"])
    _partial("ix_subject_inquiries_untold", "subject_inquiries", "id", "told_at IS NULL")
    op.create_table(
        "subject_requests",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("address_key", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name="fk_subject_requests_event_id_events"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_subject_requests"),
    )
    op.create_index("ix_subject_requests_event_id", "subject_requests", ["event_id", "due_at"])
    op.create_index("ix_subject_requests_address_key", "subject_requests", ["address_key"])
    op.create_index("ix_subject_requests_answered_at", "subject_requests", ["answered_at"])
    _partial("ix_subject_requests_open", "subject_requests", "due_at", "answered_at IS NULL")
    op.create_table(
        "subject_erasures",
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("address_key", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("registrations", sa.Integer(), nullable=False),
        sa.Column("tells", sa.Boolean(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subject_erasures"),
    )
    op.create_index("ix_subject_erasures_asked_at", "subject_erasures", ["asked_at"])
    _partial("ix_subject_erasures_undone", "subject_erasures", "id", "done_at IS NULL")


def downgrade():
    for table in ("subject_erasures", "subject_requests", "subject_inquiries"):
        op.drop_table(table)


def _partial(name, table, column, where):
    op.create_index(
        name, table, [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
