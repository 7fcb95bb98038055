"""Speakers agree to what is shown of them, events have materials, and letters know the programme.

What is shown of speakers today was agreed with whoever wrote it down: it counts as noted. Each
kept revision of an event learns which sessions it had, so that the first session that moves is
told to those who have heard of the event before.
"""

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None

REACHABLE = sa.text("email <> ''")
NO_TEXT = sa.text("'{}'")

events = sa.table(
    "events", sa.column("id", sa.Integer), sa.column("starts_at", sa.DateTime(timezone=True))
)
revisions = sa.table(
    "event_revisions",
    sa.column("id", sa.Integer),
    sa.column("event_id", sa.Integer),
    sa.column("facts", sa.JSON),
)
sessions = sa.table(
    "sessions",
    sa.column("id", sa.Integer),
    sa.column("event_id", sa.Integer),
    sa.column("title", sa.JSON),
    sa.column("starts_at", sa.DateTime(timezone=True)),
    sa.column("ends_at", sa.DateTime(timezone=True)),
    sa.column("room", sa.String),
    sa.column("cancelled_at", sa.DateTime(timezone=True)),
)
appearances = sa.table(
    "appearances", sa.column("session_id", sa.Integer), sa.column("speaker_id", sa.Integer)
)
speakers = sa.table(
    "speakers",
    sa.column("id", sa.Integer),
    sa.column("name", sa.String),
    sa.column("role", sa.JSON),
    sa.column("affiliation", sa.String),
    sa.column("link_code", sa.String),
    sa.column("agreed", sa.JSON),
    sa.column("agreed_at", sa.DateTime(timezone=True)),
)


def upgrade():
    with op.batch_alter_table("sessions") as table:
        table.add_column(
            sa.Column("cancelled_why", sa.JSON(), nullable=False, server_default=NO_TEXT)
        )
    with op.batch_alter_table("speakers") as table:
        table.add_column(sa.Column("biography", sa.JSON(), nullable=False, server_default=NO_TEXT))
        table.add_column(sa.Column("photo", sa.String(80), nullable=False, server_default=""))
        table.add_column(sa.Column("photo_text", sa.JSON(), nullable=False, server_default=NO_TEXT))
        table.add_column(sa.Column("email", sa.String(254), nullable=False, server_default=""))
        table.add_column(sa.Column("link_code", sa.String(32), nullable=False, server_default=""))
        table.add_column(sa.Column("asked_at", sa.DateTime(timezone=True)))
        table.add_column(sa.Column("refused_at", sa.DateTime(timezone=True)))
        table.add_column(sa.Column("agreed", sa.JSON()))
        table.add_column(sa.Column("agreed_at", sa.DateTime(timezone=True)))
        table.add_column(sa.Column("noted_by", sa.Integer()))
        table.add_column(
            sa.Column("recordings", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.create_index(
        "ix_speakers_email",
        "speakers",
        ["id"],
        sqlite_where=REACHABLE,
        postgresql_where=REACHABLE,
    )
    op.create_table(
        "materials",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer()),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("visibility", sa.String(40), nullable=False),
        sa.Column("url", sa.String(1000), nullable=False),
        sa.Column("file", sa.String(80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_materials_event_id_events")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name=op.f("fk_materials_session_id_sessions"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_materials")),
    )
    op.create_index("ix_materials_event_id_position", "materials", ["event_id", "position"])
    op.create_index("ix_materials_session_id", "materials", ["session_id"])
    _note_consents()
    _tell_revisions_their_sessions()
    with op.batch_alter_table("sessions") as table:
        table.alter_column("cancelled_why", server_default=None)
    with op.batch_alter_table("speakers") as table:
        for name in ("biography", "photo", "photo_text", "email", "link_code", "recordings"):
            table.alter_column(name, server_default=None)


def _note_consents():
    bind, now = op.get_bind(), datetime.now(UTC)
    for each in bind.execute(sa.select(speakers)).all():
        agreed = {
            "name": each.name,
            "role": each.role,
            "affiliation": each.affiliation,
            "biography": {},
            "photo": "",
            "photo_text": {},
        }
        bind.execute(
            speakers.update()
            .where(speakers.c.id == each.id)
            .values(agreed=agreed, agreed_at=now, link_code=secrets.token_urlsafe(16))
        )


def _tell_revisions_their_sessions():
    """A programme kept its distance from the start: of an earlier start it stood that much off."""
    bind = op.get_bind()
    programmes = {}
    for each in bind.execute(sa.select(sessions).order_by(sessions.c.id)).all():
        programmes.setdefault(each.event_id, []).append(each)
    speaking = {}
    for each in bind.execute(sa.select(appearances)).all():
        speaking.setdefault(each.session_id, []).append(each.speaker_id)
    starts = dict(bind.execute(sa.select(events.c.id, events.c.starts_at)).all())
    kept = bind.execute(sa.select(revisions.c.id, revisions.c.event_id)).all()
    for revision_id, event_id in kept:
        of_it = sa.select(revisions.c.facts).where(revisions.c.id == revision_id)
        facts = bind.execute(of_it).scalar_one()
        off = datetime.fromisoformat(facts["starts_at"]) - _utc(starts[event_id])
        said = [
            _said(each, off, speaking.get(each.id, ())) for each in programmes.get(event_id, ())
        ]
        bind.execute(
            revisions.update()
            .where(revisions.c.id == revision_id)
            .values(facts=facts | {"sessions": said})
        )


def _said(session, off, speaker_ids):
    off = off if session.cancelled_at is None else off * 0
    return {
        "id": session.id,
        "title": session.title,
        "starts_at": (_utc(session.starts_at) + off).isoformat(),
        "ends_at": (_utc(session.ends_at) + off).isoformat(),
        "room": session.room,
        "cancelled": session.cancelled_at is not None,
        "speakers": sorted(speaker_ids),
    }


def _utc(moment):
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def downgrade():
    op.drop_table("materials")
    op.drop_index("ix_speakers_email", "speakers")
    with op.batch_alter_table("speakers") as table:
        for name in (
            "biography", "photo", "photo_text", "email", "link_code", "asked_at", "refused_at",
            "agreed", "agreed_at", "noted_by", "recordings",
        ):  # fmt: skip
            table.drop_column(name)
    with op.batch_alter_table("sessions") as table:
        table.drop_column("cancelled_why")
