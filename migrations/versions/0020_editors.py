"""Colleagues may be editors of the library, and import bibliographies."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "users",
        sa.Column("edits_library", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "publication_imports",
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("fates", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_publication_imports"),
    )


def downgrade():
    op.drop_table("publication_imports")
    op.drop_column("users", "edits_library")
