"""Who did what, to what, and when: a line in the same transaction as the act."""
