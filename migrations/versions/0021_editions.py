"""Kept pages of the library ask for one mark."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "editions",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_editions"),
    )
    op.drop_column("ties", "mark")


def downgrade():
    op.add_column("ties", sa.Column("mark", sa.BigInteger(), nullable=False, server_default="0"))
    op.drop_table("editions")
