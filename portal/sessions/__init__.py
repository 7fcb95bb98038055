"""Which sessions of an event people chose, who has a place in them, and who waits for one."""
