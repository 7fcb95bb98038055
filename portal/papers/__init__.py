"""Which papers an event gives its people, who answers for them, and where claims are made."""
