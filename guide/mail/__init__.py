"""What is sent: an outbox written in the sender's own transaction, and the sending. Knows no page."""

from guide.mail.outbox import post

__all__ = ["post"]
