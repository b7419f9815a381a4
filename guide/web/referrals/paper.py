"""The fiche-relais on paper, for anybody who works with people: no account, and nothing is stored.

One page to fill in, one to check, then the sheet to print or as PDF. What was typed travels in the pages
themselves, as fields of their forms, and is gone when they are closed; a count of the month remains.
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, g, make_response, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from wtforms import BooleanField, Field, Form, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation

from guide.directory.wording import language_name, short_date
from guide.languages import LANGUAGES, SPOKEN_LANGUAGES, Language
from guide.model import Role, Service, YesNo
from guide.publish import relay_sheet
from guide.publish.pdf import CannotSet
from guide.referrals import paper, receivers
from guide.referrals.content import CHILDREN_AGES, MOST_PEOPLE
from guide.referrals.paper import LONGEST, OTHER_LANGUAGE, PaperReferral
from guide.referrals.receivers import NoReceiver
from guide.referrals.refused_text import Refused, refused
from guide.web.security.access_control import signed_in
from guide.web.ui import discretion
from guide.web.ui.cards import first_need, service_url
from guide.web.ui.forms import (
    N_,
    SWITCH,
    TOKEN,
    GuideForm,
    MailField,
    Several,
    at_most,
    needed,
    options,
    sent,
)
from guide.web.ui.request_context import machine, needs, now, person_to_call, session, writing
from guide.web.ui.urls import absolute, bilingual_page, query_value, reader

pages = Blueprint("paper", __name__)

SHEETS: dict[str, tuple[Language, ...]] = {"fr": ("fr",), "nl": ("nl",), "both": LANGUAGES}
"""The languages of the sheet that may be chosen."""


def _nothing_refused(form: Form, field: Field) -> None:
    why = refused(field.data or "")
    if why is Refused.NATIONAL_NUMBER:
        raise StopValidation(
            _("Ce texte contient un numéro national. Enlevez-le : le service le demandera s’il en a besoin.")
        )
    if why is Refused.BANK_ACCOUNT:
        raise StopValidation(
            _("Ce texte contient un numéro de compte. Enlevez-le : la fiche n’en a pas besoin.")
        )


def _of_the_way(way: str, words: Callable[[], str]) -> Callable[[Form, Field], None]:
    """Needed when this way to reach the person is ticked; else whatever was typed is left alone."""

    def check(form: Form, field: Field) -> None:
        if way not in (form["ways"].data or []):
            field.errors = []
            raise StopValidation()
        if not field.data:
            raise StopValidation(words())

    return check


def _text(name: str, *validators: Any) -> list[Any]:
    """What every text of the sheet is asked: not too long, no number that is nobody's business."""
    return [_nothing_refused, *validators, at_most(LONGEST[name])]


