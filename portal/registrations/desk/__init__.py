"""Organisers' pages of registrations, by what they are about."""
