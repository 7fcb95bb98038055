"""Invitations at the desk: the people, and the lists on which they stand."""
