"""Organisers' pages of records of processing."""