class PaperForm(GuideForm):
    """The sheet's fields, in their order on the page: there is none for what may not be written."""

    theme = SelectField(N_("De quoi s’agit-il ?"), validate_choice=False)
    request = TextAreaField(
        N_("La demande, en une phrase"),
        validators=_text("request", needed(lambda: _("Écrivez en une phrase ce que la personne demande."))),
    )
    urgency = RadioField(N_("C’est pour quand ?"), validate_choice=False, default="normal")
    tried = TextAreaField(N_("Qu’a-t-on déjà essayé ?"), validators=_text("tried"))
    person = StringField(
        N_("Prénom ou initiales"),
        validators=_text("person", needed(lambda: _("Écrivez le prénom ou les initiales de la personne."))),
    )
    spoken = SelectField(N_("Quelle langue parle-t-elle ?"), validate_choice=False)
    spoken_other = StringField(
        N_("Laquelle, si elle n’est pas dans la liste ?"), validators=_text("spoken_other")
    )
    interpreter = BooleanField(N_("Il faut un interprète"))
    ways = Several(N_("Comment la joindre ?"), validate_choice=False)
    phone = StringField(
        N_("Son téléphone"),
        validators=_text("phone", _of_the_way("phone", lambda: _("Écrivez le numéro où l’appeler."))),
    )
    mail = MailField(
        N_("Son adresse e-mail"),
        validators=_text("mail", _of_the_way("mail", lambda: _("Écrivez l’adresse où lui écrire."))),
    )
    safe = StringField(N_("Quand l’appeler sans risque ?"), validators=_text("safe"))
    no_message = BooleanField(N_("Ne pas laisser de message"))
    availability = StringField(N_("Quand peut-elle venir ?"), validators=_text("availability"))
    brings = Several(N_("Qu’apportera-t-elle ?"), validate_choice=False)
    age = SelectField(N_("Son âge"), validate_choice=False)
    adults = SelectField(N_("Adultes dans le ménage"), validate_choice=False)
    children = SelectField(N_("Enfants dans le ménage"), validate_choice=False)
    children_ages = Several(N_("Âge des enfants"), validate_choice=False)
    mobility = StringField(N_("Difficulté pour se déplacer"), validators=_text("mobility"))
    company = StringField(N_("Qui vient avec elle ?"), validators=_text("company"))
    higher_reimbursement = SelectField(N_("Intervention majorée (BIM)"), validate_choice=False)
    organization = StringField(
        N_("Votre organisme"),
        validators=_text("organization", needed(lambda: _("Écrivez le nom de votre organisme."))),
    )
    worker = StringField(N_("Votre nom ou votre fonction"), validators=_text("worker"))
    worker_phone = StringField(
        N_("Votre téléphone"),
        validators=_text(
            "worker_phone", needed(lambda: _("Écrivez le numéro où le service peut vous répondre."))
        ),
    )
    agreed = BooleanField(
        N_("La personne est d’accord : je lui ai lu ce qui est écrit et à qui la fiche est destinée."),
        validators=[needed(lambda: _("Demandez d’abord l’accord de la personne, puis cochez."))],
    )

    def __init__(self, service: Service, *arguments: Any, **values: Any) -> None:
        super().__init__(*arguments, **values)
        lang = reader()
        numbers = [("", _("Non précisé")), *((str(n), str(n)) for n in range(MOST_PEOPLE + 1))]
        self.theme.choices = options((need.key, need.name.into(lang).words) for need in needs())
        self.urgency.choices = options((way, relay_sheet.urgency_label(way, lang)) for way in paper.URGENCIES)
        self.spoken.choices = options(
            [
                ("", _("Choisissez")),
                *((code, language_name(code, lang)) for code in SPOKEN_LANGUAGES),
                (OTHER_LANGUAGE, _("une autre langue")),
            ]
        )
        self.ways.choices = options((way, relay_sheet.way_label(way, lang)) for way in paper.WAYS)
        self.brings.choices = options(
            (str(place), item.into(lang).words) for place, item in enumerate(paper.documents_asked(service))
        )
        self.adults.choices = options(numbers)
        self.children.choices = options(numbers)
        self.age.choices = options(
            [("", _("Non précisé")), *((age, relay_sheet.age_label(age, lang)) for age in paper.AGES)]
        )
        self.children_ages.choices = options((age, relay_sheet.age_label(age, lang)) for age in CHILDREN_AGES)
        self.higher_reimbursement.choices = options(
            [
                ("", _("Non précisé")),
                *(
                    (answer, relay_sheet.higher_reimbursement_label(answer, lang))
                    for answer in paper.HIGHER_REIMBURSEMENT
                ),
            ]
        )

    def validate_theme(self, field: Field) -> None:
        if field.data not in _values(field):
            raise StopValidation(_("Choisissez de quoi il s’agit."))

    def validate_urgency(self, field: Field) -> None:
        if field.data not in paper.URGENCIES:
            raise StopValidation(_("Choisissez pour quand c’est."))

    def validate_spoken(self, field: Field) -> None:
        if not field.data or field.data not in _values(field):
            raise StopValidation(_("Choisissez la langue que la personne parle."))

    def validate_spoken_other(self, field: Field) -> None:
        if self.spoken.data == OTHER_LANGUAGE and not field.data:
            raise StopValidation(_("Écrivez quelle langue la personne parle."))

    def validate_ways(self, field: Field) -> None:
        chosen = field.data or []
        if not chosen or set(chosen) - set(paper.WAYS):
            raise StopValidation(_("Choisissez au moins une façon de joindre la personne."))
        if "none" in chosen and len(chosen) > 1:
            raise StopValidation(
                _("Elle prend contact elle-même, ou on la joint : choisissez l’un des deux.")
            )

    def referral(self) -> PaperReferral:
        """What was typed, once it is sound. The value of a way that is not ticked is left out."""
        theme = next(need for need in needs() if need.key == self.theme.data)
        ways = tuple(way for way in paper.WAYS if way in (self.ways.data or []))
        return PaperReferral(
            person=self.person.data or "",
            ways=ways,
            spoken=self.spoken.data,
            spoken_other=(self.spoken_other.data or "") if self.spoken.data == OTHER_LANGUAGE else "",
            interpreter=self.interpreter.data,
            phone=(self.phone.data or "") if "phone" in ways else "",
            mail=(self.mail.data or "") if "mail" in ways else "",
            safe=self.safe.data or "",
            no_message=self.no_message.data,
            theme=theme.name,
            request=self.request.data or "",
            urgency=self.urgency.data,
            tried=self.tried.data or "",
            availability=self.availability.data or "",
            brings=tuple(int(place) for place in _known(self.brings)),
            adults=_number(self.adults.data),
            children=_number(self.children.data),
            children_ages=tuple(_known(self.children_ages)),
            age=self.age.data if self.age.data in paper.AGES else "",
            mobility=self.mobility.data or "",
            company=self.company.data or "",
            higher_reimbursement=(
                self.higher_reimbursement.data
                if self.higher_reimbursement.data in paper.HIGHER_REIMBURSEMENT
                else ""
            ),
            organization=self.organization.data or "",
            worker=self.worker.data or "",
            worker_phone=self.worker_phone.data or "",
            agreed_on=now().date(),
            written_in=written_in(),
        )


