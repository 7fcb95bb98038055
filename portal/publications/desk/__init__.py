"""The catalogue at the desk, for editors of the library."""
