"""Campaign links: short addresses for newsletters, which count visits and nobody."""
