"""What an event leaves in people's hands: files and links."""
