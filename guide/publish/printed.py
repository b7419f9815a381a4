"""A listing on paper, in one language or two: what every PDF of the guide says of a service.

Never whether it is open now, and never whether there is room: paper would go on saying it. What is not known
stands in one line, with whom to ask. A confidential address is not in it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from guide.directory.asking import AskedBody, BodiesToAsk, whom_to_ask
from guide.directory.figures import phone
from guide.directory.freshness import hours_are_current
from guide.directory.hours import shown_hours
from guide.directory.listing import AnyListing
from guide.directory.sureness import sureness
from guide.directory.unknown import unknown_on_paper
from guide.directory.wording import Fact, in_words, phone_label
from guide.languages import Language, LocalText
from guide.model import Service, ServiceKind, ServiceState
from guide.publish.pictograms import pictogram
from guide.publish.qr import qr_svg
from guide.sentences import sentences

LONG = 900
"""A side with more signs than this may break over two pages: it might not fit on one."""


@dataclass(frozen=True, slots=True)
class Line:
    """A number to call, and whose it is: `label` may be empty."""

    number: str
    label: LocalText


@dataclass(frozen=True, slots=True)
class Side:
    """A listing for readers of one language. `state`, `unknown` and `age` are sentences, or ''."""

    lang: Language
    name: LocalText
    summary: LocalText
    state: LocalText
    phones: list[Line]
    facts: list[Fact]
    unknown: str
    age: str

    @property
    def length(self) -> int:
        """How many signs it has."""
        lines = [line.words for fact in self.facts for line in fact.lines]
        return sum(map(len, (self.summary.words, self.unknown, *lines)))


@dataclass(frozen=True, slots=True)
class Entry:
    """A listing with its sides, its short address and the code that leads there.

    `short` is the address as one types it; `qr` is an SVG.
    """

    code: str
    key: str
    exists: bool
    address: str
    short: str
    qr: str
    icon: str
    sides: list[Side]

    def as_data(self) -> dict[str, Any]:
        """The values for a template; `long`: may it break over pages?"""
        return asdict(self) | {"long": any(side.length > LONG for side in self.sides)}


def entry(
    service: Service,
    languages: Sequence[Language],
    today: date,
    site: str,
    bodies: BodiesToAsk,
    icon: str = "info",
) -> Entry:
    """The listing as printed.

    `site` is the public address of the guide, `bodies` who can be asked what is not known, `icon` a drawing's name.
    """
    address = f"{site}/s/{service.short_code}"
    asked = whom_to_ask(service, bodies)
    return Entry(
        code=service.short_code,
        key=service.key,
        exists=service.state is ServiceState.EXISTING,
        address=address,
        short=without_scheme(address),
        qr=standalone(qr_svg(address)),
        icon=pictogram(icon),
        sides=[side(service, lang, today, asked) for lang in languages],
    )


def side(service: Service, lang: Language, today: date, asked: AskedBody | None) -> Side:
    """The listing for readers of this language; `asked`: who knows, when it has no number of its own."""
    _ = sentences(lang)
    told = in_words(service, lang, today)
    nothing = _("Rien n’est écrit ici.")
    left_out = (_("Téléphone"), _("Y a-t-il de la place ?"))
    hours = _("Quand ?")
    facts = []
    for fact in told.facts:
        if fact.question in left_out:
            continue
        if [line.words for line in fact.lines] == [nothing]:
            continue
        if fact.question == hours and shown_hours(service, today) and not hours_are_current(service, today):
            facts.append(Fact(hours, [*fact.lines, LocalText(check_hours(service, lang), lang)]))
        else:
            facts.append(fact)
    exists = service.state is ServiceState.EXISTING
    return Side(
        lang=lang,
        name=told.name,
        summary=told.summary,
        state=LocalText("", lang) if exists else _state(service, lang),
        phones=_phones(service, lang) if exists else [],
        facts=facts,
        unknown=unknown_on_paper(service, asked, lang, today),
        age=sureness(service, today, lang).words,
    )


def check_hours(service: AnyListing, lang: Language) -> str:
    """What is said of hours that may be old: to call first, where there is a number of its own."""
    _ = sentences(lang)
    if service.phones and service.kind is not ServiceKind.HELPLINE:
        return _("Heures à vérifier : appelez avant d’y aller.")
    return _("Heures à vérifier.")


def without_scheme(address: str) -> str:
    """The address as one types it."""
    return address.removeprefix("https://").removeprefix("http://")


def standalone(svg: str) -> str:
    """An inline drawing as a file of its own."""
    return svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def _phones(service: Service, lang: Language) -> list[Line]:
    return [Line(phone(line.number), phone_label(service, line, lang)) for line in service.phones]


def _state(service: Service, lang: Language) -> LocalText:
    """What is said of what does not exist (yet, or any more)."""
    _ = sentences(lang)
    if service.state is ServiceState.ANNOUNCED:
        return LocalText(_("Annoncé dans un plan, pas un service existant."), lang)
    return LocalText(_("C’est terminé."), lang)