def written_in() -> Language:
    """The language the texts were typed in: of the page that was filled in, whatever pages came after."""
    typed = request.form.get("written_in")
    return "nl" if typed == "nl" else "fr" if typed == "fr" else reader()


HOUSEHOLD = ("age", "adults", "children", "children_ages", "mobility", "company", "higher_reimbursement")
"""The fields that are shown only when they are wanted."""


@bilingual_page(pages, "/relais/papier", "/doorverwijzing/papier", methods=("GET", "POST"))
def new(lang: Language) -> Response:
    """Choosing the service, filling in, checking, and the sheet itself: all in one address, nothing in between."""
    g.personal = True
    named = request.form.get("service", "") or query_value("service", lang)
    service = paper.service_named(session(), named) if named else None
    refusal = _refusal(named, service)
    step = request.form.get("step", "")
    discretion.show([service] if service is not None else [])
    if service is None or refusal is not None or step == "choose":
        return _answer(_choose(service, refusal), 404 if refusal is not None else 200)
    if request.method != "POST" or (step == "chosen" and "request" not in request.form):
        return _answer(_form(service, PaperForm(service, **_own(service))))
    form = PaperForm(service, request.form)
    if step == "chosen" and request.form.get("before") != service.key:
        form.brings.data = []  # what another service asks to bring
    checked = request.form.get("at") == "check"
    if step in ("change", "chosen") or not (sent() or checked):
        return _answer(_form(service, form))
    if not form.validate():
        return _answer(_form(service, form), 422)
    if not checked or step == "check" or not sent():
        return _answer(_check(service, form))
    return _made(service, form, step)


def _refusal(named: str, service: Service | None) -> NoReceiver | None:
    """Why no sheet can be made for the service that was asked for; None when none was, or when one can."""
    if service is not None:
        return receivers.why_not(service)
    return NoReceiver.NOT_THERE if named else None


