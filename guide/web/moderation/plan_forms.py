"""The forms of a plan's desk: an action's state, its figures and bodies, one small form each; and a new plan."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.orm import Session
from wtforms import Field, FileField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from guide.audit import Edit
from guide.dates import parse_date
from guide.languages import Bilingual
from guide.model import (
    Action,
    ActionStanding,
    Indicator,
    IndicatorFigure,
    Organization,
    Progress,
    YesNo,
)
from guide.plans import editing
from guide.records.shapes import WEB
from guide.web.ui.forms import N_, GuideForm, at_most, date_example, needed, options, understood_day
from guide.web.ui.labels import answers, progress_label
from guide.web.ui.request_context import now
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import reader

YEARS = range(1990, 2101)


class ActionForm(GuideForm):
    """One of the small forms of an action's page. `quoi` names it, `form_id` is the control's id on the page."""

    form_id = "standing"

    def offer(self, action: Action, organizations: Sequence[Organization]) -> None:
        """Fills in what can be chosen for this action."""

    @abstractmethod
    def save(self, db_session: Session, action: Action, edit: Edit) -> bool:
        """Does what a sound form says; False when what was chosen has gone meanwhile. Raises PlanValidationError."""


class StandingForm(ActionForm):
    """How far an action is, since when, and by what evidence."""

    progress = RadioField(
        label=N_("Où en est l’action ?"), validators=[needed(lambda: _("Choisissez un état."))]
    )
    as_of = StringField(
        label=N_("À quelle date ?"),
        validators=[
            needed(
                lambda: _("Écrivez une date, par exemple %(example)s.", example=date_example(now().date()))
            )
        ],
    )
    evidence_fr = TextAreaField(label=N_("Preuve, en français"), validators=[at_most(600)])
    evidence_nl = TextAreaField(label=N_("Preuve, en néerlandais"), validators=[at_most(600)])
    url = StringField(label=N_("Adresse d’un document"), validators=[at_most(500)])

    @property
    def example(self) -> str:
        """How a date is written, by one that is taken."""
        return date_example(now().date())

    def offer(self, action: Action, organizations: Sequence[Organization]) -> None:
        """The states of an action."""
        _choices(self.progress, ((one.value, progress_label(one)) for one in Progress))

    def validate_as_of(self, field: Field) -> None:
        """A day that has come."""
        if understood_day(field) > now().date():
            raise ValidationError(_("Cette date n’est pas encore venue. Écrivez le jour où vous l’avez su."))

    def validate_evidence_fr(self, field: Field) -> None:
        """Evidence stands in one language at least."""
        if not _both(self, "evidence"):
            raise ValidationError(_("Écrivez une phrase de preuve, dans une langue au moins."))

    def validate_url(self, field: Field) -> None:
        """An address of the web, where there is one."""
        if field.data and not WEB.fullmatch(field.data):
            raise ValidationError(_("Une adresse commence par https://."))

    def save(self, db_session: Session, action: Action, edit: Edit) -> bool:
        """The action stands so from that day on."""
        standing = ActionStanding(
            progress=Progress(self.progress.data),
            as_of=parse_date(self.as_of.data),
            evidence=_both(self, "evidence"),
            url=self.url.data or None,
        )
        editing.set_standing(db_session, action, standing, edit)
        return True


class IndicatorForm(ActionForm):
    """What is counted of an action, from where and to where."""

    form_id = "indicator-new"
    name_fr = StringField(label=N_("Ce qui est compté, en français"), validators=[at_most(200)])
    name_nl = StringField(label=N_("Ce qui est compté, en néerlandais"), validators=[at_most(200)])
    baseline = StringField(label=N_("Chiffre de départ"))
    baseline_year = StringField(label=N_("Année de départ"))
    target = StringField(label=N_("But"))
    target_year = StringField(label=N_("Année du but"))

    def validate_name_fr(self, field: Field) -> None:
        """A name stands in one language at least."""
        if not _both(self, "name"):
            raise ValidationError(_("Écrivez ce qui est compté, dans une langue au moins."))

    def validate_baseline(self, field: Field) -> None:
        """A whole number, or nothing."""
        if field.data and whole(field.data) is None:
            raise ValidationError(_("Écrivez un nombre entier."))

    def validate_baseline_year(self, field: Field) -> None:
        """A year, or nothing."""
        self.validate_baseline(field)
        if field.data and whole(field.data) not in YEARS:
            raise ValidationError(_("Écrivez une année, par exemple 2026."))

    validate_target, validate_target_year = validate_baseline, validate_baseline_year

    def save(self, db_session: Session, action: Action, edit: Edit) -> bool:
        """The action has one more indicator."""
        indicator = Indicator(
            name=_both(self, "name"),
            baseline=whole(self.baseline.data),
            baseline_year=whole(self.baseline_year.data),
            target=whole(self.target.data),
            target_year=whole(self.target_year.data),
        )
        editing.add_indicator(db_session, action, indicator, edit)
        return True


class FigureForm(ActionForm):
    """The figure of one year, and who says so."""

    form_id = "figure"
    indicator = SelectField(label=N_("Indicateur"))
    year = StringField(
        label=N_("Année"), validators=[needed(lambda: _("Écrivez l’année, par exemple 2026."))]
    )
    value = StringField(
        label=N_("Chiffre"), validators=[needed(lambda: _("Écrivez le chiffre de cette année."))]
    )
    source = StringField(label=N_("Qui le dit ?"), validators=[at_most(300)])

    def offer(self, action: Action, organizations: Sequence[Organization]) -> None:
        """The indicators of this action."""
        _choices(
            self.indicator, ((str(one.id), one.name.localized(reader()).words) for one in action.indicators)
        )

    def validate_year(self, field: Field) -> None:
        """A year."""
        if whole(field.data) not in YEARS:
            raise ValidationError(_("Écrivez une année, par exemple 2026."))

    def validate_value(self, field: Field) -> None:
        """A whole number."""
        if whole(field.data) is None:
            raise ValidationError(_("Écrivez un nombre entier."))

    def save(self, db_session: Session, action: Action, edit: Edit) -> bool:
        """The figure of this year is this one."""
        indicator = db_session.get(Indicator, whole(self.indicator.data) or 0)
        if indicator not in action.indicators:
            return False
        figure = IndicatorFigure(
            year=whole(self.year.data), value=whole(self.value.data), source=self.source.data or None
        )
        editing.set_figure(db_session, action, indicator, figure, edit)
        return True


class BodyForm(ActionForm):
    """Who is responsible: an organisation of the guide, or a name."""

    form_id = "body-new"
    organization = SelectField(label=N_("Un organisme du guide"))
    body_fr = StringField(label=N_("Ou un nom, en français"), validators=[at_most(160)])
    body_nl = StringField(label=N_("Ou un nom, en néerlandais"), validators=[at_most(160)])

    def offer(self, action: Action, organizations: Sequence[Organization]) -> None:
        """The organisations of the guide, or none of them."""
        named = ((str(one.id), one.name.localized(reader()).words) for one in organizations)
        _choices(self.organization, [("", _("Aucun")), *named])

    def validate_organization(self, field: Field) -> None:
        """One of the two is said."""
        if not whole(field.data) and not _both(self, "body"):
            raise ValidationError(_("Choisissez un organisme, ou écrivez un nom."))

    def save(self, db_session: Session, action: Action, edit: Edit) -> bool:
        """The action has one more who is responsible."""
        organization = db_session.get(Organization, whole(self.organization.data) or 0)
        editing.add_body(db_session, action, organization, _both(self, "body"), edit)
        return True


class ExpectedForm(ActionForm):
    """Whether a service can carry an action out at all."""

    form_id = "service-expected"
    expected = RadioField(label=N_("Un service peut-il réaliser cette action ?"))

    def offer(self, action: Action, organizations: Sequence[Organization]) -> None:
        """Yes, no, or not known yet; what is known is ticked."""
        _choices(self.expected, answers())
        if self.expected.data is None:
            self.expected.data = str(action.service_expected or "")

    def save(self, db_session: Session, action: Action, edit: Edit) -> bool:
        """It is known, or open again."""
        answer = self.expected.data
        editing.set_service_expected(
            db_session, action, YesNo(answer) if answer in ("yes", "no") else None, edit
        )
        return True


ACTION_FORMS: Mapping[str, type[ActionForm]] = {
    "etat": StandingForm,
    "indicateur": IndicatorForm,
    "chiffre": FigureForm,
    "responsable": BodyForm,
    "attendu": ExpectedForm,
}
"""The small forms of an action's page by what is sent as `quoi`."""


