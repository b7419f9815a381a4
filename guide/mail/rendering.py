"""A row of the outbox as a message: plain text in the receiver's language, headers that nobody can add to."""

import re
from datetime import date
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from guide import paths
from guide.languages import Language
from guide.mail import links
from guide.model import Mail
from guide.sentences import catalogue

POLICY = SMTP.clone(max_line_length=78)
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class WrongAddress(Exception):
    """The address cannot stand in a header; nothing is sent to it."""


def message(row: Mail, sender: str, site_url: str) -> EmailMessage:
    """The mail of this row, ready to hand over. Raises WrongAddress; jinja2's errors when content is missing.

    The text wraps nothing: links stay whole, the transport encodes what it must.
    """
    language: Language = "nl" if row.language == "nl" else "fr"
    receiver = row.account.email if row.account is not None else (row.address or "")
    subject, body = text(row, site_url)
    made = EmailMessage(policy=POLICY)
    made["From"] = _header_address(sender, site_name(language))
    made["To"] = _header_address(receiver)
    made["Subject"] = subject
    made["Date"] = format_datetime(row.created_at)
    made["Message-ID"] = f"<{row.message_id}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(body, subtype="plain", charset="utf-8", cte="quoted-printable")
    made["Content-Language"] = language  # after the content, which empties all its own headers
    return made


def text(row: Mail, site_url: str) -> tuple[str, str]:
    """Subject (one line) and body of a row, in its language."""
    language: Language = "nl" if row.language == "nl" else "fr"
    template = _templates(language).get_template(f"{row.kind}.txt")

    def link(name: str, **values: str) -> str:
        return links.address(site_url, name, language, **values)

    words = template.render(**row.content, link=link, site_name=site_name(language), language=language)
    first, _, rest = words.partition("\n")
    subject = " ".join(first.removeprefix("Subject:").split())
    # No more than one empty line in a row, whatever a template left out.
    body = re.sub(r"\n{3,}", "\n\n", rest.strip()) + "\n"
    return subject, body


def site_name(language: Language) -> str:
    return "Sociale gids Jette" if language == "nl" else "Guide social de Jette"


def is_address(text: str) -> bool:
    """Can one write to it, and does it hold nothing that a header would give a meaning to?"""
    return len(text) <= 254 and text.isascii() and text.isprintable() and bool(_ADDRESS.fullmatch(text))


def _header_address(text: str, name: str = "") -> Address:
    if not is_address(text):
        raise WrongAddress
    user, _, host = text.rpartition("@")
    return Address(display_name=name, username=user, domain=host)


@cache
def _templates(language: Language) -> Environment:
    made = Environment(
        loader=FileSystemLoader(paths.TEMPLATES / "mail"),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 (plain text: nothing is markup)
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["day"] = lambda iso: format_date(
        date.fromisoformat(iso), "d MMMM y", locale=f"{language}_BE"
    )
    made.install_gettext_translations(catalogue(language), newstyle=True)  # type: ignore[attr-defined]
    return made
