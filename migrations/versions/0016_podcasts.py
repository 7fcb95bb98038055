"""Podcasts have their tables: shows, episodes, and who is heard in them."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "podcast_shows",
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("first_feed", sa.String(400), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("description", sa.JSON(), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("owner_name", sa.String(200), nullable=False),
        sa.Column("owner_email", sa.String(254), nullable=False),
        sa.Column("category", sa.String(80), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("explicit", sa.Boolean(), nullable=False),
        sa.Column("link", sa.String(1000), nullable=False),
        sa.Column("cover", sa.String(80), nullable=False),
        sa.Column("small_cover", sa.String(80), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_podcast_shows")),
        sa.UniqueConstraint("slug", name=op.f("uq_podcast_shows_slug")),
    )
    op.create_table(
        "podcast_episodes",
        sa.Column("show_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("guid", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer()),
        sa.Column("season", sa.Integer()),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("chapters", sa.JSON(), nullable=False),
        sa.Column("audio", sa.String(80), nullable=False),
        sa.Column("audio_bytes", sa.BigInteger(), nullable=False),
        sa.Column("audio_digest", sa.String(64), nullable=False),
        sa.Column("audio_seconds", sa.Float(), nullable=False),
        sa.Column("transcript", sa.JSON(), nullable=False),
        sa.Column("last_word_at", sa.Float()),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["show_id"],
            ["podcast_shows.id"],
            name=op.f("fk_podcast_episodes_show_id_podcast_shows"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_podcast_episodes")),
        sa.UniqueConstraint("guid", name=op.f("uq_podcast_episodes_guid")),
        sa.UniqueConstraint("show_id", "slug", name=op.f("uq_podcast_episodes_show_id_slug")),
    )
    op.create_index(
        "ix_podcast_episodes_show_id_published_at", "podcast_episodes", ["show_id", "published_at"]
    )
    op.create_table(
        "podcast_people",
        sa.Column("show_id", sa.Integer(), nullable=False),
        sa.Column("episode_id", sa.Integer()),
        sa.Column("part", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("role", sa.JSON(), nullable=False),
        sa.Column("link", sa.String(1000), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["show_id"], ["podcast_shows.id"], name=op.f("fk_podcast_people_show_id_podcast_shows")
        ),
        sa.ForeignKeyConstraint(
            ["episode_id"],
            ["podcast_episodes.id"],
            name=op.f("fk_podcast_people_episode_id_podcast_episodes"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_podcast_people")),
    )
    op.create_index("ix_podcast_people_show_id", "podcast_people", ["show_id"])
    op.create_index("ix_podcast_people_episode_id", "podcast_people", ["episode_id"])


def downgrade():
    op.drop_table("podcast_people")
    op.drop_table("podcast_episodes")
    op.drop_table("podcast_shows")
