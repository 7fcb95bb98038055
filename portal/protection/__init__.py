"""The data protection record of an event: who is responsible, what for, and for how long."""
