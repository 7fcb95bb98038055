"""The bench: what the portal costs, beside a bare application on the same server."""
