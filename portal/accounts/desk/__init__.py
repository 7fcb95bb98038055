"""The desk's pages about people who work at it: oneself, all colleagues, one event's team."""
