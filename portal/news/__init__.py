"""News and calls: what is new, and which call can be answered until when."""
