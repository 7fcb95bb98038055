"""The front page, the statements, and what machines ask of the site."""
