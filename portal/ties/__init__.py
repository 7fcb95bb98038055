"""Topics, projects, and what belongs together across the parts."""
