"""Letters that organisers write to a selection of an event's people."""
