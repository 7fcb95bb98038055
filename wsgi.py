"""The application for any WSGI server."""

from portal import running
from portal.app import create_app

app = create_app()
running.share(app.extensions["portal"].data_dir)
