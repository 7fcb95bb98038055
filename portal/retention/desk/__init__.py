"""What is kept, until when, and what was deleted, at the desk."""