def _made(service: Service, form: PaperForm, step: str) -> Response:
    """The sheet, to print or as PDF; the check page again when too many were made from here."""
    chosen = SHEETS.get(request.form.get("sheet", ""), (reader(),))
    wait = _count(service)
    if wait:
        answer = _answer(_check(service, form, wait=wait), 429)
        answer.headers["Retry-After"] = str(wait)
        return answer
    referral = form.referral()
    address = absolute(url_for("public.short_links.follow", code=service.short_code))
    call = person_to_call()
    sheets = [
        relay_sheet.sheet(service, referral, side, now().date(), address, call.phone if call else "")
        for side in chosen
    ]
    if step != "pdf":
        return _answer(_print(service, form, sheets))
    try:
        content = relay_sheet.as_pdf(sheets, now())
    except CannotSet:
        return _answer(_print(service, form, sheets, no_pdf=True))
    answer = _answer(content)
    answer.mimetype = "application/pdf"
    name = _("fiche-relais")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _count(service: Service) -> int:
    """Counts the sheet; the seconds to wait when there were too many from this place. Never in a sheet's way."""
    wait = 0
    with suppress(OperationalError), writing() as opened:
        wait = paper.count_sheet(
            opened,
            opened.get_one(Service, service.id),
            machine(),
            request.form.get("sheet_name", "")[:64],
            now(),
        )
    return wait


