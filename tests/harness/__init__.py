"""What the tests stand on: databases, mails, servers, browsers, and rules for every page."""
