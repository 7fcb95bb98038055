"""The application for any WSGI server."""

from portal.app import create_app

app = create_app()
