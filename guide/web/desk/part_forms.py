"""The forms of the parts of a listing: what each shows of a record, and the values it gives back.

A form knows values and paths (`guide.editing.listings`), no database: who may edit, what waits and what is
public is decided by `guide.editing.proposals`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

from wtforms import BooleanField, Field, RadioField, StringField, TextAreaField
from wtforms.validators import ValidationError

from guide.dates import parse_date
from guide.directory.freshness import INTERVALS, USUAL_INTERVAL
from guide.directory.hours_typed import Piece, Times, pieces_of, slots_of, week_of, week_pieces
from guide.editing.listings import PARTS, TEXTS, Record, missing, paths, value_at, with_values
from guide.languages import LANGUAGES, SPOKEN_LANGUAGES, Bilingual, Language
from guide.model import Holidays, IntakeStatus, ScheduleKind
from guide.records.fields import Both
from guide.records.paths import FieldPath, path_to
from guide.records.places import keyed_places
from guide.records.shapes import SERVICE, WEB
from guide.web.ui.fields import (
    AddressLine,
    Lines,
    PhoneLine,
    Ranked,
    Row,
    nothing_private,
    one_line,
    phone_as_dialled,
    sides,
)
from guide.web.ui.forms import N_, GuideForm, MailField, Several, at_most, chosen_of, options, tidy
from guide.web.ui.hours_fields import ClosureLine, MonthlyLine, PlaceWeeks, SeasonLine, WeekField, shown_time
from guide.web.ui.labels import access_label, language_name
from guide.web.ui.record_labels import field_label, intake_label, interval_label
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import reader

LONGEST = {field.name: field.longest for field in SERVICE.fields if isinstance(field, Both)}
"""How long each text may be."""

ACCESS_MODES = ("walk_in", "appointment", "phone", "referral_required", "registration")
SLUGS: dict[str, dict[Language, str]] = {
    "about": {"fr": "a-propos", "nl": "over"},
    "for_whom": {"fr": "pour-qui", "nl": "voor-wie"},
    "price": {"fr": "prix", "nl": "prijs"},
    "access": {"fr": "acces", "nl": "toegang"},
    "hours": {"fr": "heures", "nl": "uren"},
    "plan": {"fr": "plan", "nl": "plan"},
    "professionals": {"fr": "professionnels", "nl": "professionals"},
}
"""The address of each part's page, in the order of the task list."""


def part_named(slug: str, lang: Language) -> str | None:
    """The part whose page has this slug in this language."""
    return next((part for part, slugs in SLUGS.items() if slugs[lang] == slug), None)


def part_of(name: str) -> str:
    """The part that holds this field of the record."""
    return next(part for part, names in PARTS.items() if name in names)


Places = Sequence[tuple[str, str]]
"""The addresses of a listing that has several, in their order: pairs (key, street)."""


def places_of(record: Mapping[str, Any]) -> Places:
    """The addresses to choose from for a number or for hours; none where there is no choice."""
    addresses = record.get("addresses") or []
    if len(addresses) < 2:
        return []
    return [(one["key"], Bilingual(**one["street"]).localized(reader()).words) for one in addresses]


def _text(name: str, one: bool = False) -> Any:
    """One side of a text of the record; on one line when its control is."""
    kind = StringField if one else TextAreaField
    return kind(validators=[at_most(LONGEST[name]), nothing_private], filters=[one_line if one else tidy])


def _yes_no() -> Any:
    return RadioField(
        choices=options([("yes", N_("Oui")), ("no", N_("Non")), ("", N_("Je ne sais pas"))]),
        validate_choice=False,
    )


