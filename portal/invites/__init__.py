"""Invites: what a calendar should hold, what it holds, the difference."""
