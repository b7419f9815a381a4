"""The plans at the coordinator's desk: how far actions are, their figures, who is responsible, a new plan."""

from collections.abc import Mapping, Sequence
from typing import cast

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse
from wtforms import FileField, RadioField, SelectField, StringField, TextAreaField

from guide.dates import parse_date
from guide.languages import Bilingual, Language
from guide.model import (
    Account,
    Action,
    ActionBody,
    Indicator,
    Organization,
    Plan,
    PlanOrigin,
    Progress,
    YesNo,
)
from guide.plans import editing
from guide.plans.queries import action_by_key, all_plans, load_follow_up, newest_standing, plan_by_key
from guide.records.shapes import WEB
from guide.web import forms, guard
from guide.web.addresses import bilingual_page, reader
from guide.web.context import now, session, writing
from guide.web.forms import N_, GuideForm, at_most, needed, options
from guide.web.labels import answers, progress_label

pages = Blueprint("plan_desk", __name__)

LARGEST = 1024 * 1024
FORM_IDS = {
    "etat": "standing",
    "indicateur": "indicator-new",
    "chiffre": "figure",
    "responsable": "body-new",
    "attendu": "service-expected",
}
"""The small forms of an action's page: what is sent as `quoi`, and the form's id."""


class StandingForm(GuideForm):
    progress = RadioField(
        label=N_("Où en est l’action ?"), validators=[needed(lambda: _("Choisissez un état."))]
    )
    as_of = StringField(
        label=N_("À quelle date ?"),
        validators=[needed(lambda: _("Écrivez une date, par exemple 24/11/2026."))],
    )
    evidence_fr = TextAreaField(label=N_("Preuve, en français"), validators=[at_most(600)])
    evidence_nl = TextAreaField(label=N_("Preuve, en néerlandais"), validators=[at_most(600)])
    url = StringField(label=N_("Adresse d’un document"), validators=[at_most(500)])


class IndicatorForm(GuideForm):
    name_fr = StringField(label=N_("Ce qui est compté, en français"), validators=[at_most(200)])
    name_nl = StringField(label=N_("Ce qui est compté, en néerlandais"), validators=[at_most(200)])
    baseline = StringField(label=N_("Chiffre de départ"))
    baseline_year = StringField(label=N_("Année de départ"))
    target = StringField(label=N_("But"))
    target_year = StringField(label=N_("Année du but"))


class FigureForm(GuideForm):
    indicator = SelectField(label=N_("Indicateur"))
    year = StringField(
        label=N_("Année"), validators=[needed(lambda: _("Écrivez l’année, par exemple 2026."))]
    )
    value = StringField(
        label=N_("Chiffre"), validators=[needed(lambda: _("Écrivez le chiffre de cette année."))]
    )
    source = StringField(label=N_("Qui le dit ?"), validators=[at_most(300)])


class BodyForm(GuideForm):
    organization = SelectField(label=N_("Un organisme du guide"))
    body_fr = StringField(label=N_("Ou un nom, en français"), validators=[at_most(160)])
    body_nl = StringField(label=N_("Ou un nom, en néerlandais"), validators=[at_most(160)])


class LineageForm(GuideForm):
    """No field of its own: the boxes of each action are read one by one; `unknown` are those not understood."""

    unknown: Sequence[tuple[str, str]] = ()

    def faults(self) -> list[tuple[str, str]]:
        return [
            (control, _("%(name)s : choisissez une action de la liste, ou laissez la case vide.", name=name))
            for control, name in self.unknown
        ]


class ExpectedForm(GuideForm):
    expected = RadioField(label=N_("Un service peut-il réaliser cette action ?"))


class PlanForm(GuideForm):
    title_fr = StringField(
        label=N_("Titre en français"),
        validators=[needed(lambda: _("Écrivez le titre en français.")), at_most(200)],
    )
    title_nl = StringField(
        label=N_("Titre en néerlandais"),
        validators=[needed(lambda: _("Écrivez le titre en néerlandais.")), at_most(200)],
    )
    short_fr = StringField(
        label=N_("Nom court en français"),
        validators=[needed(lambda: _("Écrivez un nom court, par exemple PASAP 2028-2033.")), at_most(80)],
    )
    short_nl = StringField(
        label=N_("Nom court en néerlandais"),
        validators=[needed(lambda: _("Écrivez un nom court, par exemple PASAP 2028-2033.")), at_most(80)],
    )
    publisher_fr = StringField(label=N_("Qui publie, en français"), validators=[at_most(200)])
    publisher_nl = StringField(label=N_("Qui publie, en néerlandais"), validators=[at_most(200)])
    starts = StringField(
        label=N_("Première année"), validators=[needed(lambda: _("Écrivez la première année du plan."))]
    )
    ends = StringField(
        label=N_("Dernière année"), validators=[needed(lambda: _("Écrivez la dernière année du plan."))]
    )
    file = FileField(label=N_("Fichier (CSV)"))
    table = TextAreaField(label=N_("Ou collez le tableau ici"))


