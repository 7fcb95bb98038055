"""Who attended: by check-in, or by the report of a conference tool."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

PRESENCE = (
    ("checked_in_at", sa.DateTime(timezone=True)),
    ("checked_in_by", sa.Integer()),
    ("reported_at", sa.DateTime(timezone=True)),
)


def upgrade():
    for name, kind in PRESENCE:
        op.add_column("registrations", sa.Column(name, kind, nullable=True))
    op.create_table(
        "attendance_reports",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name="fk_attendance_reports_event_id_events"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_attendance_reports"),
    )
    op.create_index("ix_attendance_reports_event_id", "attendance_reports", ["event_id"])
    op.create_index("ix_attendance_reports_created_at", "attendance_reports", ["created_at"])


def downgrade():
    op.drop_table("attendance_reports")
    for name, _kind in reversed(PRESENCE):
        op.drop_column("registrations", name)
