"""What a fiche-relais says, part by part: the fields that exist, and those that do not.

It is the same whether the fiche is sent or printed (`guide.referrals.paper`). The names of the fields and parts are
sealed with what they hold: they never change (`tests/referrals/test_stored_format.py`).

There is no field for a national number, a birth date, a nationality, an address or a diagnosis, and none may
be added (a test holds this list). A receiver who is not bound by professional secrecy gets the
person's name, how to reach her, and the theme: no more is stored for her.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from guide.referrals.refused_text import first_refused

LONGEST: Mapping[str, int] = {
    "organization": 120,
    "worker": 80,
    "function": 80,
    "worker_phone": 32,
    "worker_email": 254,
    "name": 60,
    "phone": 120,
    "mail": 120,
    "safe": 160,
    "coming_along": 60,
    "request": 200,
    "tried": 400,
    "availability": 160,
    "mobility": 60,
}
"""How many signs each text may have, by the name of its field in the form (`form_field`)."""

MOTIVE, WORDS = 400, 400
"""How many signs a motive and an answer may have."""

CONTACT_WAYS = ("phone", "mail", "worker", "post", "none")
"""How the receiver may reach the person. `post`: she is told where by the worker; no address is written here."""

CHILDREN_AGES = ("0-2", "3-5", "6-11", "12-17")
ADULT_AGES = ("18-24", "25-64", "65+")
AGES = (*CHILDREN_AGES, *ADULT_AGES)
"""Age bands: nobody's birth date is asked."""

YES_NO_UNKNOWN = ("yes", "no", "unknown")

MOST_PEOPLE = 20
"""The most adults or children of a household, as one counts them."""


class SealedSection(StrEnum):
    """The sealed parts. The receiver reads `need` first; `person` on opening it, which the sender sees."""

    SENDER = "sender"
    PERSON = "person"
    NEED = "need"
    ANSWER = "answer"
    MOTIVE = "motive"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, as the receiver may answer: filled in from the account."""

    organization: str = ""
    worker: str = ""
    function: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom it is about: a chosen name or initials, and how to reach her safely."""

    name: str = ""
    contact: tuple[str, ...] = ()
    phone: str = ""
    mail: str = ""
    safe: str = ""
    coming_along: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """What she asks for. `language`: code of the language to speak; household only where the service asks for it."""

    request: str = ""
    tried: str = ""
    availability: str = ""
    language: str = ""
    interpreter: bool = False
    publics: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    adults: str = ""
    children: str = ""
    children_ages: tuple[str, ...] = ()
    age: str = ""
    mobility: str = ""
    bim: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver writes back: a sentence with a refusal, or where and when the person is expected."""

    words: str = ""


@dataclass(frozen=True, slots=True)
class Motive:
    """Why it was sent without the person's agreement: grave and imminent danger."""

    words: str = ""


KINDS: Mapping[SealedSection, type] = {
    SealedSection.SENDER: Sender,
    SealedSection.PERSON: Person,
    SealedSection.NEED: Need,
    SealedSection.ANSWER: Answer,
    SealedSection.MOTIVE: Motive,
}

FORM_FIELDS: Mapping[type, Mapping[str, str]] = {Sender: {"phone": "worker_phone", "email": "worker_email"}}
"""Fields that a form calls otherwise, since the person has a telephone as well."""

HOUSEHOLD = ("adults", "children", "children_ages", "age", "mobility", "bim")

NOT_BOUND = {"name", "contact", "phone", "mail", "safe", "language", "interpreter"}
"""What may reach a receiver who is not bound by secrecy: the name, how to reach her, and in which language."""


@dataclass(frozen=True, slots=True)
class Content:
    """A whole referral as plain values."""

    sender: Sender = field(default_factory=Sender)
    person: Person = field(default_factory=Person)
    need: Need = field(default_factory=Need)

    def cut_for(self, bound_by_secrecy: bool) -> "Content":
        """What may be sent: everything to a receiver bound by secrecy, else the name, the contact, the theme."""
        if bound_by_secrecy:
            return self
        return replace(self, person=_only(self.person), need=_only(self.need))

    def scope(self) -> list[str]:
        """The names of the fields that are filled in: what the person agreed to pass on."""
        found = []
        for part in (self.person, self.need):
            found += [each.name for each in fields(part) if getattr(part, each.name)]
        return found


def form_field(kind: type, name: str) -> str:
    """The name in the forms of a field of a part: `worker_phone` for the sender's telephone."""
    return FORM_FIELDS.get(kind, {}).get(name, name)


def as_values(part: Any) -> dict[str, Any]:
    """A part as JSON holds it; what is empty is left out."""
    return {name: value for name, value in asdict(part).items() if value}


def from_values(name: SealedSection, values: Mapping[str, Any]) -> Any:
    """The part again; fields of a later version that this one does not know are left aside."""
    kind = KINDS[name]
    known = {each.name for each in fields(kind)}
    return kind(
        **{
            key: tuple(value) if isinstance(value, list) else value
            for key, value in values.items()
            if key in known
        }
    )


def texts(part: Any) -> list[tuple[str, str]]:
    """What was typed freely in a part, as pairs (field, words): it is looked at before anything is stored."""
    return [(each.name, value) for each in fields(part) if isinstance(value := getattr(part, each.name), str)]


class RefusedTextError(Exception):
    """A text holds a national number or a bank account: nothing was stored. `field` is where, `kind` which."""

    def __init__(self, field: str, kind: str) -> None:
        super().__init__(f"{field}: {kind}")
        self.field, self.kind = field, kind


def refuse_numbers(content: Content, *more: tuple[str, str]) -> None:
    """Raises RefusedTextError when any text holds a national number (modulo 97) or a bank account."""
    typed = [*texts(content.sender), *texts(content.person), *texts(content.need), *more]
    found = first_refused(typed)
    if found is not None:
        raise RefusedTextError(*found)


def _only(part: Any) -> Any:
    kept = {each.name: getattr(part, each.name) for each in fields(part) if each.name in NOT_BOUND}
    return type(part)(**kept)
