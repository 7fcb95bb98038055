"""People are invited by lists, and places can be kept for them."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

LISTS, PEOPLE, FILES = "invitation_lists", "invitations", "invitation_imports"


def upgrade():
    _make_lists()
    _make_invitations()
    _make_imports()
    op.add_column("registrations", sa.Column("invitation_id", sa.Integer(), nullable=True))
    op.add_column(
        "quotas", sa.Column("invited", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade():
    op.drop_column("quotas", "invited")
    op.drop_column("registrations", "invitation_id")
    op.drop_table(FILES)
    op.drop_table(PEOPLE)
    op.drop_table(LISTS)


def _make_lists():
    op.create_table(
        LISTS,
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("answer_until", sa.DateTime(timezone=True)),
        sa.Column("binds", sa.Boolean(), nullable=False),
        sa.Column("transferable", sa.Boolean(), nullable=False),
        sa.Column("passes_approval", sa.Boolean(), nullable=False),
        sa.Column("passes_closed", sa.Boolean(), nullable=False),
        sa.Column("remind_days", sa.Integer()),
        sa.Column("remind_at", sa.Time()),
        sa.Column("remind_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer()),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name="fk_invitation_lists_event_id_events"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_invitation_lists"),
    )
    op.create_index("ix_invitation_lists_event_id", LISTS, ["event_id"])


def _make_invitations():
    moments = (
        "invited_at", "opened_at", "used_at", "declined_at", "bounced_at", "withdrawn_at",
        "forgotten_at", "reminded_at", "reminder_due_at", "stuck_at",
    )  # fmt: skip
    texts = {
        "title": 50, "first_name": 100, "last_name": 100, "email": 254, "organisation": 200,
        "role": 200, "country": 2, "language": 8, "address_key": 254, "digest": 64,
        "sort_name": 300, "link_code": 32, "reply_code": 20, "message_id": 250, "bounce_code": 20,
        "reminded_of": 40, "stuck_reason": 200,
    }  # fmt: skip
    op.create_table(
        PEOPLE,
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("stakeholder_group", sa.String(40)),
        *(sa.Column(name, sa.String(length), nullable=False) for name, length in texts.items()),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer()),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in moments),
        sa.Column("registration_id", sa.Integer()),
        sa.Column("handed_on", sa.Boolean(), nullable=False),
        sa.Column("told_handed_on", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_invitations_event_id_events"),
        sa.ForeignKeyConstraint(
            ["list_id"], ["invitation_lists.id"], name="fk_invitations_list_id_invitation_lists"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"],
            name="fk_invitations_registration_id_registrations",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint("event_id", "address_key", name="uq_invitations_event_id_address_key"),
        sa.UniqueConstraint("reply_code", name="uq_invitations_reply_code"),
    )  # fmt: skip
    op.create_index("ix_invitations_event_id_digest", PEOPLE, ["event_id", "digest"])
    op.create_index("ix_invitations_event_id_name", PEOPLE, ["event_id", "sort_name", "id"])
    op.create_index("ix_invitations_event_id_stage", PEOPLE, ["event_id", "stage"])
    op.create_index("ix_invitations_list_id_stage", PEOPLE, ["list_id", "stage"])
    op.create_index("ix_invitations_address_key", PEOPLE, ["address_key"])
    op.create_index("ix_invitations_registration_id", PEOPLE, ["registration_id"])
    op.create_index("ix_invitations_message_id", PEOPLE, ["message_id"])
    _make_partial("ix_invitations_new", PEOPLE, ["list_id", "id"], "stage = 'new'")
    _make_partial("ix_invitations_due", PEOPLE, ["id"], "reminder_due_at IS NOT NULL")
    _make_partial("ix_invitations_handed_on", PEOPLE, ["id"], "handed_on AND NOT told_handed_on")


def _make_imports():
    op.create_table(
        FILES,
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer()),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["invitation_lists.id"],
            name="fk_invitation_imports_list_id_invitation_lists",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_invitation_imports"),
    )  # fmt: skip
    op.create_index("ix_invitation_imports_list_id", FILES, ["list_id"])
    op.create_index("ix_invitation_imports_created_at", FILES, ["created_at"])
    _make_partial("ix_invitation_imports_running", FILES, ["id"], "state = 'running'")


def _make_partial(name, table, columns, where):
    op.create_index(
        name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
