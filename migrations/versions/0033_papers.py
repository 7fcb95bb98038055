"""Letters for visas and employers, and who is entitled to reimbursement."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "event_papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("invites", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("confirms", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("signer", sa.String(200), nullable=False),
        sa.Column("signer_role", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("reference", sa.String(100), nullable=False),
        sa.Column("forms_url", sa.String(500), nullable=False),
        sa.Column("forms_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name="fk_event_papers_event_id_events"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_event_papers"),
        sa.UniqueConstraint("event_id", name="uq_event_papers_event_id"),
    )
    op.add_column(
        "registrations",
        sa.Column("entitled", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade():
    op.drop_column("registrations", "entitled")
    op.drop_table("event_papers")
