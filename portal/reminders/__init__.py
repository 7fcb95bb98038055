"""Letters that leave by themselves before or after an event, by rules of its organisers."""
