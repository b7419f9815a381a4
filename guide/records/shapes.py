"""What the records of each data file look like. One description for checking, loading and exporting."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from guide import model
from guide.languages import LANGUAGES, SPOKEN_LANGUAGES
from guide.records.errors import FieldErrors, Follow, Known
from guide.records.fields import (
    Amount,
    Both,
    BothLists,
    Choice,
    Count,
    Day,
    Degrees,
    Flag,
    Line,
    MailAddress,
    PartialDate,
    PhoneNumber,
    Points,
    Reference,
    References,
    Words,
)
from guide.records.places import keyed_places
from guide.records.shape import Many, Shape
from guide.records.values import KEY, LATITUDES, LONGITUDES

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
OPENING_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
DAY_OF_MONTH = re.compile(r"(-1|[1-5])(MO|TU|WE|TH|FR|SA|SU)")
WEB = re.compile(r"https?://[^\s<>\"]+")

KEY_LINE = Line(name="key", required=True, longest=64, pattern=KEY, hint="small letters, figures and hyphens")
_website = Line(name="website", pattern=WEB, hint="an address that starts with https://")
_email = MailAddress(name="email")
_name_translated = Choice(name="name_translated", words=LANGUAGES)


@dataclass(frozen=True, kw_only=True)
class _ByDay(Words):
    """Days as in RFC 5545: MO to SU, or counted in their month: 1SU the first Sunday, -1FR the last Friday."""

    def errors(self, value: Any, known: Known) -> FieldErrors:
        yield from super().errors(value, known)
        for day in value if isinstance(value, list) else []:
            if day not in WEEKDAYS and not (isinstance(day, str) and DAY_OF_MONTH.fullmatch(day)):
                yield self.name, f"“{day}” is no day; write MO to SU, 1SU for the first Sunday of the month"


@dataclass(frozen=True, kw_only=True)
class _Addresses(Many):
    """Places of one listing; where there are several each has a key, also when a file of before wrote none."""

    def canonical(self, value: Any) -> Any:
        """As many records; the smallest free numbers as missing keys."""
        return keyed_places(super().canonical(value), value)


def _position_faults(address: Mapping[str, Any]) -> FieldErrors:
    position = ("latitude", "longitude", "precision", "position_source")
    if any(name in address for name in position):
        for name in position:
            if name not in address:
                yield (
                    name,
                    "a position has a latitude, a longitude, a precision and the source that measured it",
                )


def _slot_faults(slot: Mapping[str, Any]) -> FieldErrors:
    if slot["opens_at"] == slot["closes_at"]:
        yield "closes_at", "closes when it opens; write day and night as 00:00 to 24:00"
    elif slot["closes_at"] == "00:00":
        yield "closes_at", "write midnight as 24:00 where it closes"
    if len({len(day) > 2 for day in slot["byday"]}) > 1:
        yield "byday", "days of every week and days of the month are slots of their own"
    if slot.get("valid_from", "") > slot.get("valid_to", "9999-12-31"):
        yield "valid_to", "ends before it begins"


def _period_faults(period: Mapping[str, Any]) -> FieldErrors:
    yield from _span_faults(period)
    times = ("opens_at", "closes_at")
    if period["kind"] == model.PeriodKind.SHORT_HOURS:
        if any(name not in period for name in times):
            yield "opens_at", "short hours have opens_at and closes_at"
        elif period["opens_at"] >= period["closes_at"]:
            yield "closes_at", "closes before it opens"
    elif any(name in period for name in times):
        yield "opens_at", "only short hours have opens_at and closes_at"


MOST_DAYS = 3 * 366
"""Days that follow one another for longer are a slip of the pen: 2226 for 2026."""


def _span_faults(span: Mapping[str, Any]) -> FieldErrors:
    if span["starts"] > span["ends"]:
        yield "ends", "ends before it starts"
    elif (date.fromisoformat(span["ends"]) - date.fromisoformat(span["starts"])).days > MOST_DAYS:
        yield "ends", "lasts more than three years; check the year"


CITED_FIELDS = (
    "name",
    "summary",
    "description",
    "eligibility",
    "fees",
    "address",
    "phone",
    "email",
    "website",
    "hours",
    "languages",
    "state",
)

CITATION = Shape(
    model.Citation,
    (
        Choice(name="field", words=CITED_FIELDS, required=True),
        Reference(name="source", kind="sources", required=True),
        Line(name="quote", longest=1000),
    ),
)
EVIDENCE = Shape(
    model.Citation,
    (
        Reference(name="source", kind="sources", required=True),
        Line(name="quote", longest=1000),
    ),
)
_OF_ADDRESS = Line(name="address", longest=64, pattern=KEY, hint="the key of an address of this record")
"""Phones and hours of one address alone name it; what names none is of the whole listing."""
PHONE = Shape(
    model.Phone,
    (PhoneNumber(name="number", required=True), Both(name="label", longest=120), _OF_ADDRESS),
)
ADDRESS = Shape(
    model.ServiceAtLocation,
    (
        Line(name="key", longest=64, pattern=KEY, hint="small letters, figures and hyphens"),
        Both(name="street", required=True, longest=160),
        Line(name="postal_code", pattern=re.compile(r"\d{4}"), hint="four figures, in quotes"),
        Both(name="city", longest=80),
        Both(name="note", longest=300),
        Degrees(name="latitude", low=LATITUDES[0], high=LATITUDES[1]),
        Degrees(name="longitude", low=LONGITUDES[0], high=LONGITUDES[1]),
        Choice(name="precision", words=model.Precision),
        Reference(name="position_source", kind="sources"),
    ),
    also=_position_faults,
)
SLOT = Shape(
    model.Schedule,
    (
        Choice(name="kind", words=model.ScheduleKind, required=True),
        _OF_ADDRESS,
        _ByDay(name="byday", required=True),
        Line(name="opens_at", required=True, pattern=OPENING_TIME, hint="'08:30'"),
        Line(name="closes_at", required=True, pattern=TIME, hint="'16:00', '24:00', or of a night '08:00'"),
        Choice(name="holidays", words=model.Holidays),
        Day(name="valid_from"),
        Day(name="valid_to"),
    ),
    also=_slot_faults,
)
CLOSURE = Shape(
    model.Closure,
    (Day(name="starts", required=True), Day(name="ends", required=True), Both(name="reason", longest=300)),
    also=_span_faults,
)
CALENDAR_PERIOD = Shape(
    model.CalendarPeriod,
    (
        Choice(name="kind", words=model.PeriodKind, required=True),
        Day(name="starts", required=True),
        Day(name="ends", required=True),
        Line(name="opens_at", pattern=OPENING_TIME, hint="'08:30'"),
        Line(name="closes_at", pattern=TIME, hint="'13:00'"),
        Both(name="reason", longest=300),
    ),
    also=_period_faults,
)
FILED_UNDER = Shape(
    model.Attribute,
    (
        Reference(name="term", kind="needs", required=True),
        Choice(name="rank", words=model.TermRank, required=True),
    ),
)

SOURCE = Shape(
    model.SourceDocument,
    (
        KEY_LINE,
        Choice(
            name="kind",
            words=(
                "plan",
                "official",
                "magazine",
                "press",
                "own_site",
                "partner",
                "list",
                "geodata",
                "law",
                "statement",
            ),
            required=True,
        ),
        Both(name="title", required=True, longest=300),
        Both(name="publisher", longest=200),
        PartialDate(name="date"),
        Both(name="date_note", both=True, longest=200),
        Line(name="url", pattern=WEB, hint="an address that starts with https://"),
    ),
)
TAXONOMY_TERM = Shape(
    model.TaxonomyTerm,
    (
        Choice(name="taxonomy", words=("publics", "neighbourhoods", "areas"), required=True),
        KEY_LINE,
        Both(name="name", required=True, both=True, longest=120),
    ),
)
TOPIC = Shape(
    model.TaxonomyTerm,
    (KEY_LINE, Both(name="name", required=True, both=True, longest=120), Flag(name="sensitive")),
    constants={"taxonomy": "needs"},
)
NEED = Shape(
    model.TaxonomyTerm,
    (
        KEY_LINE,
        Both(name="slug", required=True, both=True, longest=64),
        Both(name="name", required=True, both=True, longest=80),
        Both(name="hint", required=True, both=True, longest=80),
        Both(name="description", both=True, longest=600),
        Line(name="icon", required=True, longest=32, pattern=KEY, hint="the name of an icon of the sprite"),
        Flag(name="first_row"),
        Flag(name="sensitive"),
        Many(name="topics", shape=TOPIC, identity="key"),
    ),
    constants={"taxonomy": "needs"},
)
ORGANIZATION = Shape(
    model.Organization,
    (
        KEY_LINE,
        Choice(name="kind", words=model.OrganizationKind, required=True),
        Both(name="name", required=True, longest=160),
        _name_translated,
        BothLists(name="alternate_names"),
        Both(name="description", both=True),
        _email,
        _website,
        Reference(name="parent_organization", kind="organizations", chain="organizations"),
        Flag(name="trusted"),
        Choice(name="bound_by_secrecy", words=model.YesNo),
        Many(name="calendar", shape=CALENDAR_PERIOD),
        Many(name="citations", shape=CITATION),
    ),
)


def _service_faults(record: Mapping[str, Any]) -> FieldErrors:
    if record["state"] != "existing" and "state_note" not in record:
        yield "state_note", "say in both languages what was announced, or when it ended"
    if record.get("address_confidential") and (record.get("addresses") or record.get("neighbourhood")):
        yield "addresses", "the address is confidential: no address and no neighbourhood may be written here"
    if record.get("schedules") and "schedule_source" not in record:
        yield (
            "schedule_source",
            "say where these hours come from: their date decides whether they are shown as current",
        )
    public = record.get("visibility") != "professional"
    if (
        public
        and record["kind"] in ("service", "helpline", "benefit")
        and not any(term["rank"] == "primary" for term in record.get("terms", []))
    ):
        yield "terms", "file it under at least one need or topic with rank primary"
    yield from _address_faults(record)
    cited = {citation["field"] for citation in record.get("citations", [])}
    facts = {
        "phones": "phone",
        "email": "email",
        "website": "website",
        "addresses": "address",
        "fees": "fees",
        "after_hours_phone": "hours",
    }
    for name, field in facts.items():
        if record.get(name) and field not in cited:
            yield "citations", f"no source is given for: {field}"


def _address_faults(record: Mapping[str, Any]) -> FieldErrors:
    keys = [address["key"] for address in record.get("addresses", []) if "key" in address]
    if len(keys) > len(set(keys)):
        yield "addresses", "two addresses have the same key"
    for name in ("phones", "schedules"):
        for number, item in enumerate(record.get(name, []), start=1):
            if "address" in item and item["address"] not in keys:
                yield (
                    f"{name}[{number}].address",
                    f"“{item['address']}” is the key of no address of this record",
                )
    visits = {slot.get("address") for slot in record.get("schedules", []) if slot["kind"] == "visit"}
    if None in visits and keys and len(keys) == len(record["addresses"]) and visits >= set(keys):
        yield "schedules", "each address has hours of its own: hours of no address would hold nowhere"


SERVICE = Shape(
    model.Service,
    (
        KEY_LINE,
        Line(
            name="short_code",
            required=True,
            longest=8,
            pattern=re.compile(r"[a-z0-9]{3,8}"),
            hint="3 to 8 small letters or figures; printed on paper, so it never changes",
        ),
        Choice(name="kind", words=model.ServiceKind, required=True),
        Choice(name="state", words=model.ServiceState, required=True),
        Both(name="state_note", both=True, longest=400),
        Choice(name="publication", words=model.Publication, default="published"),
        Choice(name="visibility", words=model.Visibility, default="public"),
        Flag(name="sensitive"),
        Both(name="name", required=True, longest=160),
        _name_translated,
        BothLists(name="alternate_names"),
        Reference(name="organization", kind="organizations"),
        Both(name="operator", both=True, longest=300),
        Both(name="summary", required=True, longest=280),
        Both(name="description"),
        Both(name="eligibility", longest=600),
        Both(name="fees", longest=600),
        Choice(name="free", words=model.YesNo),
        Choice(name="papers_needed", words=model.YesNo),
        Choice(name="residents_only", words=model.YesNo),
        Choice(name="confidential", words=model.YesNo),
        BothLists(name="documents", attribute="required_documents"),
        Words(
            name="access_modes",
            allowed=("walk_in", "appointment", "phone", "referral_required", "registration"),
        ),
        Both(name="application", longest=800),
        Many(name="phones", shape=PHONE),
        _email,
        _website,
        _Addresses(name="addresses", attribute="service_at_locations", shape=ADDRESS),
        Flag(name="address_confidential"),
        Flag(name="safety_decided"),
        Reference(name="neighbourhood", kind="neighbourhoods"),
        Reference(name="service_area", kind="areas"),
        Choice(name="wheelchair", words=model.YesNo),
        Both(name="accessibility", longest=300),
        Many(name="schedules", shape=SLOT),
        Both(name="schedule_note", longest=400),
        Reference(name="schedule_source", kind="sources"),
        PhoneNumber(name="after_hours_phone"),
        Flag(name="follows_school_calendar"),
        Many(name="closures", shape=CLOSURE),
        Words(name="languages", allowed=SPOKEN_LANGUAGES),
        Many(name="terms", attribute="attributes", shape=FILED_UNDER, identity="term"),
        References(name="publics", kind="publics"),
        Day(name="assured_date"),
        Count(name="review_interval_months", default=6),
        Choice(name="intake_status", words=model.IntakeStatus),
        Day(name="intake_as_of"),
        Both(name="intake_note", longest=200),
        Both(name="professional_note", longest=1000),
        Flag(name="accepts_relay"),
        MailAddress(name="relay_email"),
        Reference(name="merged_into", kind="services", as_key=True, chain="services"),
        Many(name="citations", shape=CITATION),
    ),
    also=_service_faults,
    finish=model.Service.link_places,
)
OBJECTIVE = Shape(
    model.Objective,
    (Count(name="number", required=True), Both(name="text", required=True, both=True)),
)


ACTION_STANDING = Shape(
    model.ActionStanding,
    (
        Choice(name="progress", words=model.Progress, required=True),
        Day(name="as_of", required=True),
        Both(name="evidence", required=True, longest=600),
        Line(name="url", pattern=WEB, hint="an address that starts with https://"),
    ),
)
INDICATOR_FIGURE = Shape(
    model.IndicatorFigure,
    (
        Count(name="year", required=True),
        Amount(name="value", required=True),
        Line(name="source", longest=300),
    ),
)
INDICATOR = Shape(
    model.Indicator,
    (
        Both(name="name", required=True, longest=200),
        Amount(name="baseline"),
        Count(name="baseline_year"),
        Amount(name="target"),
        Count(name="target_year"),
        Many(name="figures", shape=INDICATOR_FIGURE, identity="year"),
    ),
)


def _body_faults(body: Mapping[str, Any]) -> FieldErrors:
    if ("organization" in body) == ("name" in body):
        yield "name", "give an organisation of the guide, or a name, not both"


ACTION_BODY = Shape(
    model.ActionBody,
    (Reference(name="organization", kind="organizations"), Both(name="name", longest=160)),
    also=_body_faults,
)


def _action_faults(action: Mapping[str, Any]) -> FieldErrors:
    if (action["text_status"] == "missing") == ("text" in action):
        yield "text", "an action has a text, or text_status missing, not both"


ACTION = Shape(
    model.Action,
    (
        KEY_LINE,
        Line(name="number", required=True, longest=16),
        Count(name="objective"),
        Choice(name="number_status", words=model.NumberStatus, required=True),
        Both(name="text", both=True),
        Choice(name="text_status", words=model.TextStatus, required=True),
        Both(name="note", both=True),
        Choice(name="service_expected", words=model.YesNo),
        Many(name="bodies", shape=ACTION_BODY),
        Many(name="standings", shape=ACTION_STANDING),
        Many(name="indicators", shape=INDICATOR),
    ),
    also=_action_faults,
)
THEME = Shape(
    model.Theme,
    (
        KEY_LINE,
        Count(name="number", required=True),
        Both(name="name", required=True, both=True, longest=120),
        _name_translated,
        Both(name="finding", both=True),
        Both(name="objective", both=True),
        Many(name="objectives", shape=OBJECTIVE, identity="number"),
        Many(name="actions", shape=ACTION, identity="key"),
    ),
)
PLAN = Shape(
    model.Plan,
    (
        KEY_LINE,
        Both(name="title", required=True, both=True, longest=200),
        Choice(name="title_translated", words=LANGUAGES),
        Both(name="short_title", required=True, both=True, longest=80),
        Both(name="publisher", longest=200),
        Count(name="starts", required=True),
        Count(name="ends", required=True),
        Count(name="declared_actions"),
        Count(name="declared_themes"),
        Choice(name="origin", words=model.PlanOrigin, default="official"),
        Both(name="note", both=True),
        Reference(name="source", kind="sources", required=True),
        Many(name="themes", shape=THEME, identity="key"),
    ),
)


def _fulfilment_faults(link: Mapping[str, Any]) -> FieldErrors:
    quotes = sum(1 for citation in link.get("citations", []) if citation.get("quote"))
    if link["state"] == "confirmed":
        needed = {"named_in_review": 2, "stated": 0}.get(link["basis"], 1)
        if link["basis"] == "inferred":
            yield "state", "what is inferred is proposed, never confirmed"
        elif quotes < needed:
            yield "citations", f"a confirmed link with this basis needs {needed} quotation(s); {quotes} found"
        elif link["basis"] == "stated" and "decided_on" not in link:
            yield "decided_on", "what an organisation states is confirmed by the coordinator, on a day"
    if link["basis"] != "stated" and len(link["reason"]) < len(LANGUAGES):
        yield "reason", "is needed in both languages"


FULFILMENT = Shape(
    model.Fulfilment,
    (
        Reference(name="service", kind="services", required=True),
        Reference(name="action", kind="actions", key_of="reference", required=True),
        Choice(name="role", words=model.FulfilmentRole, required=True),
        Choice(name="basis", words=model.FulfilmentBasis, required=True),
        Choice(name="state", words=model.FulfilmentState, required=True),
        Both(name="reason", required=True, longest=400),
        Day(name="decided_on"),
        Line(name="decision_note", longest=400),
        Many(name="citations", shape=EVIDENCE),
    ),
    also=_fulfilment_faults,
)
LINEAGE = Shape(
    model.ActionLineage,
    (
        Reference(name="from", attribute="from_action", kind="actions", key_of="reference", required=True),
        Reference(
            name="to",
            attribute="to_action",
            kind="actions",
            key_of="reference",
            required=True,
            chain="lineage",
            chain_from="from",
        ),
        Choice(name="kind", words=model.LineageKind, required=True),
        Both(name="note", both=True),
    ),
)
MOST_QUESTIONS = 4
_ASKED_KINDS: Mapping[str, str] = {"topic": "needs", "public": "publics"}
"""The facts that a question asks of topics or publics, and the kind of record these are."""


@dataclass(frozen=True, kw_only=True)
class _About(Words):
    """What a question is about: keys of topics or of publics, or codes of languages."""

    def errors(self, value: Any, known: Known) -> FieldErrors:
        yield from super().errors(value, known)
        for key in value if isinstance(value, list) else []:
            if not (key in SPOKEN_LANGUAGES or any(known(kind, str(key)) for kind in _ASKED_KINDS.values())):
                yield self.name, f"“{key}” is no topic, no public and no language"

    def beside(self, record: Mapping[str, Any], known: Known, follow: Follow) -> FieldErrors:
        kind = _ASKED_KINDS.get(record["fact"], "")
        for key in record[self.name] if kind else []:
            if key not in SPOKEN_LANGUAGES and not known(kind, key):
                yield self.name, f"“{key}” is not the key of any record of {kind}"


def _question_faults(question: Mapping[str, Any]) -> FieldErrors:
    fact, about = question["fact"], question.get("about", [])
    spoken = [value for value in about if value in SPOKEN_LANGUAGES]
    if fact in (*_ASKED_KINDS, "language") and not about:
        yield "about", f"say which {fact} the question is about"
    elif fact not in (*_ASKED_KINDS, "language") and about:
        yield "about", f"a question of “{fact}” is about nothing more: leave this out"
    elif fact == "language" and spoken != about:
        yield "about", f"write codes of languages: {', '.join(SPOKEN_LANGUAGES)}"
    elif fact in _ASKED_KINDS and spoken:
        yield "about", f"write keys of {_ASKED_KINDS[fact]}, no language"


def _question_set_faults(record: Mapping[str, Any]) -> FieldErrors:
    if record["key"] != record["need"]:
        yield "key", "the questions of a need bear its key"
    if len(record["questions"]) > MOST_QUESTIONS:
        yield "questions", f"{len(record['questions'])} questions; at most {MOST_QUESTIONS}"


QUESTION = Shape(
    model.Question,
    (
        KEY_LINE,
        Choice(name="fact", words=model.AskedFact, required=True),
        _About(name="about"),
        Both(name="text", required=True, both=True, longest=160),
        Both(name="hint", both=True, longest=200),
        Both(name="yes", required=True, both=True, longest=120),
        Both(name="no", required=True, both=True, longest=120),
    ),
    also=_question_faults,
)
QUESTION_SET = Shape(
    model.QuestionSet,
    (
        KEY_LINE,
        Reference(name="need", kind="needs", required=True),
        Many(name="questions", required=True, shape=QUESTION, identity="key"),
    ),
    also=_question_set_faults,
)


def _selection_faults(record: Mapping[str, Any]) -> FieldErrors:
    if not any(record.get(name) for name in ("services", "terms", "publics")):
        yield "services", "name services, or the needs and publics whose services belong here"
    for side, slug in record["slug"].items():
        if not KEY.fullmatch(slug):
            yield f"slug.{side}", "small letters, figures and hyphens"


SELECTION_ENTRY = Shape(model.SelectionEntry, (Reference(name="service", kind="services", required=True),))
SELECTION = Shape(
    model.Selection,
    (
        KEY_LINE,
        Count(name="order", attribute="sort_order", required=True),
        Choice(name="kind", words=model.SelectionKind, required=True),
        Both(name="slug", required=True, both=True, longest=64),
        Both(name="title", required=True, both=True, longest=80),
        Both(name="introduction", required=True, both=True, longest=400),
        Both(name="extra", both=True, longest=160),
        Flag(name="week_table"),
        References(name="terms", kind="needs"),
        References(name="publics", kind="publics"),
        # Without an identity: its order is the coordinator's, and is kept or replaced as a whole.
        Many(name="services", attribute="entries", shape=SELECTION_ENTRY),
        References(name="without", kind="services"),
    ),
    also=_selection_faults,
)
MAP_FEATURE = Shape(
    model.MapFeature,
    (
        KEY_LINE,
        Choice(name="kind", words=("outline", "anchor", "square"), required=True),
        Both(name="name", required=True, both=True, longest=80),
        Points(name="points", most=40),
        Reference(name="source", kind="sources", as_key=True),
    ),
)