class LineageForm(GuideForm):
    """No field of its own: the boxes of each action are read one by one; `unknown` are those not understood."""

    unknown: Sequence[tuple[str, str]] = ()

    def all_errors(self) -> list[tuple[str, str]]:
        """As in every form; here the boxes that name no action."""
        return [
            (control, _("%(name)s : choisissez une action de la liste, ou laissez la case vide.", name=name))
            for control, name in self.unknown
        ]


class PlanForm(GuideForm):
    """A new plan: its names, its years and its table; `content` is the table as it came, in a file or pasted."""

    content = ""
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

    def validate_starts(self, field: Field) -> None:
        """A year."""
        if whole(field.data) not in YEARS:
            raise ValidationError(_("Écrivez une année, par exemple 2028."))

    def validate_ends(self, field: Field) -> None:
        """A year that does not come before the first."""
        self.validate_starts(field)
        starts = whole(self.starts.data)
        if starts is not None and starts > (whole(field.data) or 0):
            raise ValidationError(_("La dernière année vient avant la première."))

    def validate_file(self, field: Field) -> None:
        """A table, whichever way it came."""
        if not self.content.strip():
            raise ValidationError(_("Choisissez un fichier, ou collez le tableau."))

    @property
    def publisher(self) -> Bilingual:
        return Bilingual(self.publisher_fr.data or None, self.publisher_nl.data or None)

    def head(self) -> dict[str, object]:
        """What of a plan's record the form says; an empty publisher is left out."""
        key = editing.plan_key(self.short_fr.data or "")
        publisher = {
            side: words
            for side, words in (("fr", self.publisher_fr.data), ("nl", self.publisher_nl.data))
            if words
        }
        return {
            "key": key,
            "title": {"fr": self.title_fr.data, "nl": self.title_nl.data},
            "short_title": {"fr": self.short_fr.data, "nl": self.short_nl.data},
            **({"publisher": publisher} if publisher else {}),
            "starts": whole(self.starts.data),
            "ends": whole(self.ends.data),
            "source": f"plan-{key}"[:64],
        }


def fault_words(code: str) -> str:
    """What is to mend in a line of a plan's table (`editing.read_plan`), as the end of a sentence."""
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


def whole(text: object) -> int | None:
    """A whole number as typed ('1 200'); None for anything else."""
    plain = "".join(str(text or "").replace("\u00a0", " ").split()).replace(".", "")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else None


def _both(form: GuideForm, name: str) -> Bilingual:
    return Bilingual(form[f"{name}_fr"].data or None, form[f"{name}_nl"].data or None)


def _choices(field: SelectField, pairs: Iterable[tuple[str, str]]) -> None:
    field.choices = options(pairs)
