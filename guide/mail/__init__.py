"""What is sent: an outbox written in the sender's own transaction, and the sending. Knows no page."""

from guide.mail.fates import TROUBLES, Fate, fate, latest, troubled
from guide.mail.outage import reason as outage_reason
from guide.mail.outbox import NewMail, forget_about, hold_about, post
from guide.mail.sending import SendReport, drop, due, send_again, send_all, send_to_new_address, tidy, unsure
from guide.mail.transport import Folder, NotSentError, PerhapsSentError, Smtp, Transport

__all__ = [
    "TROUBLES",
    "Fate",
    "Folder",
    "NewMail",
    "NotSentError",
    "PerhapsSentError",
    "SendReport",
    "Smtp",
    "Transport",
    "drop",
    "due",
    "fate",
    "forget_about",
    "hold_about",
    "latest",
    "outage_reason",
    "post",
    "send_again",
    "send_all",
    "send_to_new_address",
    "tidy",
    "troubled",
    "unsure",
]
