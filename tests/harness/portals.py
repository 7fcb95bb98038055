"""Applications that many tests share, each of which finds its own as new."""

from __future__ import annotations

import shutil
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache

from portal import cache
from portal.backup import KEYS
from portal.config import Settings
from tests.harness.applications import close
from tests.harness.client import PortalClient
from tests.harness.databases import Database, Databases
from tests.harness.peeks import Peeks


class Portal:
    """One application with a database and a data directory.

    Making it costs more than most tests do: routes, templates and SQL are compiled once.
    """

    def __init__(
        self,
        databases: Databases,
        directory: Path,
        templates: FileSystemBytecodeCache,
        environ: dict[str, str],
    ) -> None:
        from portal.app import create_app

        self.databases = databases
        self.database: Database = databases.fresh(directory)
        given = {
            "PORTAL_ENV": "test",
            "PORTAL_PUBLIC_URL": "http://localhost",
            "PORTAL_DATABASE_URL": self.database.url,
            "PORTAL_DATA_DIR": str(directory / "data"),
        }
        self.settings = Settings.from_environ(given | environ)
        cache.clear()
        self.app: Flask = create_app(self.settings)
        self.app.test_client_class = PortalClient
        self.app.jinja_env.bytecode_cache = templates
        self.peeks = Peeks(self.app, databases.filled)

    def release(self) -> None:
        """Let go of files and connections; nothing of the test stays in this process."""
        if probe := self.app.extensions.pop("readiness", None):
            probe.wait()  # its thread holds a connection
        close(self.app)
        cache.clear()

    def renew(self) -> None:
        """Be as new: no rows, no files but the keys, nothing known."""
        self.databases.renew(self.database)
        self.peeks.renew()
        for path in self.settings.data_dir.iterdir():
            if any(path.match(pattern) for pattern in KEYS):
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        self.app.extensions["site"].forget()

    def drop(self) -> None:
        self.databases.drop(self.database)
