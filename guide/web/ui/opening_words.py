"""The one pill that says of a listing whether it helps at this moment, in the same words wherever it stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from guide.directory import figures, hours_in_words
from guide.directory.hours import Opening, OpenState, phone_to_call
from guide.directory.listing import AnyListing, AnyPhone
from guide.directory.timetable import ClosedSpan
from guide.directory.urgent import Answers, Line
from guide.languages import LocalText
from guide.model import ServiceKind, ServiceState
from guide.web.ui.request_context import now
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import reader


@dataclass(frozen=True, slots=True)
class Pill:
    """Words with a colour and an icon. `passing`: so at this hour only, and not shown on a page kept for later.

    `place`: where, when the places of the listing have hours of their own.
    """

    kind: str
    words: str
    icon: str | None = None
    passing: bool = False
    place: LocalText | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """How somebody is reached: a line that one only calls, or a place; by a number of its own or not.

    `elsewhere`: the number that takes its calls outside of its hours ('' for none).
    """

    is_line: bool
    has_number: bool
    elsewhere: str


def state_pill(service: AnyListing, opening: OpenState) -> Pill | None:
    """The one state of a service worth a pill: what does not exist says so first, then closures, then hours.

    None when its hours are not known: that is said once, elsewhere. A line that one calls answers or does not, in
    the words of the urgent numbers: nothing of it opens.
    """
    if service.state is not ServiceState.EXISTING:
        announced = service.state is ServiceState.ANNOUNCED
        return Pill("announced", _("Annoncé dans un plan")) if announced else Pill("ended", _("Terminé"))
    if service.state_note and not service.assured_date:
        return Pill("warn", _("N’existe peut-être plus"))
    if opening.state is Opening.DAY_AND_NIGHT:
        answers = _("Répond jour et nuit") if opening.by_phone else _("Ouvert jour et nuit")
        words = answers if opening.current else _("%(answers)s, à vérifier", answers=answers)
        return Pill("ok" if opening.current else "neutral", words, "clock")
    reached = Reached(
        service.kind is ServiceKind.HELPLINE or opening.by_phone,
        bool(service.phones),
        service.after_hours_phone or "",
    )
    said = _SAYINGS.get(opening.state)
    return replace(said(reached, opening), place=_place(opening)) if said else None


def called_now(service: AnyListing) -> AnyPhone | None:
    """The number to call at this moment (`guide.directory.hours.phone_to_call`)."""
    return phone_to_call(service, now())


def phone_pill(opening: OpenState) -> Pill | None:
    """That the telephone is answered at this moment, where nobody can be visited; None elsewhere."""
    if opening.calls is None:
        return None
    words = _("Répond au téléphone")
    if opening.calls.until is not None:
        time = figures.until(opening.calls.until, now(), reader())
        words = _("Répond au téléphone, jusqu’à %(time)s", time=time)
    return Pill("ok", words, "phone", passing=True, place=_place(opening.calls))


def line_words(line: Line) -> str:
    """Whether a number to call answers at this hour, in the words of the pill of a listing, without a full stop.

    '' of one that answers day and night: its hours say so.
    """
    if line.answers is Answers.UNKNOWN:
        return _("Heures à vérifier")
    if line.answers is Answers.ELSEWHERE:
        return _goes_elsewhere(line.elsewhere).words
    reached, said = Reached(True, True, line.elsewhere), _SAYINGS.get(line.opening.state)
    # That its hours are to be checked is said after them.
    return said(reached, replace(line.opening, current=True)).words if said else ""


def _place(opening: OpenState) -> LocalText | None:
    if opening.place is not None:
        return opening.place.street.localized(reader())
    return LocalText(_("autres adresses"), reader()) if opening.elsewhere else None


def _open(reached: Reached, opening: OpenState) -> Pill:
    kind = "warn" if opening.state is Opening.CLOSES_SOON else "ok"
    if opening.until is None:
        words = _("Répond en principe maintenant") if reached.is_line else _("Ouvert")
        return Pill(kind, words, passing=True)
    time = figures.until(opening.until, now(), reader())
    if reached.is_line:
        words = _("Répond en principe maintenant, jusqu’à %(time)s", time=time)
    elif opening.state is Opening.CLOSES_SOON:
        words = _("Ferme bientôt, à %(time)s", time=time)
    else:
        words = _("Ouvert, jusqu’à %(time)s", time=time)
    return Pill(kind, words, passing=True)


def _closed(reached: Reached, opening: OpenState) -> Pill:
    if reached.elsewhere:
        return _goes_elsewhere(reached.elsewhere)
    if not opening.current:
        return Pill("neutral", _("Ne répond pas à cette heure, à vérifier"), passing=True)
    when = figures.day_in_words(opening.opens, now().date(), reader()) if opening.opens else ""
    return Pill("neutral", _and_then(_rests(reached, opening), reached, opening, when), passing=True)


def _rests(reached: Reached, opening: OpenState) -> str:
    """That it is closed, or does not answer, and why, where the hours of this day or night rest."""
    why = _why(opening)
    if not why:
        return _("Ne répond pas à cette heure") if reached.is_line else _("Fermé")
    if opening.night_before:
        return (
            _("Ne répond pas cette nuit : %(name)s", name=why)
            if reached.is_line
            else _("Fermé cette nuit : %(name)s", name=why)
        )
    return (
        _("Ne répond pas aujourd’hui : %(name)s", name=why)
        if reached.is_line
        else _("Fermé aujourd’hui : %(name)s", name=why)
    )


def _and_then(rests: str, reached: Reached, opening: OpenState, when: str) -> str:
    """That it rests, and when it opens or answers next, as far as that is known ('' for not)."""
    if not when:
        return rests
    if opening.perhaps:
        name = hours_in_words.holiday_name(opening.perhaps, reader())
        following = (
            _("Répond peut-être %(when)s : jour férié (%(name)s)", when=when, name=name)
            if reached.is_line
            else _("Ouvre peut-être %(when)s : jour férié (%(name)s)", when=when, name=name)
        )
    else:
        following = _("Appelez %(when)s", when=when) if reached.is_line else _("Ouvre %(when)s", when=when)
    return f"{rests}. {following}"


def _temporarily_closed(reached: Reached, opening: OpenState) -> Pill:
    if reached.is_line and reached.elsewhere:
        return _goes_elsewhere(reached.elsewhere)
    closure = _closure(opening)
    if closure.starts == closure.ends:
        return _closed(reached, _of_one_day(opening, closure))
    if opening.opens:
        # A weekend or a holiday may follow the closure. A date, and not "tomorrow": a page may be kept.
        rests = _("Ne répond pas") if reached.is_line else _("Fermé")
        words = _and_then(rests, reached, opening, figures.dated(opening.opens, reader()))
        return Pill("stop", words, "cross")
    until = figures.short_date(closure.ends, reader())
    words = (
        _("Ne répond pas jusqu’au %(date)s inclus", date=until)
        if reached.is_line
        else _("Fermé jusqu’au %(date)s inclus", date=until)
    )
    return Pill("stop", words, "cross")


def _closure(opening: OpenState) -> ClosedSpan:
    assert opening.closure is not None  # the state says so
    return opening.closure


def _of_one_day(opening: OpenState, closure: ClosedSpan) -> OpenState:
    """A closure of today alone is told as a holiday is: with its reason, and when it opens next."""
    return replace(opening, off=closure.parts[0])


def _perhaps_on_holiday(reached: Reached, opening: OpenState) -> Pill:
    """On a public holiday of which nobody knows: never "closed", never "open"."""
    assert opening.holiday is not None  # the state says so
    name = hours_in_words.holiday_name(opening.holiday, reader())
    if reached.is_line:
        words = _("Jour férié (%(name)s) : répond peut-être. Essayez.", name=name)
    elif reached.has_number:
        words = _("Jour férié (%(name)s). Peut-être fermé. Appelez d’abord.", name=name)
    else:
        words = _("Jour férié (%(name)s). Peut-être fermé. Demandez d’abord.", name=name)
    return Pill("warn", words, "clock", passing=True)


def _goes_elsewhere(number: str) -> Pill:
    number = figures.phone(number)
    return Pill("ok", _("À cette heure, votre appel va au %(number)s", number=number), "phone", passing=True)


def _why(opening: OpenState) -> str:
    """Why the hours of this day or night rest; '' when they do not, or nobody said why."""
    if opening.off and opening.off.reason:
        return opening.off.reason.localized(reader()).words
    return hours_in_words.holiday_name(opening.holiday, reader()) if opening.holiday else ""


_SAYINGS: Mapping[Opening, Callable[[Reached, OpenState], Pill]] = {
    Opening.OPEN: _open,
    Opening.CLOSES_SOON: _open,
    Opening.CLOSED: _closed,
    Opening.HOLIDAY: _perhaps_on_holiday,
    Opening.TEMPORARILY_CLOSED: _temporarily_closed,
}
