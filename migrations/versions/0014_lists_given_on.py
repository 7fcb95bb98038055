"""Access lists tell what changed since the list that was given on, and not since the last file."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade():
    """Of lists taken out before nobody was asked: the last one counts as given on, as it did."""
    with op.batch_alter_table("access_lists") as table:
        table.add_column(sa.Column("given_on", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("access_visitors") as table:
        table.add_column(
            sa.Column("taken_out", sa.String(length=64), nullable=False, server_default="")
        )
    op.execute("UPDATE access_lists SET given_on = exports")
    op.execute("UPDATE access_visitors SET taken_out = exported")
    with op.batch_alter_table("access_lists") as table:
        table.alter_column("given_on", server_default=None)
    with op.batch_alter_table("access_visitors") as table:
        table.alter_column("taken_out", server_default=None)


def downgrade():
    with op.batch_alter_table("access_visitors") as table:
        table.drop_column("taken_out")
    with op.batch_alter_table("access_lists") as table:
        table.drop_column("given_on")
