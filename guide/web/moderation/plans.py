"""The plans at the coordinator's desk: how far actions are, their figures, who is responsible, a new plan."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from guide.audit import Edit
from guide.languages import Language
from guide.model import (
    Account,
    Action,
    ActionBody,
    Indicator,
    Organization,
    Plan,
    PlanOrigin,
)
from guide.plans import editing
from guide.plans.queries import action_by_key, all_plans, load_follow_up, newest_standing, plan_by_key
from guide.web.moderation.plan_forms import (
    ACTION_FORMS,
    ActionForm,
    LineageForm,
    PlanForm,
    fault_words,
    whole,
)
from guide.web.security import access_control
from guide.web.ui import forms
from guide.web.ui.request_context import now, session, writing
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page, reader

pages = Blueprint("plans", __name__)

LARGEST = 1024 * 1024


@bilingual_page(pages, "/moderation/plans/", "/moderatie/plannen/")
def index(lang: Language) -> str:
    """The plans, each with its actions to follow."""
    return render_template("moderation/plans/index.html", plans=_official())


@bilingual_page(pages, "/moderation/plans/<plan>/", "/moderatie/plannen/<plan>/")
def plan(lang: Language, plan: str) -> str:
    """The actions of a plan: how far each is, and the way to its desk."""
    found = plan_by_key(session(), plan)
    if found is None:
        abort(404)
    load_follow_up(session(), found)
    rows = [(action, newest_standing(action)) for action in found.actions]
    return render_template("moderation/plans/plan.html", plan=found, rows=rows)


@bilingual_page(
    pages, "/moderation/plans/<plan>/<key>", "/moderatie/plannen/<plan>/<key>", methods=("GET", "POST")
)
def action(lang: Language, plan: str, key: str) -> str | Response | AnyResponse:
    """One action: its state with evidence, figures, who is responsible; one small form each."""
    found = action_by_key(session(), plan, key)
    if found is None:
        abort(404)
    what = request.form.get("quoi", "")
    offered = {name: form(request.form if what == name else None) for name, form in ACTION_FORMS.items()}
    organizations = session().scalars(select(Organization).order_by(Organization.key)).all()
    for form in offered.values():
        form.offer(found, organizations)
    if forms.sent() and _act(found, what, offered.get(what)):
        return redirect(url_for("moderation.plans.action", plan=plan, key=key, fait=what), 303)
    wrong = next((form for form in offered.values() if form.has_errors), None)
    page = render_template(
        "moderation/plans/action.html",
        form_id=ACTION_FORMS.get(what, ActionForm).form_id,
        action=found,
        plan=found.theme.plan,
        newest=newest_standing(found),
        wrong=wrong,
        **offered,
    )
    return make_response(page, 422 if wrong else 200)


def _act(action: Action, what: str, form: ActionForm | None) -> bool:
    """Does what was sent, in one transaction; False when something must be mended first: its form says what.

    400 for what no form of this page sends.
    """
    if what == "enlever":
        try:
            with writing() as db_session:
                _remove(db_session, db_session.get_one(Action, action.id))
        except editing.PlanValidationError:
            abort(400)
        return True
    if form is None:
        abort(400)
    if not form.validate():
        return False
    try:
        with writing() as db_session:
            edit = Edit(access_control.actor(db_session), now())
            return form.save(db_session, db_session.get_one(Action, action.id), edit)
    except editing.PlanValidationError:
        form.problems.append(
            _("Une de ces valeurs ne va pas : trop longue, ou avec un numéro de compte bancaire.")
        )
        return False


def _remove(db_session: Session, action: Action) -> None:
    """Takes away the body or the indicator that a button names; what is gone already stays gone."""
    edit = Edit(access_control.actor(db_session), now())
    body = db_session.get(ActionBody, whole(request.form.get("corps")) or 0)
    if body is not None and body in action.bodies:
        editing.remove_body(db_session, action, body, edit)
    counted = db_session.get(Indicator, whole(request.form.get("compte")) or 0)
    if counted is not None and counted in action.indicators:
        editing.remove_indicator(db_session, action, counted, edit)


@bilingual_page(
    pages,
    "/moderation/plans/<plan>/filiation",
    "/moderatie/plannen/<plan>/afstamming",
    methods=("GET", "POST"),
)
def lineage(lang: Language, plan: str) -> str | Response | AnyResponse:
    """For each action of a plan: what it comes from in an older one; the likely ones are there to be ticked."""
    found = plan_by_key(session(), plan)
    if found is None:
        abort(404)
    older = [one for one in _official() if one.starts < found.starts]
    candidates = [action for one in older for action in editing.actions_of(session(), one)]
    mine = editing.actions_of(session(), found)
    named = {_action_name(action): action for action in candidates}
    form = LineageForm(None)
    typed = request.form if request.method == "POST" else None
    if typed is not None:
        unknown = [
            action for action in mine if typed.get(f"autre-{action.id}", "").strip() not in ("", *named)
        ]
        form.unknown = [(f"other-{action.id}", _action_name(action)) for action in unknown]
        if forms.sent() and not unknown:
            with writing() as db_session:
                me = access_control.actor(db_session)
                for action in mine:
                    _set_ancestors(db_session, db_session.get_one(Action, action.id), candidates, named, me)
            return redirect(url_for("moderation.plans.lineage", plan=plan, fait="oui"), 303)
    likely = editing.likely_ancestors(mine, candidates)
    rows = []
    for action in mine:
        present = [link.from_action for link in action.comes_from]
        ticked = [str(one.id) for one in present] if typed is None else typed.getlist(f"de-{action.id}")
        offered = present + [one for one in likely[action.id] if one not in present]
        other = typed.get(f"autre-{action.id}", "") if typed is not None else ""
        rows.append((action, offered, [str(one.id) for one in present], ticked, other))
    page = render_template(
        "moderation/plans/lineage.html",
        plan=found,
        rows=rows,
        names=list(named),
        form=form,
        name=_action_name,
    )
    return make_response(page, 422 if form.has_errors else 200)


@bilingual_page(pages, "/moderation/nouveau-plan", "/moderatie/nieuw-plan", methods=("GET", "POST"))
def new(lang: Language) -> str | Response | AnyResponse:
    """A new plan out of a table: first what it would make and what to mend, then, confirmed, the plan."""
    form = PlanForm(request.form if request.method == "POST" else None)
    form.content = _table()
    draft = None
    if forms.sent() and form.validate():
        draft = editing.read_plan(form.content, form.head())
        if request.form.get("quoi") == "creer" and not draft.errors:
            done = _create(form, draft)
            if done:
                return redirect(url_for("moderation.plans.plan", plan=draft.record["key"], fait=done), 303)
    page = render_template(
        "moderation/plans/new.html",
        form=form,
        draft=draft,
        content=form.content,
        fault_words=fault_words,
        columns=editing.COLUMNS,
    )
    return make_response(page, 422 if form.has_errors or (draft and draft.errors) else 200)


def _table() -> str:
    """The table that was sent: a file, or what was pasted. As it came: a spreadsheet has tabs between its cells."""
    given = request.files.get("file") if forms.sent() else None
    if given and given.filename:
        return editing.decoded(given.read(LARGEST))
    return request.form.get("table", "")


def _create(form: PlanForm, draft: editing.PlanDraft) -> str:
    """Makes the plan; what was done ('cree', 'deja'), or '' with a sentence in the form."""
    try:
        with writing() as db_session:
            edit = Edit(access_control.actor(db_session), now())
            made = editing.add_plan(db_session, draft, form.publisher, edit)
    except editing.PlanExistsError:
        form.problems.append(_("Un autre plan porte déjà ce nom court. Choisissez-en un autre."))
        return ""
    except editing.PlanTableError:
        form.problems.append(_("Le tableau ne va pas encore. Vérifiez-le une nouvelle fois."))
        return ""
    return "cree" if made is not None else "deja"


def _set_ancestors(
    db_session: Session, later: Action, candidates: Sequence[Action], named: Mapping[str, Action], me: Account
) -> None:
    """Does to one action what its boxes say, against what they said when the page was shown."""
    was = set(request.form.getlist(f"avant-{later.id}"))
    ticked = set(request.form.getlist(f"de-{later.id}"))
    other = named.get(request.form.get(f"autre-{later.id}", "").strip())
    if other is not None:
        ticked.add(str(other.id))
    add, remove = (
        [db_session.get_one(Action, one.id) for one in candidates if str(one.id) in chosen]
        for chosen in (ticked - was, was - ticked)
    )
    editing.set_ancestors(db_session, later, add, remove, Edit(me, now()))


def _action_name(action: Action) -> str:
    """'PASAP 2022-2027, Alimentation 46': what an action is called outside its plan."""
    theme = action.theme
    plan, name = (each.localized(reader()).words for each in (theme.plan.short_title, theme.name))
    return f"{plan}, {name} {action.number}"


def _official() -> list[Plan]:
    return [plan for plan in all_plans(session()) if plan.origin is PlanOrigin.OFFICIAL]
