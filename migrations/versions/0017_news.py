"""News and calls have their tables."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "news_items",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("opens_at", MOMENT, nullable=True),
        sa.Column("closes_at", MOMENT, nullable=True),
        sa.Column("whole_day", sa.Boolean(), nullable=False),
        sa.Column("doors", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("responsible", sa.JSON(), nullable=False),
        sa.Column("carried_out_by", sa.JSON(), nullable=False),
        sa.Column("eligibility", sa.JSON(), nullable=False),
        sa.Column("minutes_from", sa.Integer(), nullable=True),
        sa.Column("minutes_to", sa.Integer(), nullable=True),
        sa.Column("contacts", sa.JSON(), nullable=False),
        sa.Column("hashtag", sa.String(length=100), nullable=False),
        sa.Column("licence", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("publish_at", MOMENT, nullable=True),
        sa.Column("publish_missed_at", MOMENT, nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("changed_at", MOMENT, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("withdrawn_why", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("closes_at > opens_at", name="ck_news_items_closes_after_it_opens"),
        sa.PrimaryKeyConstraint("id", name="pk_news_items"),
        sa.UniqueConstraint("slug", name="uq_news_items_slug"),
        sa.UniqueConstraint("uid", name="uq_news_items_uid"),
    )
    op.create_index("ix_news_items_state_published_at", "news_items", ["state", "published_at"])
    op.create_index("ix_news_items_state_updated_at", "news_items", ["state", "updated_at"])
    op.create_index("ix_news_items_state_closes_at", "news_items", ["state", "closes_at"])
    op.create_index("ix_news_items_publish_at", "news_items", ["publish_at"])
    op.create_table(
        "news_extensions",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("before", MOMENT, nullable=False),
        sa.Column("before_whole_day", sa.Boolean(), nullable=False),
        sa.Column("after", MOMENT, nullable=False),
        sa.Column("after_whole_day", sa.Boolean(), nullable=False),
        sa.Column("note", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["news_items.id"], name="fk_news_extensions_item_id_news_items"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_news_extensions"),
    )
    op.create_index("ix_news_extensions_item_id", "news_extensions", ["item_id"])
    op.create_table(
        "news_corrections",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["news_items.id"], name="fk_news_corrections_item_id_news_items"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_news_corrections"),
    )
    op.create_index("ix_news_corrections_item_id", "news_corrections", ["item_id"])
    op.create_table(
        "news_old_slugs",
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["news_items.id"], name="fk_news_old_slugs_item_id_news_items"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_news_old_slugs"),
        sa.UniqueConstraint("slug", name="uq_news_old_slugs_slug"),
    )
    op.create_index("ix_news_old_slugs_item_id", "news_old_slugs", ["item_id"])


def downgrade():
    op.drop_table("news_old_slugs")
    op.drop_table("news_corrections")
    op.drop_table("news_extensions")
    op.drop_table("news_items")