@bilingual_page(pages, "/moderation/plans/", "/moderatie/plannen/")
def index(lang: Language) -> str:
    """The plans, each with its actions to follow."""
    return render_template("plan_desk/index.html", plans=_official())


@bilingual_page(pages, "/moderation/plans/<plan>/", "/moderatie/plannen/<plan>/")
def plan(lang: Language, plan: str) -> str:
    """The actions of a plan: how far each is, and the way to its desk."""
    found = plan_by_key(session(), plan)
    if found is None:
        abort(404)
    load_follow_up(session(), found)
    rows = [(action, newest_standing(action)) for action in found.actions]
    return render_template("plan_desk/plan.html", plan=found, rows=rows)


@bilingual_page(
    pages, "/moderation/plans/<plan>/<key>", "/moderatie/plannen/<plan>/<key>", methods=("GET", "POST")
)
def action(lang: Language, plan: str, key: str) -> str | Response | AnyResponse:
    """One action: its state with evidence, figures, who is responsible; one small form each."""
    found = action_by_key(session(), plan, key)
    if found is None:
        abort(404)
    what = request.form.get("quoi", "")
    made = {
        name: form(request.form if what == name else None)
        for name, form in (
            ("etat", StandingForm),
            ("indicateur", IndicatorForm),
            ("chiffre", FigureForm),
            ("responsable", BodyForm),
            ("attendu", ExpectedForm),
        )
    }
    _offer(made, found)
    if forms.sent():
        form = made.get(what)
        if what == "enlever" or (form is not None and form.validate()):
            try:
                with writing() as opened:
                    done = _do(opened, opened.get_one(Action, found.id), what, form)
                if done:
                    return redirect(url_for("plan_desk.action", plan=plan, key=key, fait=what), 303)
            except editing.Unsound:
                if form is None:
                    abort(400)
                form.problems.append(
                    _("Une de ces valeurs ne va pas : trop longue, ou avec un numéro de compte bancaire.")
                )
        elif form is None:
            abort(400)
    wrong = next((form for form in made.values() if form.went_wrong), None)
    page = render_template(
        "plan_desk/action.html",
        form_id=FORM_IDS.get(what, "standing"),
        action=found,
        plan=found.theme.plan,
        newest=newest_standing(found),
        wrong=wrong,
        **made,
    )
    return make_response(page, 422 if wrong else 200)


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
            with writing() as opened:
                me = guard.actor(opened)
                for action in mine:
                    _set_ancestors(opened, opened.get_one(Action, action.id), candidates, named, me)
            return redirect(url_for("plan_desk.lineage", plan=plan, fait="oui"), 303)
    likely = editing.likely_ancestors(mine, candidates)
    rows = []
    for action in mine:
        present = [link.from_action for link in action.comes_from]
        ticked = [str(one.id) for one in present] if typed is None else typed.getlist(f"de-{action.id}")
        offered = present + [one for one in likely[action.id] if one not in present]
        other = typed.get(f"autre-{action.id}", "") if typed is not None else ""
        rows.append((action, offered, [str(one.id) for one in present], ticked, other))
    page = render_template(
        "plan_desk/lineage.html", plan=found, rows=rows, names=list(named), form=form, name=_action_name
    )
    return make_response(page, 422 if form.went_wrong else 200)


