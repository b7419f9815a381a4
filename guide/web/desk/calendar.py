"""The calendar of an organisation: closed days, summer hours and school holidays of all its listings at once."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from guide.audit import Edit
from guide.dates import parse_date
from guide.editing import calendars
from guide.editing.calendars import Periods
from guide.editing.listings import is_team
from guide.languages import LANGUAGES, Language
from guide.model import PeriodKind
from guide.records.three_way_merge import seen_now
from guide.web.desk.listing_view import who
from guide.web.security.access_control import actor
from guide.web.security.signing import sign, signed
from guide.web.ui import forms, record_labels
from guide.web.ui.fields import Lines, Row, sides
from guide.web.ui.forms import GuideForm
from guide.web.ui.hours_fields import PeriodLine, SpanLine, SummerLine, shown_time
from guide.web.ui.request_context import now, session, writing
from guide.web.ui.urls import bilingual_page, query_string

pages = Blueprint("calendar", __name__)

MORE = "_encore"
"""The button that gives more lines, and saves nothing."""


class CalendarForm(GuideForm):
    """The periods of each kind, one a line. What is over on the day `today` is not among them."""

    closed = Lines(PeriodLine, spare=2)
    short_hours = Lines(SummerLine, spare=1)
    school_holidays = Lines(SpanLine, spare=2)

    def __init__(self, *arguments: Any, today: date, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.today = today

    @property
    def periods(self) -> Periods:
        """What was typed, as records."""
        return {
            kind.value: sorted(_records(kind, self[kind.value]), key=lambda one: (one["starts"], one["ends"]))
            for kind in PeriodKind
        }

    def add_lines(self, name: str) -> None:
        """More empty lines of this kind."""
        if name in list(PeriodKind):
            self[name].add(2)  # type: ignore[attr-defined]


@bilingual_page(
    pages, "/mon-association/calendrier/<key>", "/mijn-vereniging/kalender/<key>", ("GET", "POST")
)
def calendar(lang: Language, key: str) -> str | Response | AnyResponse:
    """The calendar of one organisation, for its editors and the coordinators; what is saved counts at once."""
    organization = calendars.find(session(), who(), key)
    if organization is None:
        abort(404)
    given = request.form.get("vu", "")
    seen = signed(_purpose(key), given, forms.FORM_LIFE)
    # What has ended since the form was opened is still in it.
    since = date.fromisoformat(seen["day"]) if seen else now().date()
    stands = calendars.periods_of(organization, since)
    posted = request.method == "POST"
    form = CalendarForm(request.form if posted else None, data=_shown(stands), today=since)
    conflict: list[str] = []
    if MORE in request.form:
        form.add_lines(request.form[MORE])
    elif forms.sent() and form.validate():
        conflict = _save(key, calendars.CalendarEdit(form.periods, seen and seen["periods"], since))
        if not conflict:
            saved = query_string({"saved": "-"}, lang)
            return redirect(url_for("desk.calendar.calendar", key=key) + saved, 303)
        form.problems.append(forms.changed_meanwhile())
        session().expire_all()
        stands = calendars.periods_of(organization, since)
    shown = seen_now(seen and seen["periods"], stands, conflict)
    page = render_template(
        "desk/calendar/calendar.html",
        organization=organization,
        form=form,
        seen=given if posted and not conflict else sign(_purpose(key), _carried(since, shown)),
        theirs={kind: _in_words(stands[kind]) for kind in conflict},
        over=[one for periods in calendars.over(organization, since).values() for one in _in_words(periods)],
        services=calendars.listings_of(session(), organization),
        team=is_team(who()),
    )
    return make_response(page, 422 if form.has_errors else 200)


def _save(key: str, typed: calendars.CalendarEdit) -> list[str]:
    """Saves what was typed; the kinds somebody else changed meanwhile."""
    with writing() as db_session:
        account = actor(db_session)
        organization = calendars.find(db_session, account, key)
        if organization is None:
            abort(404)
        return calendars.save(db_session, organization, typed, Edit(account, now()))


def _purpose(key: str) -> str:
    return f"seen:calendar:{key}"


def _carried(since: date, periods: Any) -> dict[str, Any]:
    return {"day": since.isoformat(), "periods": periods}


def _shown(periods: Periods) -> dict[str, list[Row]]:
    """The periods as the form shows them, by field."""
    return {
        kind: [
            {
                "starts": one["starts"],
                "ends": "" if kind == PeriodKind.CLOSED and one["ends"] == one["starts"] else one["ends"],
                **{
                    name: shown_time(one[name + "_at"]) for name in ("opens", "closes") if name + "_at" in one
                },
                **{f"reason_{side}": one.get("reason", {}).get(side, "") for side in LANGUAGES},
            }
            for one in found
        ]
        for kind, found in periods.items()
    }


def _records(kind: PeriodKind, lines: Any) -> Iterator[dict[str, Any]]:
    for line in [entry.form for entry in lines if entry.form.is_filled]:
        row = line.row
        starts = parse_date(row["starts"])
        ends = parse_date(row["ends"]) if row["ends"] else starts
        times = getattr(line, "times", None)
        if starts and ends and (times or kind is not PeriodKind.SHORT_HOURS):
            yield {
                "kind": kind.value,
                "starts": starts.isoformat(),
                "ends": ends.isoformat(),
                **({"opens_at": times[0], "closes_at": times[1]} if times else {}),
                **({"reason": sides(row, "reason")} if sides(row, "reason") else {}),
            }


def _in_words(periods: Sequence[dict[str, Any]]) -> list[Any]:
    return [line for one in periods for line in record_labels.period_lines(one)]
