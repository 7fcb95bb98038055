"""The outbox: finished mails wait here until a mail server has taken them."""
