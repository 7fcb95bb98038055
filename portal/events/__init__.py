"""Events and their programme."""
