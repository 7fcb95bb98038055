"""Registrations: who comes, who waits, and what each person has been told."""
