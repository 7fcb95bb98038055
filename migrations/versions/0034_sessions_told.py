"""What a person, and whoever acts for them, last heard of the sessions that they chose.

Who has heard all that is so heard of their sessions as they are; of the others it is not known.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

OF_PEOPLE = """
SELECT registrations.id, session_choices.session_id, session_choices.state
FROM registrations
JOIN events ON events.id = registrations.event_id
LEFT JOIN session_choices ON session_choices.registration_id = registrations.id
    AND session_choices.state <> 'gone'
WHERE events.chooses AND registrations.told_revision = registrations.revision
"""
OF_OFFICES = """
SELECT registrations.id, session_choices.session_id, session_choices.state
FROM registrations
JOIN events ON events.id = registrations.event_id
JOIN registration_contacts ON registration_contacts.registration_id = registrations.id
LEFT JOIN session_choices ON session_choices.registration_id = registrations.id
    AND session_choices.state <> 'gone'
WHERE events.chooses AND registration_contacts.told_revision = registrations.revision
"""


def upgrade():
    for table in ("registrations", "registration_contacts"):
        op.add_column(table, sa.Column("told_sessions", sa.JSON(), nullable=True))
    _fill("registrations", "id", OF_PEOPLE)
    _fill("registration_contacts", "registration_id", OF_OFFICES)


def _fill(table, number, question):
    found = {}
    for key, session_id, state in op.get_bind().execute(sa.text(question)):
        said = found.setdefault(key, {})
        if session_id is not None:
            said[str(session_id)] = state
    reader = sa.table(table, sa.column(number), sa.column("told_sessions", sa.JSON))
    for key, said in found.items():
        fill = sa.update(reader).where(reader.c[number] == key).values(told_sessions=said)
        op.get_bind().execute(fill)


def downgrade():
    op.drop_column("registration_contacts", "told_sessions")
    op.drop_column("registrations", "told_sessions")
