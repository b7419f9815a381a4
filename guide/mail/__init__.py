"""What is sent: an outbox written in the sender's own transaction, and the sending. Knows no page."""

from guide.mail.outbox import post
from guide.mail.sending import SendReport, drop, due, send_again, send_all, tidy, unsure
from guide.mail.transport import Folder, NotSent, PerhapsSent, Smtp, Transport

__all__ = [
    "Folder",
    "NotSent",
    "PerhapsSent",
    "SendReport",
    "Smtp",
    "Transport",
    "drop",
    "due",
    "post",
    "send_again",
    "send_all",
    "tidy",
    "unsure",
]
