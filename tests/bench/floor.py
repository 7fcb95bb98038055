"""The floor: a bare Flask application with one template and one query, on the portal's server.

Run as `python -m tests.bench.floor PORT DIRECTORY BYTES`; its page is about BYTES long.
"""

from __future__ import annotations

import sqlite3
import sys
import threading
from pathlib import Path

from flask import Flask, render_template

from portal.config import Settings
from portal.server import listen

ROWS = 20
PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{{ title }}</title></head>
<body><h1>{{ title }}</h1>
<ul>{% for row in rows %}
<li><strong>{{ row.title }}</strong> <span>{{ row.starts_at }}</span>
{% if row.room %}<em>{{ row.room }}</em>{% endif %}<a href="/sessions/{{ row.id }}">more</a></li>
{% endfor %}</ul>
"""


def make(directory: Path, size: int) -> Flask:
    """The application; its template and its rows are made on the way."""
    database, templates = directory / "floor.sqlite3", directory / "templates"
    app = Flask("floor", template_folder=str(templates))
    kept = threading.local()

    @app.get("/")
    def page() -> str:
        connection = getattr(kept, "connection", None)
        if connection is None:
            connection = kept.connection = sqlite3.connect(database)
            connection.row_factory = sqlite3.Row
        rows = connection.execute("SELECT id, title, starts_at, room FROM sessions").fetchall()
        return render_template("page.html", title="The floor", rows=rows)

    _write(database, templates, app, size)
    return app


def _write(database: Path, templates: Path, app: Flask, size: int) -> None:
    if database.exists():
        return
    templates.mkdir(parents=True)
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE sessions (id INTEGER, title, starts_at, room)")
        connection.executemany(
            "INSERT INTO sessions VALUES (?, ?, ?, ?)",
            [(number, f"Session {number} of the day", "14:00", "Hall") for number in range(ROWS)],
        )
    filling = "<p>Words that stand in the template itself, as those of a page do.</p>\n"
    (templates / "page.html").write_text(PAGE)
    with app.test_client() as client:
        missing = size - len(client.get("/").data)
    (templates / "page.html").write_text(PAGE + filling * (missing // len(filling)))
    app.jinja_env.cache.clear()  # type: ignore[union-attr]


def main() -> None:
    port, directory, size = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    make(directory, size)
    settings = Settings.from_environ(
        {
            "PORTAL_ENV": "test",
            "PORTAL_PORT": str(port),
            "PORTAL_DATA_DIR": str(directory / "data"),
        }
    )
    listen(settings, lambda: make(directory, size))


if __name__ == "__main__":
    main()
