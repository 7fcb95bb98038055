"""Topics, projects and what ties things together have their tables."""

from itertools import combinations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ENDS = {
    "event_id": "events",
    "publication_id": "publications",
    "episode_id": "podcast_episodes",
    "news_id": "news_items",
    "topic_id": "topics",
    "project_id": "projects",
}
TWO = " + ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in ENDS) + " = 2"


def upgrade():
    op.create_table(
        "topics",
        *_gathering(),
        sa.Column("sector", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_topics"),
        sa.UniqueConstraint("slug", name="uq_topics_slug"),
    )
    op.create_table(
        "projects",
        *_gathering(),
        sa.Column("also_called", sa.JSON(), nullable=False),
        sa.Column("commissioned_by", sa.JSON(), nullable=False),
        sa.Column("countries", sa.JSON(), nullable=False),
        sa.Column("hashtag", sa.String(length=100), nullable=False),
        sa.Column("phases", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_projects"),
        sa.UniqueConstraint("slug", name="uq_projects_slug"),
    )
    op.create_table(
        "ties",
        *(sa.Column(column, sa.Integer(), nullable=True) for column in ENDS),
        sa.Column("phase", sa.Integer(), nullable=True),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ties"),
        sa.CheckConstraint(TWO, name="ck_ties_two_ends"),
        *(
            sa.UniqueConstraint(one, other, name=f"uq_ties_{one}_{other}")
            for one, other in combinations(ENDS, 2)
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=f"fk_ties_{column}_{table}", ondelete="CASCADE"
            )
            for column, table in ENDS.items()
        ),
    )
    for column in ENDS:
        op.create_index(f"ix_ties_{column}", "ties", [column])


def downgrade():
    op.drop_table("ties")
    op.drop_table("projects")
    op.drop_table("topics")


def _gathering():
    """What both have in common; made anew for each table."""
    return (
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
    )
