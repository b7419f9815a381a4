"""What is sent: an outbox written in the sender's own transaction, and the sending. Knows no page."""

from guide.mail.outbox import forget_about, post
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
    "forget_about",
    "post",
    "send_again",
    "send_all",
    "tidy",
    "unsure",
]
