"""The calendar that a mailbox subscribes to: all of its registrations, kept up to date."""
