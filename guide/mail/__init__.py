"""What is sent: an outbox written in the sender's own transaction, and the sending. Knows no page."""
