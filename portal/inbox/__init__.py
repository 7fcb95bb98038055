"""What comes back: the portal reads its own mailbox, for answers of calendars and for bounces."""
