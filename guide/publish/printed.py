"""A listing on paper, in one language or two: what every PDF of the guide says of a service.

Never whether it is open now, and never whether there is room: paper would go on saying it. What is not known
stands in one line, with whom to ask. A confidential address is not in it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from guide.directory.freshness import Freshness, hours_are_current, standing
from guide.directory.wording import Fact, in_words, phone, short_date
from guide.languages import Language, LocalText
from guide.model import Service, ServiceState
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
    service: Service, languages: Sequence[Language], today: date, site: str, call: str, icon: str = "info"
) -> Entry:
    """The listing as printed.

    `site` is the public address of the guide, `call` the number to ask what is not known, `icon` a drawing's name.
    """
    address = f"{site}/s/{service.short_code}"
    return Entry(
        code=service.short_code,
        key=service.key,
        exists=service.state is ServiceState.EXISTING,
        address=address,
        short=without_scheme(address),
        qr=standalone(qr_svg(address)),
        icon=pictogram(icon),
        sides=[side(service, lang, today, call) for lang in languages],
    )


def side(service: Service, lang: Language, today: date, call: str) -> Side:
    """The listing for readers of this language."""
    _ = sentences(lang)
    told = in_words(service, lang, today)
    nothing = _("Rien n’est écrit ici.")
    left_out = (_("Téléphone"), _("Y a-t-il de la place ?"))
    hours = _("Quand ?")
    facts, missing = [], []
    for fact in told.facts:
        if fact.question in left_out:
            continue
        if [line.words for line in fact.lines] == [nothing]:
            missing.append(_unknown_noun(fact.question, lang))
        elif fact.question == hours and service.schedules and not hours_are_current(service, today):
            check = LocalText(_("Heures à vérifier : appelez avant d’y aller."), lang)
            facts.append(Fact(hours, [*fact.lines, check]))
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
        unknown=_unknown(service, [noun for noun in missing if noun], lang, call),
        age=_age(service, lang, today),
    )


def without_scheme(address: str) -> str:
    """The address as one types it."""
    return address.removeprefix("https://").removeprefix("http://")


def standalone(svg: str) -> str:
    """An inline drawing as a file of its own."""
    return svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def _phones(service: Service, lang: Language) -> list[Line]:
    return [Line(phone(line.number), line.label.localized(lang)) for line in service.phones]


def _state(service: Service, lang: Language) -> LocalText:
    """What is said of what does not exist (yet, or any more)."""
    _ = sentences(lang)
    if service.state is ServiceState.ANNOUNCED:
        return LocalText(_("Annoncé dans un plan, pas un service existant."), lang)
    return LocalText(_("C’est terminé."), lang)


def _unknown_noun(question: str, lang: Language) -> str:
    """What is asked, as a noun: 'le prix'. '' for what a reader can do without."""
    _ = sentences(lang)
    return {
        _("Pour qui ?"): _("pour qui"),
        _("Combien ça coûte ?"): _("le prix"),
        _("Que faut-il apporter ?"): _("ce qu’il faut apporter"),
        _("Quand ?"): _("les heures"),
        _("Où ?"): _("l’adresse"),
        _("Accès"): _("l’accès en chaise roulante"),
        _("Langues"): _("les langues"),
    }.get(question, "")


def _unknown(service: Service, missing: Sequence[str], lang: Language, call: str) -> str:
    _ = sentences(lang)
    if not missing:
        return ""
    said = str(_("Nous ne savons pas : %(things)s.", things=", ".join(missing)))
    if service.phones:
        ask = str(_("Demandez par téléphone."))
    else:
        ask = f"{_ask_the_cpas(lang)} {phone(call)}." if call else ""
    return f"{said} {ask}".strip()


def _ask_the_cpas(lang: Language) -> str:
    _ = sentences(lang)
    return str(_("Demandez au CPAS :"))


def _age(service: Service, lang: Language, today: date) -> str:
    """How far the listing can be trusted, in a few words."""
    _ = sentences(lang)
    known = standing(service, today)
    if service.is_emergency_number:
        return _("Numéro d’urgence officiel.")
    if known.state is Freshness.UNVERIFIED:
        if known.source_year:
            return _("Non confirmé par le service. Source : %(year)s.", year=known.source_year)
        return _("Non confirmé par le service. Source sans date.")
    assert known.assured is not None
    day = short_date(known.assured, lang)
    if known.state is Freshness.FRESH:
        return _("Confirmé le %(date)s.", date=day)
    if known.state is Freshness.TO_CONFIRM:
        return _("Confirmé le %(date)s. À vérifier de nouveau.", date=day)
    if service.phones:
        return _("Non confirmé depuis le %(date)s. Appelez avant d’y aller.", date=day)
    return _("Non confirmé depuis le %(date)s. Vérifiez avant d’y aller.", date=day)
