"""Organisers' pages of events, by what they are about."""