def _answer(content: str | bytes, status: int = 200) -> Response:
    """An answer that nobody keeps."""
    answer = make_response(content, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _choose(service: Service | None, refusal: NoReceiver | None) -> str:
    """Every service one can be sent to, by name; what was typed before comes along.

    With a refusal: what to do instead for the service that takes none.
    """
    lang = reader()
    found = sorted(
        receivers.services_for_paper(session()), key=lambda one: one.name.into(lang).words.casefold()
    )
    discretion.show(found)
    return render_template(
        "referrals/paper/choose.html",
        services=found,
        chosen=service if refusal is None else None,
        refused=service,
        refusal=refusal,
        carried=_carried(),
    )


def _form(service: Service, form: PaperForm) -> str:
    secrecy = service.organization.bound_by_secrecy if service.organization else None
    return render_template(
        "referrals/paper/new.html",
        service=service,
        url=service_url(service),
        form=form,
        longest=LONGEST,
        asks=bool(form.brings.choices),
        no_secrecy=secrecy is YesNo.NO,
        household_open=any(form[name].data or form[name].errors for name in HOUSEHOLD),
    )


def _check(service: Service, form: PaperForm, wait: int = 0) -> str:
    referral = form.referral()
    lang = reader()
    return render_template(
        "referrals/paper/check.html",
        service=service,
        url=service_url(service),
        form=form,
        lines=_summary(service, referral, lang),
        today=referral.urgency == "today",
        sheets=[(key, _sheet_label(key)) for key in SHEETS],
        chosen=request.form.get("sheet") if request.form.get("sheet") in SHEETS else lang,
        carried=[*_values_of(form), ("written_in", written_in())],
        sheet_name=request.form.get("sheet_name", "")[:64] or secrets.token_urlsafe(12),
        wait=wait,
    )


def _print(service: Service, form: PaperForm, sheets: list[relay_sheet.Sheet], no_pdf: bool = False) -> str:
    g.without_twin = True
    return render_template(
        "referrals/paper/sheet.html",
        service=service,
        sheets=sheets,
        chosen=request.form.get("sheet", ""),
        carried=[*_values_of(form), ("written_in", written_in())],
        sheet_name=request.form.get("sheet_name", "")[:64],
        no_pdf=no_pdf,
    )


def _summary(service: Service, referral: PaperReferral, lang: Language) -> list[tuple[str, str, list[str]]]:
    """What was typed, to be checked: (field, question, lines), without what was left empty."""
    asked = paper.documents_asked(service)
    contact = [line.words for line in relay_sheet.contact_lines(referral, lang)]
    household = [
        relay_sheet.age_label(referral.age, lang) if referral.age else "",
        relay_sheet.household_words(referral, lang),
        referral.mobility,
        referral.company,
        _("Intervention majorée (BIM)")
        + _(" :")
        + " "
        + relay_sheet.higher_reimbursement_label(referral.higher_reimbursement, lang)
        if referral.higher_reimbursement
        else "",
    ]
    found = [
        ("theme", _("De quoi s’agit-il ?"), [referral.theme.into(lang).words]),
        ("request", _("La demande, en une phrase"), [referral.request]),
        ("urgency", _("C’est pour quand ?"), [relay_sheet.urgency_label(referral.urgency, lang)]),
        ("tried", _("Qu’a-t-on déjà essayé ?"), [referral.tried]),
        ("person", _("Prénom ou initiales"), [referral.person]),
        ("spoken", _("Quelle langue parle-t-elle ?"), [relay_sheet.spoken_words(referral, lang)]),
        ("ways", _("Comment la joindre ?"), contact),
        (
            "safe",
            _("Quand l’appeler sans risque ?"),
            [line.words for line in relay_sheet.safety_lines(referral, lang)],
        ),
        ("availability", _("Quand peut-elle venir ?"), [referral.availability]),
        (
            "brings",
            _("Qu’apportera-t-elle ?"),
            [asked[place].into(lang).words for place in referral.brings if place < len(asked)],
        ),
        ("household", _("Son ménage"), household),
        (
            "organization",
            _("De la part de"),
            [referral.organization, referral.worker, referral.worker_phone],
        ),
        (
            "agreed",
            _("Son accord"),
            [_("De vive voix, le %(date)s", date=short_date(referral.agreed_on, lang))],
        ),
    ]
    said = [(name, question, [line for line in lines if line]) for name, question, lines in found]
    return [line for line in said if line[2]]


def _sheet_label(key: str) -> str:
    return {
        "fr": _("En français"),
        "nl": _("En néerlandais"),
        "both": _("Dans les deux langues (deux pages)"),
    }[key]


def _own(service: Service) -> dict[str, Any]:
    """What is known before anything is typed: the theme most asked of the service; who is signed in."""
    need = first_need(service)
    known: dict[str, Any] = {"theme": need.key if need else None}
    account = signed_in()
    if account is not None and account.role is Role.SOCIAL_WORKER:
        houses = account.organizations
        known |= {"worker": account.name, "worker_phone": account.phone or ""}
        known["organization"] = houses[0].name.into(reader()).words if houses else ""
    return known


def _values_of(form: PaperForm) -> list[tuple[str, str]]:
    """The fields of the form as a browser would send them: pairs (name, value)."""
    found: list[tuple[str, str]] = []
    for field in form:
        if isinstance(field, Several):
            found += [(field.name, value) for value in field.data or []]
        elif isinstance(field, BooleanField):
            found += [(field.name, "y")] if field.data else []
        elif field.data:
            found.append((field.name, str(field.data)))
    return found


def _carried() -> list[tuple[str, str]]:
    """Everything this form sent, to come along in the next page."""
    left = {TOKEN, SWITCH, "at", "step", "service", "before", "written_in"}
    return [(name, value) for name, value in request.form.items(multi=True) if name not in left]


def _values(field: Field) -> list[str]:
    """The values that may be chosen, in the order they stand in."""
    choices: list[Any] = field.choices  # type: ignore[attr-defined]  # of a field with choices, made by `options`
    return [choice.value for choice in choices]


def _known(field: Several) -> list[str]:
    """The ticked boxes that are ours, in the order they stand in."""
    return [value for value in _values(field) if value in (field.data or [])]


def _number(words: str | None) -> int | None:
    return int(words) if words in {str(number) for number in range(MOST_PEOPLE + 1)} else None
