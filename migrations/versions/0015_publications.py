"""The catalogue of publications has its tables, and words are found in it."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

HAS_DOI = sa.text("doi <> ''")


def upgrade():
    op.create_table(
        "publication_subjects",
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("label", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_publication_subjects"),
        sa.UniqueConstraint("code", name="uq_publication_subjects_code"),
    )
    op.create_table(
        "publications",
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("abstract", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("published", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("series", sa.String(length=200), nullable=False),
        sa.Column("series_number", sa.String(length=40), nullable=False),
        sa.Column("publication_number", sa.String(length=80), nullable=False),
        sa.Column("catalogue_number", sa.String(length=80), nullable=False),
        sa.Column("other_numbers", sa.JSON(), nullable=False),
        sa.Column("doi", sa.String(length=200), nullable=False),
        sa.Column("isbn", sa.String(length=20), nullable=False),
        sa.Column("issn", sa.String(length=9), nullable=False),
        sa.Column("publisher", sa.String(length=300), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("licence", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("embargo_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawal_reason", sa.JSON(), nullable=False),
        sa.Column("replaced_by_id", sa.Integer(), nullable=True),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"], ["publications.id"],
            name="fk_publications_replaced_by_id_publications",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_publications"),
        sa.UniqueConstraint("number", name="uq_publications_number"),
    )  # fmt: skip
    op.create_index(
        "uq_publications_doi", "publications", ["doi"], unique=True,
        sqlite_where=HAS_DOI, postgresql_where=HAS_DOI,
    )  # fmt: skip
    for columns in (
        ["state", "published"],
        ["state", "type", "published"],
        ["state", "year", "published"],
        ["state", "language", "published"],
        ["state", "revision"],
        ["isbn"],
        ["replaced_by_id"],
    ):
        op.create_index(f"ix_publications_{'_'.join(columns)}", "publications", columns)
    op.create_index("ix_publications_updated_at", "publications", ["updated_at", "id"])
    op.create_table(
        "publication_subject_links",
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], ondelete="CASCADE",
            name="fk_publication_subject_links_publication_id_publications",
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["publication_subjects.id"],
            name="fk_publication_subject_links_subject_id_publication_subjects",
        ),
        sa.PrimaryKeyConstraint(
            "publication_id", "subject_id", name="pk_publication_subject_links"
        ),
    )  # fmt: skip
    op.create_index(
        "ix_publication_subject_links_subject_id", "publication_subject_links", ["subject_id"]
    )
    op.create_table(
        "publication_files",
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("file", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], ondelete="CASCADE",
            name="fk_publication_files_publication_id_publications",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_publication_files"),
    )  # fmt: skip
    op.create_index(
        "ix_publication_files_publication_id_position",
        "publication_files", ["publication_id", "position"],
    )  # fmt: skip
    op.create_table(
        "publication_relations",
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "publication_id <> target_id", name=op.f("ck_publication_relations_not_to_itself")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], ondelete="CASCADE",
            name="fk_publication_relations_publication_id_publications",
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["publications.id"], ondelete="CASCADE",
            name="fk_publication_relations_target_id_publications",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_publication_relations"),
        sa.UniqueConstraint(
            "publication_id", "kind", "target_id",
            name="uq_publication_relations_publication_id_kind_target_id",
        ),
    )  # fmt: skip
    op.create_index("ix_publication_relations_target_id", "publication_relations", ["target_id"])
    if op.get_bind().dialect.name == "sqlite":
        _search_on_sqlite()
    else:
        _search_on_postgresql()


def downgrade():
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE fts_publications")
    op.drop_table("publication_relations")
    op.drop_table("publication_files")
    op.drop_table("publication_subject_links")
    op.drop_table("publications")
    op.drop_table("publication_subjects")


def _search_on_sqlite():
    """An index beside the table, kept by triggers; who rebuilds the table makes them anew."""
    op.execute(
        "CREATE VIRTUAL TABLE fts_publications USING fts5("
        "words, content='publications', content_rowid='id', tokenize='ascii', prefix='2 3 4')"
    )
    insert = "INSERT INTO fts_publications (rowid, words) VALUES (new.id, new.words);"
    delete = (
        "INSERT INTO fts_publications (fts_publications, rowid, words) "
        "VALUES ('delete', old.id, old.words);"
    )
    for name, occasion, statements in (
        ("inserted", "INSERT", insert),
        ("deleted", "DELETE", delete),
        ("changed", "UPDATE OF words", delete + insert),
    ):
        op.execute(
            f"CREATE TRIGGER fts_publications_{name} AFTER {occasion} ON publications "
            f"BEGIN {statements} END"
        )


def _search_on_postgresql():
    """The words are split already, so that no dictionary or parser of the database is asked."""
    op.execute(
        "CREATE INDEX fts_publications ON publications "
        "USING gin (array_to_tsvector(string_to_array(words, ' ')))"
    )