class FormSection(GuideForm):
    """A form of one part. Fields that are texts are `<name>_fr` and `<name>_nl`.

    `places`: the addresses of the listing, where it has several.
    """

    part: ClassVar[str]
    today: date
    places: Places

    def __init__(self, *arguments: Any, today: date, places: Places = (), **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.today, self.places = today, places
        for field in self:
            name, _dash, side = field.name.rpartition("_")
            known = side in LANGUAGES and name in (*TEXTS, "documents")
            field.label.text = field_label(path_to(name, side) if known else path_to(field.name))

    @classmethod
    def shown(cls, record: Mapping[str, Any], today: date, places: Places = ()) -> dict[str, Any]:
        """What the form shows of a record, by field."""
        data: dict[str, Any] = {}
        for name in PARTS[cls.part]:
            if name in TEXTS:
                for side in LANGUAGES:
                    data[f"{name}_{side}"] = value_at(record, path_to(name, side)) or ""
            else:
                data[name] = record.get(name) or ""
        return data | cls.more_shown(record, today, places)

    @classmethod
    def more_shown(cls, record: Mapping[str, Any], today: date, places: Places) -> dict[str, Any]:
        """The fields that are not shown as they stand."""
        return {}

    def values(self, seen: Record) -> dict[FieldPath, Any]:
        """What was typed, as path → value; what looks as it did in `seen` is exactly what stood there."""
        data = self.shown(seen, self.today, self.places)
        before = type(self)(None, data=data, today=self.today, places=self.places)
        for field in list(before):
            if field.name not in self:
                del before[field.name]
        typed, shown = self.read(seen), before.read(seen)
        return {path: value_at(seen, path) if shown[path] == typed[path] else typed[path] for path in typed}

    def read(self, seen: Record) -> dict[FieldPath, Any]:
        """Path → value as typed; `seen` gives what the form does not show (a measured position)."""
        found: dict[FieldPath, Any] = {}
        for name in PARTS[self.part]:
            if name in TEXTS and f"{name}_fr" in self:
                for side in LANGUAGES:
                    found[path_to(name, side)] = self[f"{name}_{side}"].data or None
            elif name in self:
                found[path_to(name)] = self.read_field(name, seen.get(name))
        return found

    def read_field(self, name: str, seen: Any) -> Any:
        """A field that is no text in two languages."""
        return self[name].data or None

    @property
    def lines(self) -> list[Lines]:
        """The fields that are lines to fill in."""
        return [field for field in self if isinstance(field, Lines)]

    @property
    def weeks(self) -> list[WeekField]:
        """The weeks to fill in, those of single addresses with them."""
        return [field for field in self if isinstance(field, WeekField)]

    def complain(self, record: Record, values: Mapping[FieldPath, Any]) -> bool:
        """Says which field a published listing cannot do without; True when one was emptied."""
        already = set(missing(record))
        lost = [name for name in missing(with_values(record, values)) if name not in already]
        sentences = {
            "name": _("Laissez le nom, dans une langue au moins."),
            "summary": _("Laissez quelques mots « en bref », dans une langue au moins."),
            "terms": _("Laissez au moins un besoin avec « surtout pour cela »."),
            "phones": _("Laissez au moins un moyen de vous joindre : téléphone, e-mail, site ou adresse."),
        }
        for name in lost:
            if name in sentences and name in PARTS[self.part]:
                self.problems.append(sentences[name])
        return bool(self.problems)


class AboutForm(FormSection):
    """The name, what people get, and the needs it is filed under."""

    part = "about"
    name_fr, name_nl = _text("name", one=True), _text("name", one=True)
    summary_fr, summary_nl = _text("summary"), _text("summary")
    description_fr, description_nl = _text("description"), _text("description")
    terms = Ranked()

    @classmethod
    def more_shown(cls, record: Mapping[str, Any], today: date, places: Places) -> dict[str, Any]:
        return {"terms": {item["term"]: item["rank"] for item in record.get("terms", [])}}

    def read_field(self, name: str, seen: Any) -> Any:
        ranks = self["terms"].ranks([item["term"] for item in seen or []])  # type: ignore[attr-defined]
        return [{"term": key, "rank": rank} for key, rank in ranks.items()] or None


class ForWhomForm(FormSection):
    """Who may come, and in which languages one is helped."""

    part = "for_whom"
    eligibility_fr, eligibility_nl = _text("eligibility"), _text("eligibility")
    publics = Several(validate_choice=False)
    residents_only = _yes_no()
    confidential = _yes_no()
    languages = Several(validate_choice=False)

    def __init__(self, *arguments: Any, **values: Any) -> None:
        super().__init__(*arguments, **values)
        self.languages.choices = options((code, language_name(code)) for code in SPOKEN_LANGUAGES)
        self.offer_publics(())

    def offer_publics(self, named: Iterable[tuple[str, str]]) -> None:
        """The publics to choose from: pairs (key, name)."""
        pairs = list(named)
        self.known_publics = {key for key, _name in pairs}
        self.publics.choices = options(pairs)

    @classmethod
    def more_shown(cls, record: Mapping[str, Any], today: date, places: Places) -> dict[str, Any]:
        return {name: list(record.get(name, [])) for name in ("publics", "languages")}

    def read_field(self, name: str, seen: Any) -> Any:
        if name == "publics":
            known = self.known_publics | set(seen or [])
            return sorted(known & set(self.publics.data or [])) or None
        if name == "languages":
            return _in_order(self.languages.data or [], seen, SPOKEN_LANGUAGES)
        return chosen_of(("yes", "no"), self[name].data)


class PriceForm(FormSection):
    """What it costs and what to bring."""

    part = "price"
    free = _yes_no()
    fees_fr, fees_nl = _text("fees"), _text("fees")
    papers_needed = _yes_no()
    documents_fr = TextAreaField(validators=[at_most(2000), nothing_private])
    documents_nl = TextAreaField(validators=[at_most(2000), nothing_private])

    @classmethod
    def more_shown(cls, record: Mapping[str, Any], today: date, places: Places) -> dict[str, Any]:
        written = record.get("documents") or {}
        return {f"documents_{side}": "\n".join(written.get(side, [])) for side in LANGUAGES}

    def read(self, seen: Record) -> dict[FieldPath, Any]:
        written = {
            side: list(
                dict.fromkeys(filter(None, map(str.strip, self[f"documents_{side}"].data.split("\n"))))
            )
            for side in LANGUAGES
        }
        kept = {side: items for side, items in written.items() if items}
        return super().read(seen) | {path_to("documents"): kept or None}

    def read_field(self, name: str, seen: Any) -> Any:
        return chosen_of(("yes", "no"), self[name].data)


def _web_address(form: Any, field: Field) -> None:
    if field.data and (not WEB.fullmatch(_with_scheme(field.data)) or "." not in field.data):
        raise ValidationError(_("Nous n’avons pas compris cette adresse. Écrivez-la ainsi : www.exemple.be."))


class AccessForm(FormSection):
    """How to reach it and how to get in. The addresses of a confidential place are not in it."""

    part = "access"
    access_modes = Several(validate_choice=False)
    application_fr, application_nl = _text("application"), _text("application")
    phones = Lines(PhoneLine, spare=2)
    email = MailField(filters=[one_line])
    website = StringField(validators=[_web_address, at_most(500)], filters=[one_line])
    addresses = Lines(AddressLine, spare=1, spare_below=0)
    wheelchair = _yes_no()
    accessibility_fr, accessibility_nl = _text("accessibility"), _text("accessibility")

    def __init__(self, *arguments: Any, **values: Any) -> None:
        super().__init__(*arguments, **values)
        self.access_modes.choices = options((mode, access_label(mode)) for mode in ACCESS_MODES)

    @classmethod
    def more_shown(cls, record: Mapping[str, Any], today: date, places: Places) -> dict[str, Any]:
        return {
            "access_modes": list(record.get("access_modes", [])),
            "phones": [
                {
                    "number": item["number"],
                    **_sides_of(item, "label"),
                    "address": item.get("address", "") if places else "",
                }
                for item in record.get("phones", [])
            ],
            "addresses": [_address_row(item) for item in record.get("addresses", [])],
        }

    def read_field(self, name: str, seen: Any) -> Any:
        if name == "access_modes":
            return _in_order(self.access_modes.data or [], seen, ACCESS_MODES)
        if name == "phones":
            known = {item["number"] for item in seen or []}
            return [_phone(row, known) for row in self.phones.filled] or None
        if name == "addresses":
            made = [_address(row, seen or []) for row in self.addresses.filled]
            return keyed_places(made, seen or []) or None
        if name == "website":
            return _with_scheme(self.website.data) or None
        if name == "email":
            return _small_host(self.email.data or "") or None
        return chosen_of(("yes", "no"), self[name].data)


DEPENDS = "depends"
"""On public holidays some of the hours hold and others do not, as the record has it."""


class HoursForm(FormSection):
    """When it is open, when it is not, and whether it takes new people.

    Of public holidays one answer is asked for all the hours of a kind; what the record says slot by slot stays. The
    hours of each kind ('visit', 'phone') are a week, perhaps another for an address, days of the month, and seasons.
    """

    part = "hours"
    visit = WeekField(kind="visit")
    visit_monthly = Lines(MonthlyLine, spare=1)
    visit_seasons = Lines(SeasonLine, spare=1)
    visit_holidays = RadioField(validate_choice=False)
    own = PlaceWeeks()
    phone = WeekField(kind="phone")
    phone_monthly = Lines(MonthlyLine, spare=1)
    phone_seasons = Lines(SeasonLine, spare=1)
    phone_holidays = RadioField(validate_choice=False)
    follows_school_calendar = BooleanField()
    schedule_note_fr, schedule_note_nl = _text("schedule_note"), _text("schedule_note")
    closures = Lines(ClosureLine, spare=1)
    intake_status = RadioField(validate_choice=False)
    intake_note_fr, intake_note_nl = _text("intake_note"), _text("intake_note")

    known_pieces: frozenset[Piece]
    """What the record holds, and is therefore taken as it stands, be it a night of twenty hours."""

    def __init__(self, *arguments: Any, **values: Any) -> None:
        super().__init__(*arguments, **values)
        self.known_pieces = (values.get("data") or {}).get("known_pieces", frozenset())
        self.follows_school_calendar.label.text = _("Fermé pendant les vacances scolaires")
        self.visit_holidays.label.text = _("Les jours fériés, est-ce ouvert à ces heures ?")
        self.phone_holidays.label.text = _("Les jours fériés, répond-on au téléphone à ces heures ?")
        for field in (self.visit_holidays, self.phone_holidays):
            field.choices = options(_holiday_choices(field.data))
        self.intake_status.choices = options(
            [(status.value, intake_label(status.value)) for status in IntakeStatus]
            + [("", _("Je ne veux rien dire"))]
        )

    @classmethod
    def more_shown(cls, record: Mapping[str, Any], today: date, places: Places) -> dict[str, Any]:
        said = {kind: _of_places(pieces_of(record.get("schedules", []), kind), places) for kind in KINDS}
        return {
            **{name: shown for kind in KINDS for name, shown in _hours_shown(kind, said[kind]).items()},
            "own": [
                {"address": key, **{kind: _week_at(said[kind], key) for kind in KINDS}}
                for key, _street in places
            ],
            "known_pieces": frozenset(said["visit"]) | frozenset(said["phone"]),
            "follows_school_calendar": bool(record.get("follows_school_calendar")),
            # What is over leaves the form as it leaves the pages; the record keeps it until closures change.
            "closures": [
                {"starts": item["starts"], "ends": item["ends"], **_sides_of(item, "reason")}
                for item in record.get("closures", [])
                if item["ends"] >= today.isoformat()
            ],
        }

    @property
    def weeks(self) -> list[WeekField]:
        return [*super().weeks, *(week for form in self.own.forms for week in form.weeks)]

    @property
    def some_have_their_own(self) -> bool:
        """Has an address a week of its own, so that what is said of all is of the others?"""
        return any(not week.is_empty for form in self.own.forms for week in form.weeks)

    @property
    def known_times(self) -> set[Times]:
        return {piece.times for piece in self.known_pieces}

    def lines_before(self, line: SeasonLine) -> list[SeasonLine]:
        """The lines of other hours that stand above this one."""
        lines = self.seasons_of("visit") if line in self.seasons_of("visit") else self.seasons_of("phone")
        return lines[: lines.index(line)]

    def seasons_of(self, kind: str) -> list[SeasonLine]:
        """The lines of the hours that are so for a time."""
        return [entry.form for entry in self._lines(f"{kind}_seasons").entries]

    def each_has_its_own(self, line: Any) -> bool:
        """Has each address hours of its own, so that what is said of all of them would hold nowhere?"""
        of_visit = [entry.form for lines in (self.visit_monthly, self.visit_seasons) for entry in lines]
        return line in of_visit and self._all_have_their_own(self._pieces("visit"))

    def _all_have_their_own(self, pieces: Collection[Piece]) -> bool:
        keys = {key for key, _street in self.places}
        return bool(keys) and keys <= {piece.address for piece in pieces}

    def read(self, seen: Record) -> dict[FieldPath, Any]:
        slots = []
        for kind in KINDS:
            pieces = self._pieces(kind)
            if kind == "visit" and self._all_have_their_own(pieces):
                # What is said of all addresses is so at those without hours of their own: nowhere.
                pieces = [piece for piece in pieces if piece.address]
            before = _of_places(pieces_of(seen.get("schedules", []), kind), self.places)
            slots += slots_of({piece: self._said(kind, before.get(piece, "")) for piece in pieces}, kind)
        return super().read(seen) | {path_to("schedules"): slots or None}

    def read_field(self, name: str, seen: Any) -> Any:
        if name == "closures":
            return sorted(_closures(self.closures.filled), key=lambda item: str(item["starts"])) or None
        if name == "follows_school_calendar":
            return True if self.follows_school_calendar.data else None
        return chosen_of([status.value for status in IntakeStatus], self[name].data)

    def _pieces(self, kind: str) -> list[Piece]:
        """All the hours of this kind, as far as they are understood."""
        keys = {key for key, _street in self.places}
        at = {week.name: form.address.data or "" for form in self.own.forms for week in form.weeks}
        found = [
            piece
            for week in self.weeks
            if week.kind == kind and at.get(week.name, "") in ("", *keys)
            for piece in week_pieces(week.week, at.get(week.name, ""))
        ]
        for name in (f"{kind}_monthly", f"{kind}_seasons"):
            lines = self._lines(name).entries
            found += [piece for entry in lines for piece in entry.form.pieces(self.known_times)]
        return found

    def _lines(self, name: str) -> Lines:
        field = self[name]
        assert isinstance(field, Lines)
        return field

    def _said(self, kind: str, before: str) -> str:
        """What was chosen for all the hours; without a choice of ours each slot keeps what was said of it."""
        chosen = self[f"{kind}_holidays"].data
        return chosen if chosen in (*Holidays, "") else before


KINDS = tuple(kind.value for kind in ScheduleKind)
"""Hours to come, and hours to call."""


def _of_places(said: Mapping[Piece, str], places: Places) -> dict[Piece, str]:
    """The pieces as the form shows them. The hours of the only address are those of the listing."""
    if places:
        return dict(said)
    return {replace(piece, address=""): answer for piece, answer in said.items()}


def _week_at(pieces: Iterable[Piece], address: str) -> dict[str, list[Times]]:
    return week_of(piece for piece in pieces if piece.address == address)


def _hours_shown(kind: str, said: Mapping[Piece, str]) -> dict[str, Any]:
    """The hours of one kind, by field; those of single addresses are in `own`."""
    seasons: dict[Piece, list[str]] = {}
    for piece in said:
        if piece.is_seasonal and not piece.is_monthly:
            seasons.setdefault(replace(piece, day=""), []).append(piece.day)
    return {
        kind: _week_at(said, ""),
        f"{kind}_holidays": _said_of_all(said),
        f"{kind}_monthly": [
            {"which": piece.day[:-2], "day": piece.day[-2:], **_line_of(piece)}
            for piece in said
            if piece.is_monthly
        ],
        f"{kind}_seasons": [
            {"days": days, **_line_of(shared)}
            for shared, days in sorted(seasons.items(), key=lambda one: (one[0].begins, one[0].ends))
        ],
    }


def _line_of(piece: Piece) -> Row:
    return {
        "opens": shown_time(piece.opens),
        "closes": shown_time(piece.closes),
        "starts": piece.begins,
        "ends": piece.ends,
        "address": piece.address,
    }


def _said_of_all(said: Mapping[Piece, str]) -> str:
    """The one answer for all the slots; '' when there are none or nobody knows."""
    answers = set(said.values()) or {""}
    return answers.pop() if len(answers) == 1 else DEPENDS


def _holiday_choices(chosen: str | None) -> list[tuple[str, str]]:
    choices = [
        (Holidays.OPEN.value, _("Oui, aux mêmes heures")),
        (Holidays.CLOSED.value, _("Non")),
        ("", _("Je ne sais pas")),
    ]
    # Only where the record already has it so: it is never asked of anybody.
    return (
        [*choices, (DEPENDS, _("Cela dépend des heures, comme maintenant"))] if chosen == DEPENDS else choices
    )


class ProfessionalsForm(FormSection):
    """What only social workers see, and how often to ask whether all is right."""

    part = "professionals"
    professional_note_fr, professional_note_nl = _text("professional_note"), _text("professional_note")
    accepts_relay = BooleanField()
    relay_email = MailField(filters=[one_line])
    review_interval_months = RadioField(validate_choice=False)

    def __init__(self, *arguments: Any, **values: Any) -> None:
        super().__init__(*arguments, **values)
        self.review_interval_months.choices = options(
            (str(months), interval_label(months)) for months in INTERVALS
        )

    @classmethod
    def more_shown(cls, record: Mapping[str, Any], today: date, places: Places) -> dict[str, Any]:
        return {
            "accepts_relay": bool(record.get("accepts_relay")),
            "review_interval_months": str(record.get("review_interval_months") or USUAL_INTERVAL),
        }

    def read_field(self, name: str, seen: Any) -> Any:
        if name == "accepts_relay":
            return True if self.accepts_relay.data else None
        if name == "relay_email":
            return _small_host(self.relay_email.data or "") or None
        chosen = chosen_of([str(months) for months in INTERVALS], self.review_interval_months.data)
        # The usual interval is not written, as in the data files.
        return None if chosen in (None, str(USUAL_INTERVAL)) else int(chosen)

    def validate_relay_email(self, field: Field) -> None:
        if self.accepts_relay.data and not field.data:
            raise ValidationError(_("Écrivez l’adresse e-mail qui reçoit les fiches-relais."))


FORMS: dict[str, type[FormSection]] = {
    form.part: form for form in (AboutForm, ForWhomForm, PriceForm, AccessForm, HoursForm, ProfessionalsForm)
}
"""The form of each part; the part `plan` has its own pages (guide/web/desk/plan_links.py)."""


def part_paths(part: str) -> list[FieldPath]:
    """Every path of a part."""
    return paths(PARTS[part])


def _in_order(ticked: Sequence[str], seen: Sequence[str] | None, known: Sequence[str]) -> list[str] | None:
    """What is ticked: first what stood there, in its order, then what is new."""
    wanted = {word for word in ticked if word in known}
    kept = [word for word in seen or [] if word in wanted]
    return [*kept, *(word for word in known if word in wanted and word not in kept)] or None


def _sides_of(item: Mapping[str, Any], name: str) -> Row:
    return {f"{name}_{side}": (item.get(name) or {}).get(side, "") for side in LANGUAGES}


def _phone(row: Row, known: set[str]) -> dict[str, Any]:
    number = row["number"] if row["number"] in known else phone_as_dialled(row["number"])
    label = sides(row, "label")
    address = {"address": row["address"]} if row.get("address") else {}
    return {"number": number, **({"label": label} if label else {}), **address}


def _address_row(item: Mapping[str, Any]) -> Row:
    texts = {
        key: value for name in ("street", "city", "note") for key, value in _sides_of(item, name).items()
    }
    return {**texts, "postal_code": item.get("postal_code", ""), "key": item.get("key", "")}


POSITION = ("latitude", "longitude", "precision", "position_source")


def _address(row: Row, seen: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The address as typed; the position measured for this street is kept, one of another street is not."""
    made: dict[str, Any] = {"street": sides(row, "street")}
    if row["postal_code"]:
        made["postal_code"] = row["postal_code"]
    for name in ("city", "note"):
        if sides(row, name):
            made[name] = sides(row, name)
    same = next((item for item in seen if _same_place(made, item)), None)
    if row["key"]:
        made = {"key": row["key"], **made}
    return made | {name: same[name] for name in POSITION if same is not None and name in same}


def _same_place(made: Mapping[str, Any], item: Mapping[str, Any]) -> bool:
    codes = {made.get("postal_code"), item.get("postal_code")} - {None}
    written = [side for side in LANGUAGES if side in made["street"] and side in item["street"]]
    return (
        len(codes) < 2
        and bool(written)
        and all(made["street"][side] == item["street"][side] for side in written)
    )


def _closures(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    for row in rows:
        starts = parse_date(row["starts"])
        ends = parse_date(row["ends"]) if row["ends"] else starts
        if starts and ends:
            reason = sides(row, "reason")
            made = {"starts": starts.isoformat(), "ends": ends.isoformat()}
            yield {**made, **({"reason": reason} if reason else {})}


def _with_scheme(address: str | None) -> str:
    """'www.exemple.be' → 'https://www.exemple.be'."""
    if not address or address.lower().startswith(("http://", "https://")):
        return address or ""
    return f"https://{address}"


def _small_host(address: str) -> str:
    name, at, host = address.rpartition("@")
    return f"{name}{at}{host.lower()}"
