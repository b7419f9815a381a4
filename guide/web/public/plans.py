"""Plans, one plan, one action, and the picture of what is covered with its table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from guide.languages import Language, other
from guide.model import Action, Fulfilment, Indicator, Plan, PlanOrigin
from guide.plans.coverage import (
    ActionClass,
    LinkStanding,
    PlanCoverage,
    classify,
    counts,
    coverage,
    link_standing,
    shown_links,
)
from guide.plans.queries import newest_standing, whole_plans
from guide.publish.tables import csv_text
from guide.web.ui import discretion
from guide.web.ui.cards import service_url
from guide.web.ui.formatting import short_date
from guide.web.ui.labels import class_label, progress_label, standing_label
from guide.web.ui.paging import address_of_page, page_of
from guide.web.ui.request_context import guide, now, per_revision
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page, query_string, query_value

pages = Blueprint("plans", __name__)

MOST_NAMED = 10
"""So many services of an action are named in a table of the whole plan; the page of the action has all."""
CLASS_SLUGS: dict[ActionClass, dict[Language, str]] = {
    ActionClass.COVERED: {"fr": "couverte", "nl": "gedekt"},
    ActionClass.PROPOSED_ONLY: {"fr": "proposee", "nl": "voorgesteld"},
    ActionClass.ANNOUNCED_ONLY: {"fr": "annoncee", "nl": "aangekondigd"},
    ActionClass.NONE: {"fr": "sans-service", "nl": "zonder-dienst"},
    ActionClass.NO_SERVICE_EXPECTED: {"fr": "aucun-service-attendu", "nl": "geen-dienst-verwacht"},
    ActionClass.TEXT_NOT_HELD: {"fr": "texte-manquant", "nl": "tekst-ontbreekt"},
}
"""What a class of coverage is called in an address."""


@bilingual_page(pages, "/plans/", "/plannen/")
def index(lang: Language) -> str:
    """The plans with their coverage; the one of doubtful origin stands apart, without figures."""
    plans = _plans()
    return render_template(
        "public/plans/index.html",
        main_part=("plans",),
        plans=[_coverage(plan) for plan in plans if plan.origin is PlanOrigin.OFFICIAL],
        doubtful=[plan for plan in plans if plan.origin is PlanOrigin.DOUBTFUL],
    )


@bilingual_page(pages, "/plans/<plan>/", "/plannen/<plan>/")
def show(lang: Language, plan: str) -> str:
    """A plan: its themes and actions, filtered by class of coverage."""
    found = _plan(plan)
    if found is None:
        abort(404)
    figures = _coverage(found)
    chosen = query_value("class", lang)
    selected = next((kind for kind in ActionClass if CLASS_SLUGS[kind][lang] == chosen), None)
    if selected:
        g.alternate_query = {"class": CLASS_SLUGS[selected][other(lang)]}
    official = found.origin is PlanOrigin.OFFICIAL
    chips = [
        {
            "kind": kind,
            "count": figures.counts[kind],
            "active": kind is selected,
            "url": url_for("public.plans.show", plan=plan)
            + query_string({} if kind is selected else {"class": CLASS_SLUGS[kind][lang]}, lang),
        }
        for kind in ActionClass
        if figures.counts[kind] or kind is selected
    ]
    themes = [
        (theme, [action for action in theme.actions if selected in (None, figures.classes[action.reference])])
        for theme in found.themes
    ]
    return render_template(
        "public/plans/show.html",
        main_part=("plan", plan, selected),
        plan=found,
        figures=figures,
        official=official,
        chips=chips,
        selected=selected,
        themes=[(theme, actions) for theme, actions in themes if actions or selected is None],
    )


@bilingual_page(pages, "/plans/<plan>/couverture", "/plannen/<plan>/dekking")
def picture(lang: Language, plan: str) -> str:
    """What is covered, theme by theme: a picture, and the same figures as a table."""
    found, figures = _covered(plan)
    behind = _behind(found)
    return render_template(
        "public/plans/coverage.html",
        main_part=("coverage", plan),
        plan=found,
        figures=figures,
        rows=[
            {
                "action": action,
                "class": figures.classes[action.reference],
                "behind": behind[action.key],
            }
            for action in found.actions
        ],
        classes=list(ActionClass),
    )


@bilingual_page(pages, "/plans/<plan>/couverture.csv", "/plannen/<plan>/dekking.csv")
def table(lang: Language, plan: str) -> Response:
    """The coverage action by action as a spreadsheet reads it; the same figures as the page."""
    found, figures = _covered(plan)
    header = [
        _("Thème"),
        _("Action"),
        _("Texte"),
        _("Couverture"),
        _("Services"),
        _("Avancement"),
        _("Chiffres"),
    ]
    rows = [
        [
            action.theme.name.localized(lang).words,
            action.number,
            action.text.localized(lang).words,
            class_label(figures.classes[action.reference]),
            ", ".join(
                f"{link.service.name.localized(lang).words} ({standing_label(link_standing(link)).lower()})"
                for link in shown_links(action)
            ),
            _progress_words(action),
            "; ".join(_figures_words(indicator, lang) for indicator in action.indicators),
        ]
        for action in found.actions
    ]
    discretion.show(link.service for action in found.actions for link in shown_links(action))
    answer = make_response(csv_text(header, rows))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.key}-{lang}.csv"'
    return answer


@bilingual_page(pages, "/plans/<plan>/rapport", "/plannen/<plan>/verslag")
def report(lang: Language, plan: str) -> str:
    """The yearly report, to be printed: each theme with its figures, each action with what is behind them."""
    found, figures = _covered(plan)
    behind = _behind(found)
    rows: dict[str, list[dict[str, Any]]] = {
        part.theme.key: [
            {
                "action": action,
                "class": figures.classes[action.reference],
                "behind": behind[action.key],
                "newest": newest_standing(action),
            }
            for action in part.theme.actions
        ]
        for part in figures.themes
    }
    return render_template(
        "public/plans/report.html",
        main_part=("report", plan),
        plan=found,
        figures=figures,
        rows=rows,
        printed=_today(),
    )


@bilingual_page(pages, "/plans/<plan>/<key>", "/plannen/<plan>/<key>")
def action(lang: Language, plan: str, key: str) -> str | AnyResponse:
    """One action: its words, its state, the services that fulfil it, its sister in the other plan."""
    actions = {action.key: action for action in its.actions} if (its := _plan(plan)) else {}
    found = actions.get(key)
    if found is None:
        plain = key.lstrip("0")
        if plain != key and plain.isdigit() and plain in actions:
            return redirect(url_for("public.plans.action", plan=plan, key=plain), 301)
        abort(404)
    today = _today()
    links = shown_links(found)
    page = page_of(links, lang)
    discretion.show(link.service for link in page.items)
    return render_template(
        "public/plans/action.html",
        main_part=("action", plan, key, page.number),
        action=found,
        plan=found.theme.plan,
        official=found.theme.plan.origin is PlanOrigin.OFFICIAL,
        kind=classify(found, today),
        links=[
            {
                "link": link,
                "standing": link_standing(link),
                "counts": counts(link, today),
                "url": service_url(link.service),
            }
            for link in page.items
        ],
        page=page,
        page_url=lambda number: address_of_page(number, lang),
        neighbours=_neighbours(found),
        newest=newest_standing(found),
    )


@dataclass(frozen=True, slots=True)
class Behind:
    """The services behind an action as tables name them: the first of them, and how many others there are."""

    links: Sequence[tuple[Fulfilment, LinkStanding]]
    others: int


def _behind(plan: Plan) -> Mapping[str, Behind]:
    """What is behind each action, by its key; the page names these services without a card of theirs."""
    found = per_revision(f"behind {plan.key}", lambda: {one.key: _of_action(one) for one in plan.actions})
    discretion.show(link.service for one in found.values() for link, _standing in one.links)
    return found


def _of_action(action: Action) -> Behind:
    links = shown_links(action)
    return Behind(
        [(link, link_standing(link)) for link in links[:MOST_NAMED]], max(0, len(links) - MOST_NAMED)
    )


def _plans() -> Sequence[Plan]:
    """Every plan with all that any page says of it, read once for a revision; nobody changes them."""
    return per_revision("plans", _whole_plans)


def _whole_plans() -> Sequence[Plan]:
    with Session(guide().engine) as db_session:
        return whole_plans(db_session)


def _plan(key: str) -> Plan | None:
    return next((plan for plan in _plans() if plan.key == key), None)


def _coverage(plan: Plan) -> PlanCoverage:
    """The figures of a plan today."""
    return per_revision(f"coverage of {plan.key}", lambda: coverage(plan, _today()), _today())


def _covered(key: str) -> tuple[Plan, PlanCoverage]:
    """An official plan and its figures of today; 404 for any other."""
    found = _plan(key)
    if found is None or found.origin is PlanOrigin.DOUBTFUL:
        abort(404)
    return found, _coverage(found)


def _progress_words(action: Action) -> str:
    newest = newest_standing(action)
    return f"{progress_label(newest.progress)} ({short_date(newest.as_of)})" if newest is not None else ""


def _figures_words(indicator: Indicator, lang: Language) -> str:
    figures = ", ".join(f"{figure.year}: {figure.value}" for figure in indicator.figures)
    return (
        f"{indicator.name.localized(lang).words} ({figures})"
        if figures
        else indicator.name.localized(lang).words
    )


def _neighbours(action: Action) -> tuple[Action | None, Action | None]:
    """The actions before and after in the plan."""
    actions = action.theme.plan.actions
    place = actions.index(action)
    return (
        actions[place - 1] if place else None,
        actions[place + 1] if place + 1 < len(actions) else None,
    )


def _today() -> date:
    return now().date()
