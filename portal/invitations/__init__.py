"""Invitations to an event: who is asked to come, and what became of it."""
