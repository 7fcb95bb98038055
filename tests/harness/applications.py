"""Applications that a test makes in its own process, and how it is rid of them."""

from flask import Flask

from portal.db import db


def close(app: Flask) -> None:
    """Let go of its connections; left open, another test is told of them as its fault."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    app.extensions["limit_counts"].dispose()