@bilingual_page(pages, "/moderation/nouveau-plan", "/moderatie/nieuw-plan", methods=("GET", "POST"))
def new(lang: Language) -> str | Response | AnyResponse:
    """A new plan out of a table: first what it would make and what to mend, then, confirmed, the plan."""
    form = PlanForm(request.form if request.method == "POST" else None)
    draft = None
    # Read as it came: a table pasted from a spreadsheet has tabs between its cells.
    content = request.form.get("table", "")
    if forms.sent():
        given = request.files.get("file")
        if given and given.filename:
            content = editing.decoded(given.read(LARGEST))
        years = [_whole(form.starts.data), _whole(form.ends.data)]
        sound = form.validate()
        for name, year in zip(("starts", "ends"), years, strict=True):
            if form[name].data and (year is None or not 1990 <= year <= 2100):
                form[name].errors = [_("Écrivez une année, par exemple 2028.")]
        if None not in years and not form.ends.errors and years[0] > years[1]:  # type: ignore[operator]
            form.ends.errors = [_("La dernière année vient avant la première.")]
        if not content.strip():
            form.file.errors = [_("Choisissez un fichier, ou collez le tableau.")]
        if sound and not form.went_wrong:
            draft = editing.read_plan(content, _head(form))
            if request.form.get("quoi") == "creer" and not draft.faults:
                publisher = Bilingual(form.publisher_fr.data or None, form.publisher_nl.data or None)
                try:
                    with writing() as opened:
                        made = editing.add_plan(opened, draft, publisher, guard.actor(opened), now())
                    done = "cree" if made is not None else "deja"
                    return redirect(url_for("plan_desk.plan", plan=draft.record["key"], fait=done), 303)
                except editing.PlanExists:
                    form.problems.append(_("Un autre plan porte déjà ce nom court. Choisissez-en un autre."))
                except editing.UnsoundPlan:
                    form.problems.append(_("Le tableau ne va pas encore. Vérifiez-le une nouvelle fois."))
    page = render_template(
        "plan_desk/new.html",
        form=form,
        draft=draft,
        content=content,
        fault_words=_fault_words,
        columns=editing.COLUMNS,
    )
    return make_response(page, 422 if form.went_wrong or (draft and draft.faults) else 200)


def _do(opened: Session, action: Action, what: str, form: GuideForm | None) -> bool:
    """Does what a small form says; False when a value must be mended first (the field then says so)."""
    me = guard.actor(opened)
    if what == "enlever":
        body = opened.get(ActionBody, _whole(request.form.get("corps")) or 0)
        if body is not None and body in action.bodies:
            editing.remove_body(opened, action, body, me, now())
        counted = opened.get(Indicator, _whole(request.form.get("compte")) or 0)
        if counted is not None and counted in action.indicators:
            editing.remove_indicator(opened, action, counted, me, now())
        return True
    assert form is not None
    if what == "etat":
        day = parse_date(form["as_of"].data)
        evidence = _both(form, "evidence")
        if day is None:
            form["as_of"].errors = [_("Nous n’avons pas compris cette date. Écrivez-la ainsi : 24/11/2026.")]
        elif day > now().date():
            form["as_of"].errors = [
                _("Cette date n’est pas encore venue. Écrivez le jour où vous l’avez su.")
            ]
        if not evidence:
            form["evidence_fr"].errors = [_("Écrivez une phrase de preuve, dans une langue au moins.")]
        url = form["url"].data or None
        if url and not WEB.fullmatch(url):
            form["url"].errors = [_("Une adresse commence par https://.")]
        if form.went_wrong or day is None:
            return False
        editing.set_standing(opened, action, Progress(form["progress"].data), day, evidence, me, now(), url)
    elif what == "indicateur":
        name = _both(form, "name")
        figures: Mapping[str, int | None] = {
            key: _whole(form[key].data) for key in ("baseline", "baseline_year", "target", "target_year")
        }
        if not name:
            form["name_fr"].errors = [_("Écrivez ce qui est compté, dans une langue au moins.")]
        for key, value in figures.items():
            if form[key].data and value is None:
                form[key].errors = [_("Écrivez un nombre entier.")]
            elif value is not None and key.endswith("_year") and not 1990 <= value <= 2100:
                form[key].errors = [_("Écrivez une année, par exemple 2026.")]
        if form.went_wrong:
            return False
        start = (figures["baseline"], figures["baseline_year"])
        goal = (figures["target"], figures["target_year"])
        editing.add_indicator(opened, action, name, start, goal, me, now())
    elif what == "chiffre":
        year, value = _whole(form["year"].data), _whole(form["value"].data)
        if year is None or not 1990 <= year <= 2100:
            form["year"].errors = [_("Écrivez une année, par exemple 2026.")]
        if value is None:
            form["value"].errors = [_("Écrivez un nombre entier.")]
        indicator = opened.get(Indicator, _whole(form["indicator"].data) or 0)
        if form.went_wrong or year is None or value is None or indicator not in action.indicators:
            return False
        editing.set_figure(opened, action, indicator, year, value, form["source"].data or None, me, now())
    elif what == "responsable":
        house = opened.get(Organization, _whole(form["organization"].data) or 0)
        name = _both(form, "body")
        if house is None and not name:
            form["organization"].errors = [_("Choisissez un organisme, ou écrivez un nom.")]
            return False
        editing.add_body(opened, action, house, name, me, now())
    else:
        answer = form["expected"].data
        editing.set_service_expected(
            opened, action, YesNo(answer) if answer in ("yes", "no") else None, me, now()
        )
    return True


