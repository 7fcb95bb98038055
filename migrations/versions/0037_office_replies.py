"""Answers of the calendar of whoever acts for somebody are found by their code."""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_office_invites_reply_code", "office_invites", ["reply_code"], unique=True)


def downgrade():
    op.drop_index("ix_office_invites_reply_code", "office_invites")
