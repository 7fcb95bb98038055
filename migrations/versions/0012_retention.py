"""What is over is deleted by itself: indexes to find it, a book of deletions, a list of exports.

People who were erased before have no address any more instead of one that leads nowhere.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("gone_at IS NULL")
HELD = {
    "names": ("title", "first_name", "last_name", "badge_name"),
    "contacts": ("email", "phone", "told_address", "source"),
    "organisations": ("organisation", "role"),
}


def upgrade():
    op.execute("UPDATE registrations SET email = '' WHERE erased_at IS NOT NULL")
    for name, columns in HELD.items():
        held = sa.text(" OR ".join(f"{column} <> ''" for column in columns))
        op.create_index(
            f"ix_registrations_{name}",
            "registrations",
            ["event_id"],
            sqlite_where=held,
            postgresql_where=held,
        )
    _deletions()
    _exports()
    op.add_column(
        "users", sa.Column("officer", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def _deletions():
    op.create_table(
        "deletions",
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(20), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deletions"),
    )
    op.create_index("ix_deletions_event_id", "deletions", ["event_id", "at"])
    op.create_index("ix_deletions_at", "deletions", ["at"])


def _exports():
    op.create_table(
        "exports",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.Column("gone_at", MOMENT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_exports_event_id_events"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_exports_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
    )
    op.create_index("ix_exports_event_id", "exports", ["event_id", "taken_at"])
    op.create_index("ix_exports_user_id", "exports", ["user_id", "taken_at"])
    op.create_index("ix_exports_open", "exports", ["id"], sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade():
    op.drop_column("users", "officer")
    op.drop_table("exports")
    op.drop_table("deletions")
    for name in HELD:
        op.drop_index(f"ix_registrations_{name}", "registrations")
