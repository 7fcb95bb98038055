"""Somebody is registered by another, who acts for them."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
DUE = sa.text("is_due")
ASKED = sa.text("links_asked_at IS NOT NULL")


def upgrade():
    op.create_table(
        "registration_contacts",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("address_key", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("letters", sa.String(length=40), nullable=False),
        sa.Column("invites", sa.String(length=40), nullable=False),
        sa.Column("form_code", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("is_due", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("letter_due_at", MOMENT, nullable=True),
        sa.Column("told_revision", sa.Integer(), nullable=False),
        sa.Column("told_event_revision", sa.Integer(), nullable=False),
        sa.Column("told_status", sa.String(length=40), nullable=True),
        sa.Column("told_status_at", MOMENT, nullable=True),
        sa.Column("told_address", sa.String(length=254), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_registration_contacts"),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name="fk_registration_contacts_registration_id_registrations",
        ),
        sa.UniqueConstraint("registration_id", name="uq_registration_contacts_registration_id"),
    )
    op.create_index(
        "ix_registration_contacts_address_key", "registration_contacts", ["address_key"]
    )
    op.create_index(
        "ix_registration_contacts_due", "registration_contacts", ["id"],
        sqlite_where=DUE, postgresql_where=DUE,
    )  # fmt: skip
    op.create_table(
        "offices",
        sa.Column("address_key", sa.String(length=254), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("link_code", sa.String(length=32), nullable=False),
        sa.Column("links_asked_at", MOMENT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_offices"),
        sa.UniqueConstraint("address_key", name="uq_offices_address_key"),
    )
    op.create_index(
        "ix_offices_links", "offices", ["id"], sqlite_where=ASKED, postgresql_where=ASKED
    )
    op.create_table(
        "office_invites",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=200), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("stamped_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("substance", sa.String(length=64), nullable=True),
        sa.Column("content", sa.String(length=64), nullable=True),
        sa.Column("held", sa.JSON(), nullable=True),
        sa.Column("first_message_id", sa.String(length=250), nullable=False),
        sa.Column("reply_code", sa.String(length=32), nullable=True),
        sa.Column("partstat", sa.String(length=40), nullable=True),
        sa.Column("replied_at", MOMENT, nullable=True),
        sa.Column("reply_stamped_at", MOMENT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_office_invites"),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name="fk_office_invites_registration_id_registrations",
        ),
        sa.UniqueConstraint("registration_id", name="uq_office_invites_registration_id"),
        sa.UniqueConstraint("uid", name="uq_office_invites_uid"),
    )
    op.add_column("circular_recipients", _mail_to_the_office())
    op.add_column("reminder_tellings", _mail_to_the_office())


def downgrade():
    op.drop_column("reminder_tellings", "office_message_id")
    op.drop_column("circular_recipients", "office_message_id")
    op.drop_table("office_invites")
    op.drop_index("ix_offices_links", "offices")
    op.drop_table("offices")
    op.drop_index("ix_registration_contacts_due", "registration_contacts")
    op.drop_index("ix_registration_contacts_address_key", "registration_contacts")
    op.drop_table("registration_contacts")


def _mail_to_the_office():
    return sa.Column("office_message_id", sa.String(length=250), nullable=False, server_default="")
