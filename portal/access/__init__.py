"""What a building asks of those who come: identity data, sealed, given on, and erased in days."""
