"""The one pill that says of a listing whether it helps at this moment, in the same words wherever it stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from flask_babel import gettext as _

from guide.directory import figures, hours_in_words
from guide.directory.hours import Opening, OpenState
from guide.languages import LocalText
from guide.model import Service, ServiceKind, ServiceState
from guide.web.ui.request_context import now
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


def state_pill(service: Service, opening: OpenState) -> Pill | None:
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
        words = _("Répond jour et nuit") if opening.current else _("Répond jour et nuit, à vérifier")
        return Pill("ok" if opening.current else "neutral", words, "clock")
    sayings = _OF_A_LINE if service.kind is ServiceKind.HELPLINE else _OF_A_PLACE
    said = sayings.get(opening.state)
    if said is None:
        return None
    return replace(said(service, opening), place=_place(opening))


def _place(opening: OpenState) -> LocalText | None:
    if opening.place is not None:
        return opening.place.street.localized(reader())
    return LocalText(_("autres adresses"), reader()) if opening.elsewhere else None


def _open(service: Service, opening: OpenState) -> Pill:
    if opening.until is None:
        return Pill("ok", _("Ouvert"), passing=True)
    time = figures.clock_time(opening.until, reader())
    if opening.state is Opening.CLOSES_SOON:
        return Pill("warn", _("Ferme bientôt, à %(time)s", time=time), passing=True)
    return Pill("ok", _("Ouvert, jusqu’à %(time)s", time=time), passing=True)


def _closed(service: Service, opening: OpenState) -> Pill:
    if service.after_hours_phone:
        return _goes_elsewhere(service)
    today = _resting_today(opening)
    closed = _("Fermé aujourd’hui : %(name)s", name=today) if today else _("Fermé")
    return Pill("neutral", _with_next(closed, opening), passing=True)


def _with_next(closed: str, opening: OpenState) -> str:
    """That it is closed, and when it opens next, as far as that is known."""
    when = _when(opening)
    if not when:
        return closed
    if opening.perhaps:
        name = hours_in_words.holiday_name(opening.perhaps, reader())
        return _(
            "%(closed)s. Ouvre peut-être %(when)s : jour férié (%(name)s)",
            closed=closed,
            when=when,
            name=name,
        )
    return _("%(closed)s. Ouvre %(when)s", closed=closed, when=when)


def _temporarily_closed(service: Service, opening: OpenState) -> Pill:
    assert opening.closure is not None  # the state says so
    ends = opening.closure.ends
    if opening.opens and not opening.perhaps:
        # A weekend or a holiday may follow. A day, and not "tomorrow": a page may be kept.
        ends = max(ends, opening.opens.date() - timedelta(days=1))
    until = figures.short_date(ends, reader())
    return Pill("stop", _("Fermé jusqu’au %(date)s inclus", date=until), "cross")


def _perhaps_on_holiday(service: Service, opening: OpenState) -> Pill:
    """On a public holiday of which nobody knows: never "closed", never "open"."""
    assert opening.holiday is not None  # the state says so
    name = hours_in_words.holiday_name(opening.holiday, reader())
    if service.kind is ServiceKind.HELPLINE:
        words = _("Jour férié (%(name)s) : répond peut-être. Essayez.", name=name)
    elif service.phones:
        words = _("Jour férié (%(name)s). Peut-être fermé. Appelez d’abord.", name=name)
    else:
        words = _("Jour férié (%(name)s). Peut-être fermé. Demandez d’abord.", name=name)
    return Pill("warn", words, "clock", passing=True)


def _answers(service: Service, opening: OpenState) -> Pill:
    words = _("Répond en principe maintenant")
    if opening.until is not None:
        time = figures.clock_time(opening.until, reader())
        words = _("Répond en principe maintenant, jusqu’à %(time)s", time=time)
    return Pill("ok" if opening.state is Opening.OPEN else "warn", words, passing=True)


def _silent(service: Service, opening: OpenState) -> Pill:
    if service.after_hours_phone:
        return _goes_elsewhere(service)
    if not opening.current:
        return Pill("neutral", _("Ne répond pas à cette heure, à vérifier"), passing=True)
    today = _resting_today(opening)
    silent = (
        _("Ne répond pas aujourd’hui : %(name)s", name=today) if today else _("Ne répond pas à cette heure")
    )
    when = _when(opening)
    if when and opening.perhaps:
        name = hours_in_words.holiday_name(opening.perhaps, reader())
        silent = _(
            "%(silent)s. Répond peut-être %(when)s : jour férié (%(name)s)",
            silent=silent,
            when=when,
            name=name,
        )
    elif when:
        silent = _("%(silent)s. Appelez %(when)s", silent=silent, when=when)
    return Pill("neutral", silent, passing=True)


def _silent_for_a_while(service: Service, opening: OpenState) -> Pill:
    if service.after_hours_phone:
        return _goes_elsewhere(service)
    assert opening.closure is not None  # the state says so
    until = figures.short_date(opening.closure.ends, reader())
    return Pill("stop", _("Ne répond pas jusqu’au %(date)s inclus", date=until), "cross")


def _goes_elsewhere(service: Service) -> Pill:
    number = figures.phone(service.after_hours_phone or "")
    return Pill("ok", _("À cette heure, votre appel va au %(number)s", number=number), "phone", passing=True)


def _resting_today(opening: OpenState) -> str:
    """Why the hours of today rest; '' when they do not, or nobody said why."""
    if opening.off and opening.off.reason:
        return opening.off.reason.localized(reader()).words
    return hours_in_words.holiday_name(opening.holiday, reader()) if opening.holiday else ""


def _when(opening: OpenState) -> str:
    return figures.day_in_words(opening.opens, now().date(), reader()) if opening.opens else ""


Words = Callable[[Service, OpenState], Pill]

_OF_A_PLACE: Mapping[Opening, Words] = {
    Opening.OPEN: _open,
    Opening.CLOSES_SOON: _open,
    Opening.CLOSED: _closed,
    Opening.HOLIDAY: _perhaps_on_holiday,
    Opening.TEMPORARILY_CLOSED: _temporarily_closed,
}
_OF_A_LINE: Mapping[Opening, Words] = {
    Opening.OPEN: _answers,
    Opening.CLOSES_SOON: _answers,
    Opening.CLOSED: _silent,
    Opening.HOLIDAY: _perhaps_on_holiday,
    Opening.TEMPORARILY_CLOSED: _silent_for_a_while,
}
