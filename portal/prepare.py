"""What has to be there before the first request: directories, tables, translations, assets."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from portal.assets import bundle
from portal.config import ROOT, Settings
from portal.db import db
from portal.ledger import key_of
from portal.wiping import write_anew_once

if TYPE_CHECKING:
    from flask import Flask

TRANSLATIONS = ROOT / "portal" / "translations"
STATIC = ROOT / "static"
MIGRATIONS = ROOT / "migrations"


def prepare(app: Flask) -> None:
    """Bring everything to the state this version needs; run again, it changes nothing."""
    settings = app.extensions["portal"]
    make_directories(settings)
    key_of(settings.data_dir)
    before = os.umask(0o077)  # a database that is made here is its owner's alone
    try:
        migrate(app)
    finally:
        os.umask(before)
    compile_translations()
    bundle(STATIC)


def make_directories(settings: Settings) -> None:
    for directory in (settings.data_dir, settings.uploads_dir):
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)


def migrate(app: Flask, revision: str = "head") -> None:
    from flask_migrate import Migrate, upgrade

    directory = str(MIGRATIONS)
    Migrate(app, db, directory=directory, render_as_batch=True)
    with app.app_context():
        upgrade(directory=directory, revision=revision)
    write_anew_once(app.extensions["portal"])


def knows(revision: str) -> bool:
    """Whether this version has the step that led to tables of that revision."""
    from alembic.script import ScriptDirectory

    return revision in {step.revision for step in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}


def compile_translations(directory: Path = TRANSLATIONS) -> None:
    """Compile what was translated since it was last compiled."""
    for source in directory.glob("*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            _compile(source, compiled)


def _compile(source: Path, compiled: Path) -> None:
    with source.open(encoding="utf-8") as file:
        catalogue = read_po(file, locale=source.parts[-3])
    draft = compiled.with_suffix(".mo.new")
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    draft.replace(compiled)


if __name__ == "__main__":
    compile_translations()
    bundle(STATIC)
