"""The one rule for a mail address: in forms, data files and commands, and for the mailer itself.

What is accepted here can be written to by any mail server: ASCII letters on both sides of the @ (a name with an
accent needs a server of the receiver that few have, SMTPUTF8; a domain with one is written in its form `xn--…`),
no quotes, no address of a machine. Whether the mailbox exists only its own server knows.
"""

from enum import StrEnum

LONGEST = 254
"""Characters of a whole address (RFC 5321)."""

ODD = frozenset("%?")
"""What is allowed before the @ and yet means something else in a `mailto:` link."""


class Problem(StrEnum):
    """Why one cannot write to it: a sign that mail cannot carry, or anything else that is no address."""

    ACCENT = "accent"
    FORM = "form"


def problem_in(text: str) -> Problem | None:
    """What is wrong with an address, None when nothing is. It is taken as it stands: no space around it."""
    odd = foreign_signs(text)
    if odd and all(sign.isprintable() and not sign.isspace() for sign in odd):
        return Problem.ACCENT
    if odd or len(text) > LONGEST or ODD & set(text) or len(text.rpartition(".")[2]) < 2:
        return Problem.FORM
    # Its patterns take 20 ms to compile: a start that checks no address need not wait for them.
    from email_validator import EmailNotValidError, validate_email

    try:
        # `.example` and `.test` are nobody's, so no mail goes astray there; whether a domain exists is not asked.
        validate_email(
            text, allow_smtputf8=False, check_deliverability=False, test_environment=True, strict=True
        )
    except EmailNotValidError:
        return Problem.FORM
    return None


def foreign_signs(text: str) -> str:
    """The signs of a text that are no ASCII, each once, in their order: what the reader is shown to mend."""
    return "".join(dict.fromkeys(sign for sign in text if not sign.isascii()))


def is_address(text: str) -> bool:
    """Can one write to it?"""
    return problem_in(text) is None
