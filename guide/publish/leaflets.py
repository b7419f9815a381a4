"""Sheets made of a few listings: one service, a card that folds to a pocket, a week of opening hours, a poster.

Whoever keeps selections hands over what she keeps, as a `Leaflet`. The words are one language's; the same values
and moment give the same bytes. Nothing says "open now"; unknown hours are "to be confirmed".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from guide.directory.asking import BodiesToAsk, ask_sentence, whom_to_ask
from guide.directory.figures import day_name, long_date, phone, short_date
from guide.directory.freshness import hours_are_current
from guide.directory.hours import PlaceHours, regular_week, shown_hours
from guide.directory.hours_in_words import slot_list, table_lines
from guide.directory.timetable import DAYS
from guide.directory.unknown import is_asked_by_phone
from guide.directory.wording import place_lines
from guide.languages import Language, LocalText
from guide.model import Service, ServiceKind, ServiceState, TaxonomyTerm, TermRank
from guide.publish.pdf import Document, Paper, render_without
from guide.publish.pictograms import pictogram
from guide.publish.printed import Entry, entry, standalone, without_scheme
from guide.publish.qr import qr_svg
from guide.sentences import sentences

SheetPaper = Literal["a4", "a5"]
PosterPaper = Literal["a3", "a4"]


@dataclass(frozen=True, slots=True)
class Leaflet:
    """What a card, a sheet or a poster says, and on what it is set.

    `extra`: one more line ('' for none). `services` stand in their order. `site`: the public address;
    `bodies`: who can be asked; `address`: where the selection is always current.
    """

    title: str
    introduction: str
    extra: str
    services: Sequence[Service]
    lang: Language
    made: datetime
    site: str
    bodies: BodiesToAsk
    address: str

    @property
    def call(self) -> str:
        """The number of the person to call, or ''."""
        return self.bodies.cpas.number if self.bodies.cpas else ""


def service_sheet(
    service: Service,
    lang: Language,
    made: datetime,
    site: str,
    bodies: BodiesToAsk,
    paper: SheetPaper = "a4",
) -> bytes:
    """One service on one page, in the largest type that fits: to be read at arm's length.

    `site` is the public address, `bodies` who can be asked.
    """
    _ = sentences(lang)
    today = made.date()
    one = entry(service, (lang,), today, site, bodies, _icon(service))
    data = {
        "entry": one.as_data(),
        "words": _common([service], bodies, lang, today) | {"phone": _("Téléphone")},
    }
    title = _document_title(one.sides[0].name.words, [service], lang)
    return render_without(Document("service_sheet", title, lang, made, paper), data)


def card(leaflet: Leaflet) -> bytes:
    """A card for the pocket: one side of an A4, folded twice, is a booklet of four A6 pages.

    More services than two pages hold make another card. No letter is smaller than 11 points.
    """
    _, lang, today = sentences(leaflet.lang), leaflet.lang, leaflet.made.date()
    data = _contents(leaflet) | {
        "icons": {name: pictogram(name) for name in ("warning", "speech", "bed", "phone")},
        "words": _common(leaflet.services, leaflet.bodies, lang, today)
        | {
            "danger": _("En danger"),
            "talk": _("Pour parler"),
            "bed": _("Un lit cette nuit"),
            "help": _("Besoin d’une personne ?"),
            "help_hint": _("L’accueil du CPAS cherche avec vous."),
        },
        "numbers": {"danger": ["112", "101"], "talk": ["107", "106"] if lang == "fr" else ["106", "107"]},
    }
    return _render("card", data, leaflet)


def sheet(leaflet: Leaflet, map_svg: str = "", map_words: str = "", map_credit: str = "") -> bytes:
    """An A4 with a table of the week (who helps on which day), then each service, then the map.

    `map_svg` is a drawing as a file of its own, numbered as the services are; `map_words` says what it shows,
    `map_credit` whom its licences ask to name.
    """
    _, lang, today = sentences(leaflet.lang), leaflet.lang, leaflet.made.date()
    contents = _contents(leaflet)
    data = contents | {
        "days": [day_name(code, lang) for code in DAYS],
        "entries": [
            row | {"week": _week(one, lang, today) | {"ask": _to_confirm(one, leaflet)}}
            for row, one in zip(contents["entries"], leaflet.services, strict=True)
        ],
        "map": map_svg,
        "map_words": map_words,
        "map_credit": map_credit,
        "words": _common(leaflet.services, leaflet.bodies, lang, today)
        | {
            "table": _("La semaine"),
            "who": _("Qui ?"),
            "always": _("Jour et nuit"),
            "check": _("à confirmer"),
            "where": _("Où et comment ?"),
            "map": _("Carte"),
            "near": _("Numéro sur fond blanc : la rue ou à côté, pas la porte."),
        },
    }
    return _render("week_sheet", data, leaflet)


def poster(leaflet: Leaflet, paper: PosterPaper = "a3") -> bytes:
    """One page for a notice board: what it is about, whom to call in large figures, a code to the page."""
    _, lang, today = sentences(leaflet.lang), leaflet.lang, leaflet.made.date()
    data = _contents(leaflet) | {
        "words": _common(leaflet.services, leaflet.bodies, lang, today)
        | {
            "help": _("Besoin d’une personne ?"),
            "help_hint": _("L’accueil du CPAS cherche avec vous."),
        },
    }
    return _render("poster", data, leaflet, paper)


def _render(template: str, data: dict[str, Any], leaflet: Leaflet, paper: Paper = "a4") -> bytes:
    title = _document_title(leaflet.title, leaflet.services, leaflet.lang)
    return render_without(Document(template, title, leaflet.lang, leaflet.made, paper), data)


def _document_title(title: str, services: Sequence[Service], lang: Language) -> str:
    """The name of the document, which stays in histories and lists of files: it tells of nothing sensitive."""
    _ = sentences(lang)
    return _("Aide et écoute") if any(service.is_sensitive for service in services) else title


def _contents(leaflet: Leaflet) -> dict[str, Any]:
    """What every leaflet says: its own words, whom to call, the code to its page, each listing in short."""
    lang, today, site, bodies = leaflet.lang, leaflet.made.date(), leaflet.site, leaflet.bodies
    _ = sentences(lang)
    return {
        "title": leaflet.title,
        "introduction": leaflet.introduction,
        "extra": leaflet.extra,
        "entries": [
            _short(entry(one, (lang,), today, site, bodies, _icon(one)), one, lang)
            for one in leaflet.services
        ],
        "call": phone(leaflet.call),
        "address": leaflet.address,
        "short": without_scheme(leaflet.address),
        "page_qr": standalone(qr_svg(leaflet.address)),
        "page_qr_words": _("Code QR vers cette page"),
    }


def _common(services: Sequence[Service], bodies: BodiesToAsk, lang: Language, today: date) -> dict[str, str]:
    _ = sentences(lang)
    printed = (
        _("Imprimé le %(date)s. Appelez avant d’y aller.", date=short_date(today, lang))
        if any(is_asked_by_phone(one) or whom_to_ask(one, bodies) for one in services)
        else _("Imprimé le %(date)s.", date=short_date(today, lang))
    )
    return {
        "guide": _("Guide social de Jette"),
        "date": long_date(today, lang),
        "printed": printed,
        "qr": _("Code QR vers la fiche du service"),
        "online": _("Toujours à jour sur :"),
    }


def _short(one: Entry, service: Service, lang: Language) -> dict[str, Any]:
    """What a card or a poster says of a listing: name, sentence, number, where, when."""
    _ = sentences(lang)
    side = one.sides[0]
    questions = (_("Quand ?"), _("Fermetures"))
    hours = [line for fact in side.facts if fact.question in questions for line in fact.lines]
    unknown = [LocalText(_("Heures à confirmer."), lang)] if service.state is ServiceState.EXISTING else []
    return one.as_data() | {
        "where": [{"words": line.words, "lang": line.lang} for line in place_lines(service, lang)],
        "when": [{"words": line.words, "lang": line.lang} for line in hours or unknown],
    }


def _week(service: Service, lang: Language, today: date) -> dict[str, Any]:
    """The hours of each place, or that they are not known; `sure`: are they current?

    `closed`: what is said of a day without hours; a line that one calls is never closed, it does not answer.
    """
    _ = sentences(lang)
    closed = _("Ne répond pas") if service.kind is ServiceKind.HELPLINE else _("Fermé")
    tables = shown_hours(service, today)
    return {
        "known": bool(tables),
        "sure": hours_are_current(service, today),
        "closed": closed,
        "rows": [_row(one, len(tables) > 1, lang, today) for one in tables],
    }


def _row(hours: PlaceHours, several: bool, lang: Language, today: date) -> dict[str, Any]:
    """The hours of one place: day by day, or in a sentence where they are not the same every week."""
    _ = sentences(lang)
    place = hours.place.street.localized(lang).words if hours.place else _("Autres adresses")
    weekly = regular_week(hours.timetable, today)
    plain = bool(weekly) and not hours.timetable.is_day_and_night(today)
    return {
        "place": place if several else "",
        "days": [slot_list(day, lang) if day.slots else [] for day in weekly] if plain else [],
        "sentence": "" if plain else " ".join(table_lines(hours.timetable, lang, today)),
    }


def _to_confirm(service: Service, leaflet: Leaflet) -> str:
    """What stands in the week of a listing without hours: that they are to be confirmed, and by whom."""
    _ = sentences(leaflet.lang)
    asked = whom_to_ask(service, leaflet.bodies)
    if asked is not None:
        said = f"{ask_sentence(asked, leaflet.lang)} {phone(asked.number)}."
        return f"{_('À confirmer.')} {said}"
    if service.phones:
        return _("À confirmer : appelez avant d’y aller.")
    return _("À confirmer.")


def _icon(service: Service) -> str:
    """The drawing of the need a listing is for."""
    filed = sorted(service.attributes, key=lambda one: one.rank is not TermRank.PRIMARY)
    need: TaxonomyTerm | None = filed[0].term.need if filed else None
    return need.icon or "info" if need else "info"