def _set_ancestors(
    opened: Session, later: Action, candidates: Sequence[Action], named: Mapping[str, Action], me: Account
) -> None:
    """Does to one action what its boxes say, against what they said when the page was shown."""
    was = set(request.form.getlist(f"avant-{later.id}"))
    ticked = set(request.form.getlist(f"de-{later.id}"))
    other = named.get(request.form.get(f"autre-{later.id}", "").strip())
    if other is not None:
        ticked.add(str(other.id))
    add, remove = (
        [opened.get_one(Action, one.id) for one in candidates if str(one.id) in chosen]
        for chosen in (ticked - was, was - ticked)
    )
    editing.set_ancestors(opened, later, add, remove, me, now())


def _action_name(action: Action) -> str:
    """'PASAP 2022-2027, Alimentation 46': what an action is called outside its plan."""
    theme = action.theme
    return f"{theme.plan.short_title.into(reader()).words}, {theme.name.into(reader()).words} {action.number}"


def _offer(made: Mapping[str, GuideForm], action: Action) -> None:
    """What the small forms let one choose from."""
    _field(made["etat"], "progress").choices = options((one.value, progress_label(one)) for one in Progress)
    _field(made["chiffre"], "indicator").choices = options(
        (str(one.id), one.name.into(reader()).words) for one in action.indicators
    )
    houses = session().scalars(select(Organization).order_by(Organization.key))
    _field(made["responsable"], "organization").choices = options(
        [("", _("Aucun")), *((str(house.id), house.name.into(reader()).words) for house in houses)]
    )
    _field(made["attendu"], "expected").choices = options(answers())
    if made["attendu"]["expected"].data is None:
        made["attendu"]["expected"].data = str(action.service_expected or "")


def _field(form: GuideForm, name: str) -> SelectField:
    return cast(SelectField, form[name])


def _official() -> list[Plan]:
    return [plan for plan in all_plans(session()) if plan.origin is PlanOrigin.OFFICIAL]


def _head(form: PlanForm) -> dict[str, object]:
    """What of a plan's record the form says; empty publisher left out."""
    key = editing.plan_key(form.short_fr.data or "")
    publisher = {
        side: words
        for side, words in (("fr", form.publisher_fr.data), ("nl", form.publisher_nl.data))
        if words
    }
    return {
        "key": key,
        "title": {"fr": form.title_fr.data, "nl": form.title_nl.data},
        "short_title": {"fr": form.short_fr.data, "nl": form.short_nl.data},
        **({"publisher": publisher} if publisher else {}),
        "starts": _whole(form.starts.data),
        "ends": _whole(form.ends.data),
        "source": f"plan-{key}"[:64],
    }


def _fault_words(code: str) -> str:
    return {
        "empty": _("le tableau est vide"),
        "column_missing": _("cette colonne manque"),
        "not_a_number": _("écrivez le numéro du thème, de 1 à 99"),
        "number_missing": _("écrivez le numéro de l’action, 16 signes au plus"),
        "twice": _("ce numéro d’action est déjà pris plus haut"),
        "theme_name": _("écrivez le nom du thème, 120 signes au plus"),
        "too_long": _("ce texte est trop long : 4000 signes au plus"),
        "other_side_missing": _("ce texte manque dans l’autre langue"),
        "theme_differs": _("ce thème porte un autre nom plus haut"),
        "bank_account": _("un numéro de compte bancaire ne va pas dans le guide"),
        "unreadable": _("nous n’avons pas pu lire ce tableau : un guillemet n’est peut-être pas fermé"),
        "too_many": _("le tableau a trop de lignes : 1000 au plus"),
    }[code]


def _both(form: GuideForm, name: str) -> Bilingual:
    return Bilingual(form[f"{name}_fr"].data or None, form[f"{name}_nl"].data or None)


def _whole(text: object) -> int | None:
    """A whole number as typed ('1 200'); None for anything else."""
    plain = "".join(str(text or "").replace("\u00a0", " ").split()).replace(".", "")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else None
