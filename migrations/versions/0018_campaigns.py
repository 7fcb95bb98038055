"""Campaign links have their tables: issues of newsletters, links in them, visits by day."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "campaign_issues",
        sa.Column("newsletter", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_campaign_issues"),
        sa.UniqueConstraint("newsletter", "number", name="uq_campaign_issues_newsletter_number"),
    )
    op.create_table(
        "campaign_links",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("target", sa.String(length=500), nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["campaign_issues.id"], name="fk_campaign_links_issue_id_campaign_issues"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_campaign_links"),
        sa.UniqueConstraint("code", name="uq_campaign_links_code"),
    )
    op.create_index("ix_campaign_links_issue_id", "campaign_links", ["issue_id"])
    op.create_table(
        "campaign_visits",
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["link_id"], ["campaign_links.id"], name="fk_campaign_visits_link_id_campaign_links"
        ),
        sa.PrimaryKeyConstraint("link_id", "day", name="pk_campaign_visits"),
    )


def downgrade():
    op.drop_table("campaign_visits")
    op.drop_table("campaign_links")
    op.drop_table("campaign_issues")
