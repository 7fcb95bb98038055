"""Podcasts at the desk: shows, their episodes, and who is heard in them."""
