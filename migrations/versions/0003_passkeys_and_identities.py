"""Passkeys, identities at a provider of sign-ins, and when a colleague last came in."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LAST_SIGN_INS = """
    UPDATE users SET signed_in_at = (
        SELECT max(at) FROM audit_entries
        WHERE act = 'account.signed_in' AND subject = 'users' AND subject_id = users.id
    ) WHERE active
"""


def upgrade():
    with op.batch_alter_table("users") as users:
        users.add_column(sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True))
        users.add_column(sa.Column("passkey_handle", sa.String(length=64), nullable=True))
        users.create_unique_constraint("uq_users_passkey_handle", ["passkey_handle"])
    op.execute(LAST_SIGN_INS)
    op.create_table(
        "passkeys",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_passkeys_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_passkeys"),
        sa.UniqueConstraint("credential_id", name="uq_passkeys_credential_id"),
    )
    op.create_index("ix_passkeys_user_id", "passkeys", ["user_id"])
    op.create_table(
        "identities",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_identities_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_identities"),
        sa.UniqueConstraint("issuer", "subject", name="uq_identities_issuer_subject"),
        sa.UniqueConstraint("user_id", "issuer", name="uq_identities_user_id_issuer"),
    )


def downgrade():
    op.drop_table("identities")
    op.drop_table("passkeys")
    with op.batch_alter_table("users") as users:
        users.drop_constraint("uq_users_passkey_handle", type_="unique")
        users.drop_column("passkey_handle")
        users.drop_column("signed_in_at")
