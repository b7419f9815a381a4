"""The coordinator's figures of the fiche-relais, for the yearly report: counts of a year, and no referral."""

from collections.abc import Callable, Iterable, Sequence

from flask import Blueprint, Response, abort, g, make_response, render_template, url_for

from guide.languages import Language
from guide.model import Action
from guide.publish.tables import csv_text
from guide.referrals import counting
from guide.referrals.counting import Figures, Hidden, Row, Shown
from guide.web.referrals.labels import decline_reason_label, outcome_label, referral_state_label
from guide.web.ui.request_context import now, session
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page, query_string, query_value, reader

pages = Blueprint("referral_statistics", __name__)

Line = tuple[str, Sequence[str]]
"""A line of a table in words: what is counted, and its figures."""


@bilingual_page(pages, "/moderation/fiches-relais", "/moderatie/doorverwijzingen")
def show(lang: Language) -> str:
    """A year's figures on one page that prints."""
    year, years = _asked(lang)
    figures = counting.figures(session(), year)
    return render_template(
        "moderation/referral_statistics/show.html",
        figures=figures,
        total=in_words(figures.total),
        paper_total=in_words(figures.paper_total),
        years_tabs=[
            (
                str(one),
                url_for("moderation.referral_statistics.show") + query_string({"year": str(one)}, lang),
                one == year,
            )
            for one in years
        ],
        tables=_tables(figures),
        lists=_lists(figures),
        query=query_string({"year": str(year)}, lang),
    )


@bilingual_page(pages, "/moderation/fiches-relais.csv", "/moderatie/doorverwijzingen.csv")
def table(lang: Language) -> Response:
    """The same figures as one table for a spreadsheet."""
    year, _years = _asked(lang)
    figures = counting.figures(session(), year)
    header = [_("Année"), _("Tableau"), _("Ligne"), *_columns()]
    rows: list[list[object]] = [
        [year, _("Toutes"), "", in_words(figures.total), "", "", ""],
        [year, _("Sur papier"), "", in_words(figures.paper_total), "", "", ""],
    ]
    for title, lines in (*_lists(figures), *_tables(figures)):
        rows += [[year, title, label, *cells, *[""] * (4 - len(cells))] for label, cells in lines]
    rows += [
        [
            year,
            _("Envoyée sans accord"),
            one.service.name.localized(lang).words,
            one.day.isoformat(),
            "",
            "",
            "",
        ]
        for one in figures.emergencies
    ]
    answer = make_response(csv_text(header, rows))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = "fiches-relais" if lang == "fr" else "doorverwijzingen"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{year}.csv"'
    return answer


def in_words(figure: Shown) -> str:
    """A figure as it is shown: below five as such, and one that would give such a one away not at all."""
    if figure is Hidden.SMALL:
        return _("< 5")
    return _("non montré") if figure is Hidden.BESIDE else str(figure)


def _asked(lang: Language) -> tuple[int, list[int]]:
    """The year of the address (this one without any), and those one may choose; 404 for what is no year."""
    this = now().year
    text = query_value("year", lang) or str(this)
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        abort(404)
    g.alternate_query = {"year": text} if query_value("year", lang) else {}
    return int(text), sorted({this, int(text), *counting.years(session())}, reverse=True)


def _columns() -> list[str]:
    return [_("Envoyées"), _("Acceptées"), _("Refusées"), _("Personne aidée")]


def _tables(figures: Figures) -> list[tuple[str, list[Line]]]:
    """The tables with four columns."""
    return [
        (_("Par thème"), _lines(figures.by_theme)),
        (_("Par service"), _lines(figures.by_service)),
        (_("Par action du plan"), _lines(figures.by_action)),
    ]


def _lists(figures: Figures) -> list[tuple[str, list[Line]]]:
    """The tables with one column."""

    def one_column(pairs: Iterable[tuple[str, Shown]], label: Callable[[str], str]) -> list[Line]:
        return [(label(name), [in_words(figure)]) for name, figure in pairs]

    return [
        (_("Où elles en sont"), one_column(figures.states, referral_state_label)),
        (_("Ce qu’est devenue la demande"), one_column(figures.outcomes, outcome_label)),
        (_("Pourquoi un service a refusé"), one_column(figures.reasons, decline_reason_label)),
        (_("Sur papier, par service"), [(_label(one), [in_words(many)]) for one, many in figures.paper]),
    ]


def _lines(rows: Iterable[Row]) -> list[Line]:
    return [
        (_label(row.label), [in_words(one) for one in (row.sent, row.accepted, row.declined, row.met)])
        for row in rows
    ]


def _label(thing: object) -> str:
    """A theme, a service or an action of a plan in the reader's language."""
    lang = reader()
    if isinstance(thing, Action):
        plan = thing.theme.plan.short_title.localized(lang)
        return _(
            "%(plan)s, action %(number)s : %(theme)s",
            plan=plan,
            number=thing.number,
            theme=thing.theme.name.localized(lang),
        )
    name = getattr(thing, "name", None)
    return str(name.localized(lang).words) if name is not None else str(thing)
