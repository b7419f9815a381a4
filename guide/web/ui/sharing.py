"""Messages with services in them: what the buttons SMS, e-mail and WhatsApp write before the reader sends it."""

from collections.abc import Sequence
from urllib.parse import quote

from flask import url_for

from guide.directory.listing import AnyListing
from guide.web.ui.opening_words import called_now
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import absolute, reader


def share_links(services: Sequence[AnyListing]) -> dict[str, str]:
    """Addresses that open a message with these services in it: `sms`, `mail` and `whatsapp`.

    The text stays in the telephone it was sent from and in the one it was sent to: of a sensitive listing it holds
    its short link and no word, number or subject that tells (`discretion`).
    """
    text = quote("\n".join(_line(service) for service in services))
    subject = quote(_about(services[0]) if len(services) == 1 else _("Adresses du guide social de Jette"))
    return {
        "sms": f"sms:?&body={text}",
        "mail": f"mailto:?subject={subject}&body={text}",
        "whatsapp": f"https://wa.me/?text={text}",
    }


def _line(service: AnyListing) -> str:
    called = called_now(service)
    numbers = [] if service.is_sensitive else [called.number] if called else []
    return " ".join(
        [_about(service), *numbers, absolute(url_for("public.short_links.follow", code=service.short_code))]
    )


def _about(service: AnyListing) -> str:
    return _("Guide social de Jette") if service.is_sensitive else service.name.localized(reader()).words
