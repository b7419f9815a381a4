"""A row of the outbox as a message: plain text in the receiver's language, headers that nobody can add to."""

import re
import unicodedata
from datetime import date
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import select
from sqlalchemy.orm import object_session

from guide import paths
from guide.languages import Language
from guide.mail import links
from guide.mail_address import is_address
from guide.model import PERSON_TO_CALL, Mail, Phone, Service
from guide.sentences import catalogue, sentences

POLICY = SMTP.clone(max_line_length=78)

END = "_end"
"""The template of what stands below every mail."""


class InvalidAddressError(Exception):
    """The address cannot stand in a header; nothing is sent to it."""


def message(row: Mail, sender: str, site_url: str) -> EmailMessage:
    """The mail of this row, ready to hand over. Raises InvalidAddressError; jinja2's errors when content is missing.

    The same row gives the same message each time, Message-ID and date too. Links stay whole: nothing wraps
    the text but the encoding, which the receiver's program undoes.
    """
    language = _language(row)
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
    """Subject (one line) and body of a row, in its language, with the end that every mail has."""
    language = _language(row)

    def link(name: str, **values: str) -> str:
        return links.address(site_url, name, language, **values)

    frame = {"link": link, "site_name": site_name(language), "phone": _person_to_call(row)}
    templates = _templates(language)
    words = templates.get_template(f"mail/{row.kind}.txt").render({**row.content, **frame})
    end = templates.get_template(f"mail/{END}.txt").render(frame)
    first, _, rest = words.partition("\n")
    if not first.startswith("Subject:"):
        raise ValueError("the first line of a mail's template is its subject")
    # What looks like an encoded word would be decoded, by us or by the receiver, into whatever it hides.
    subject = " ".join(_one_line(first.removeprefix("Subject:")).replace("=?", "= ?").split())
    # No more than one empty line in a row, whatever a template left out.
    body = re.sub(r"\n\s*\n\s*\n", "\n\n", f"{rest.strip()}\n\n{end.strip()}\n")
    return subject, _without_controls(body)


def site_name(language: Language) -> str:
    """The name of the guide, as a mail's sender bears it."""
    _ = sentences(language)
    return _("Guide social de Jette")


def _header_address(text: str, name: str = "") -> Address:
    if not is_address(text):
        raise InvalidAddressError
    user, _, host = text.rpartition("@")
    return Address(display_name=name, username=user, domain=host)


def _language(row: Mail) -> Language:
    return "nl" if row.language == "nl" else "fr"


def _person_to_call(row: Mail) -> str | None:
    """The number that stands on every page; None when its record is gone, or the row in no database."""
    session = object_session(row)
    if session is None:
        return None
    numbers = select(Phone.number).join(Service, Phone.service_id == Service.id)
    return session.scalar(numbers.where(Service.key == PERSON_TO_CALL).order_by(Phone.position).limit(1))


def _one_line(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _without_controls(text: str) -> str:
    return "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs"))


@cache
def _templates(language: Language) -> Environment:
    made = Environment(
        loader=FileSystemLoader(paths.TEMPLATES),
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
