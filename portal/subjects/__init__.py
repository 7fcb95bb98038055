"""What people may ask of whoever keeps their data: see it, correct it, object, be forgotten."""
