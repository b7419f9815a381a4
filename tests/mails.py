"""Mails as tests read them while they wait."""

import json
from typing import Any

from guide.crypto import unseal
from guide.mail.outbox import PURPOSE
from guide.model import Mail


def content_of(mail: Mail) -> dict[str, Any]:
    """What the template of a waiting mail will get, also where it lies sealed; the row is left as it is."""
    if mail.sealed is None:
        return dict(mail.content)
    inside: dict[str, Any] = json.loads(unseal("x" * 40, PURPOSE, mail.message_id, mail.sealed))
    return dict(inside["content"])
