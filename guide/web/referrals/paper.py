"""The fiche-relais on paper, for anybody who works with people: no account, and nothing is stored.

One page to fill in, one to check, then the sheet to print or as PDF. What was typed travels in the pages
themselves, as fields of their forms, and is gone when they are closed; a count of the month remains.
"""

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar

from flask import Blueprint, Response, g, make_response, render_template, request, url_for
from sqlalchemy.exc import OperationalError
from wtforms import BooleanField, Field, Form, RadioField, SelectField, TextAreaField
from wtforms.validators import StopValidation

from guide.directory.asking import whom_to_ask
from guide.directory.listing import ListingFacts
from guide.languages import LANGUAGES, Language
from guide.model import Role, Service, YesNo
from guide.publish import referral_sheet
from guide.publish.pdf import TypesettingError
from guide.publish.worker_pool import WorkerError
from guide.referrals import paper, receivers, rendering
from guide.referrals.content import CONTACT_WAYS, HOUSEHOLD, MOST_PEOPLE
from guide.referrals.labels import Medium
from guide.referrals.paper import LONGEST, OTHER_LANGUAGE, PaperReferral
from guide.referrals.receivers import NoReceiver
from guide.referrals.refused_text import Refused
from guide.search.analysis import fold
from guide.web.referrals.fields import ReferralForm, text
from guide.web.security.access_control import signed_in
from guide.web.ui import discretion
from guide.web.ui.cards import first_need, service_url
from guide.web.ui.forms import N_, SWITCH, TOKEN, GuideForm, needed, options, sent
from guide.web.ui.request_context import bodies, catalogue, client_ip_bucket, needs, now, session, writing
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import absolute, bilingual_page, query_value, reader

pages = Blueprint("paper", __name__)

MOST_OFFERED = 200
"""So many names make a list that one can still look through; of more one looks for a word first."""

SHEETS: dict[str, tuple[Language, ...]] = {"fr": ("fr",), "nl": ("nl",), "both": LANGUAGES}
"""The languages of the sheet that may be chosen."""


HTML_NAMES: Mapping[str, str] = {
    "name": "person",
    "contact": "ways",
    "language": "spoken",
    "other_language": "spoken_other",
    "coming_along": "company",
    "documents": "brings",
    "bim": "higher_reimbursement",
}
"""What the page calls a field in its HTML, where it is not the field's name: the lines of the check page lead there,
and a page that stood open while the guide was updated sends these."""


class PaperForm(ReferralForm):
    """The sheet's fields, in their order on the page: there is none for what may not be written."""

    medium = Medium.PAPER
    order = (
        "theme", "request", "urgency", "tried",
        "name", "language", "other_language", "interpreter", "contact", "phone", "mail", "safe", "no_message",
        "availability", "documents",
        "age", "adults", "children", "children_ages", "mobility", "coming_along", "bim",
        "organization", "worker", "worker_phone", "agreed",
    )  # fmt: skip
    longest = LONGEST
    missing: ClassVar[Mapping[str, str]] = {
        "theme": N_("Choisissez de quoi il s’agit."),
        "request": N_("Écrivez en une phrase ce que la personne demande."),
        "urgency": N_("Choisissez pour quand c’est."),
        "name": N_("Écrivez le prénom ou les initiales de la personne."),
        "language": N_("Choisissez la langue que la personne parle."),
        "other_language": N_("Écrivez quelle langue la personne parle."),
        "contact": N_("Choisissez au moins une façon de joindre la personne."),
        "phone": N_("Écrivez le numéro où l’appeler."),
        "mail": N_("Écrivez l’adresse où lui écrire."),
        "organization": N_("Écrivez le nom de votre organisme."),
        "worker_phone": N_("Écrivez le numéro où le service peut vous répondre."),
    }
    refusals: ClassVar[Mapping[Refused, str]] = {
        Refused.NATIONAL_NUMBER: N_(
            "Ce texte contient un numéro national. Enlevez-le : le service le demandera s’il en a besoin."
        ),
        Refused.BANK_ACCOUNT: N_(
            "Ce texte contient un numéro de compte. Enlevez-le : la fiche n’en a pas besoin."
        ),
    }
    alone = N_("Elle prend contact elle-même, ou on la joint : choisissez l’un des deux.")
    urgencies: ClassVar[Mapping[str, str]] = {"normal": "normal", "week": "this_week", "today": "today"}
    ages = paper.AGES
    first_document = 0

    request = text("request", TextAreaField)
    urgency = RadioField(validate_choice=False, default="normal")
    other_language = text("other_language")
    no_message = BooleanField()
    adults = SelectField(validate_choice=False)
    children = SelectField(validate_choice=False)
    agreed = BooleanField(
        N_("La personne est d’accord : je lui ai lu ce qui est écrit et à qui la fiche est destinée."),
        validators=[needed(lambda: _("Demandez d’abord l’accord de la personne, puis cochez."))],
    )

    class Meta(GuideForm.Meta):
        def bind_field(self, form: Form, unbound_field: Any, options: Any) -> Any:
            """The field under the name that the page gives it."""
            name = HTML_NAMES.get(options["name"], options["name"])
            return super().bind_field(form, unbound_field, options | {"name": name})

    def offer(self, service: Service) -> "PaperForm":
        """With what there is to choose for this service."""
        self.offer_choices(service)
        numbers = options([("", _("Non précisé")), *((str(n), str(n)) for n in range(MOST_PEOPLE + 1))])
        self.adults.choices = self.children.choices = numbers
        return self

    def languages(self) -> list[tuple[str, str]]:
        """All of them, and any other, whose name is typed."""
        return [("", _("Choisissez")), *super().languages(), (OTHER_LANGUAGE, _("une autre langue"))]

    def themes(self, service: Service) -> list[tuple[str, str]]:
        """Every need: a person may ask for more than the service is filed under."""
        return [(need.key, need.name.localized(reader()).words) for need in needs()]

    def requires(self, name: str) -> bool:
        """The name of a language only for one that is not in the list."""
        if name == "other_language":
            return bool(self.language.data == OTHER_LANGUAGE)
        return super().requires(name)

    def passes_over(self, name: str) -> bool:
        """The number or address of a way that is not ticked."""
        return name in ("phone", "mail") and name not in (self.contact.data or [])

    def validate_theme(self, field: Field) -> None:
        """One of the needs."""
        self._chosen("theme")

    def validate_urgency(self, field: Field) -> None:
        """One of ours."""
        self._chosen("urgency")

    def validate_language(self, field: Field) -> None:
        """One of the list, or another."""
        self._chosen("language")

    def validate_contact(self, field: Field) -> None:
        """At least one of the ways, and none that is not ours."""
        if set(field.data or []) - set(CONTACT_WAYS):
            raise StopValidation(str(self.missing["contact"]))
        super().validate_contact(field)

    def referral(self, service: Service) -> PaperReferral:
        """What was typed, once it is sound."""
        return PaperReferral(
            content=self.content(service),
            theme=next(need.name for need in needs() if need.key == self.theme.data),
            urgency=self.urgencies[self.urgency.data],
            agreed_on=now().date(),
            written_in=written_in(),
            brings=self.brought(),
            other_language=(self.other_language.data or "") if self.requires("other_language") else "",
            no_message=bool(self.no_message.data),
        )

    def _chosen(self, name: str) -> None:
        """One of what there is to choose."""
        if not self.value(name):
            raise StopValidation(str(self.missing[name]))


def written_in() -> Language:
    """The language the texts were typed in: of the page that was filled in, whatever pages came after."""
    typed = request.form.get("written_in")
    return "nl" if typed == "nl" else "fr" if typed == "fr" else reader()


SHOWN_WHEN_WANTED = (*HOUSEHOLD, "coming_along")
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
        return _answer(_form(service, PaperForm(data=_own(service)).offer(service)))
    return _posted(service, step)


def _posted(service: Service, step: str) -> Response:
    """What was typed: in the form again, on the check page once it is sound, or as the sheet."""
    form = PaperForm(request.form).offer(service)
    if step == "chosen" and request.form.get("before") != service.key:
        form.documents.data = []  # what another service asks to bring
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
    referral = form.referral(service)
    address = absolute(url_for("public.short_links.follow", code=service.short_code))
    asked = whom_to_ask(service, bodies())
    sheets = [referral_sheet.sheet(service, referral, side, now().date(), address, asked) for side in chosen]
    if step != "pdf":
        return _answer(_print(service, form, sheets))
    try:
        content = referral_sheet.as_pdf(sheets, now())
    except TypesettingError:
        return _answer(_print(service, form, sheets, no_pdf="sign"))
    except WorkerError:
        return _answer(_print(service, form, sheets, no_pdf="lost"), 503)
    answer = _answer(content)
    answer.mimetype = "application/pdf"
    name = _("fiche-relais")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _count(service: Service) -> int:
    """Counts the sheet; the seconds to wait when there were too many from this place. Never in a sheet's way."""
    wait = 0
    with suppress(OperationalError), writing() as db_session:
        wait = paper.count_sheet(
            db_session,
            db_session.get_one(Service, service.id),
            client_ip_bucket(),
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
    """The services one can be sent to, by name; what was typed before comes along.

    Of more than MOST_OFFERED those are offered whose name holds the words that were looked for. With a refusal:
    what to do instead for the service that takes none.
    """
    every = _offered(reader())
    words = request.values.get("service_words", "")[:60]
    looked_for = fold(words)
    found = [one for name, one in every if looked_for in name]
    many = len(every) > MOST_OFFERED
    too_many = len(found) > MOST_OFFERED
    discretion.show(found[:MOST_OFFERED])
    return render_template(
        "referrals/paper/choose.html",
        services=found[:MOST_OFFERED],
        many=many,
        too_many=too_many,
        words=words,
        chosen=service if refusal is None else None,
        refused=service,
        refusal=refusal,
        carried=_carried(),
    )


def _offered(lang: Language) -> Sequence[tuple[str, ListingFacts]]:
    """Every service one can be sent to with a sheet, by its name in this language; each with its folded name."""
    every = catalogue()

    def found() -> list[tuple[str, ListingFacts]]:
        taking = (one for one in every.listings.values() if receivers.takes_paper(one))
        named = sorted((one.name.localized(lang).words.casefold(), one.key, one) for one in taking)
        return [(fold(name), one) for name, _key, one in named]

    return every.once(("for paper", lang), found)


def _form(service: Service, form: PaperForm) -> str:
    secrecy = service.organization.bound_by_secrecy if service.organization else None
    return render_template(
        "referrals/paper/new.html",
        service=service,
        url=service_url(service),
        form=form,
        longest=LONGEST,
        asks=bool(form.documents.choices),
        no_secrecy=secrecy is YesNo.NO,
        household_open=any(form[name].data or form[name].errors for name in SHOWN_WHEN_WANTED),
    )


def _check(service: Service, form: PaperForm, wait: int = 0) -> str:
    referral = form.referral(service)
    lang = reader()
    return render_template(
        "referrals/paper/check.html",
        service=service,
        url=service_url(service),
        form=form,
        lines=rendering.check_lines(service, referral, lang),
        anchors=HTML_NAMES,
        today=referral.urgency == "today",
        sheets=[(key, _sheet_label(key)) for key in SHEETS],
        chosen=request.form.get("sheet") if request.form.get("sheet") in SHEETS else lang,
        carried=[*form.hidden(), ("written_in", written_in())],
        sheet_name=request.form.get("sheet_name", "")[:64] or secrets.token_urlsafe(12),
        wait=wait,
    )


def _print(service: Service, form: PaperForm, sheets: list[referral_sheet.Sheet], no_pdf: str = "") -> str:
    g.without_alternate = True
    return render_template(
        "referrals/paper/sheet.html",
        service=service,
        sheets=sheets,
        chosen=request.form.get("sheet", ""),
        carried=[*form.hidden(), ("written_in", written_in())],
        sheet_name=request.form.get("sheet_name", "")[:64],
        no_pdf=no_pdf,
    )


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
        organizations = account.organizations
        known |= {"worker": account.name, "worker_phone": account.phone or ""}
        known["organization"] = organizations[0].name.localized(reader()).words if organizations else ""
    return known


def _carried() -> list[tuple[str, str]]:
    """Everything this form sent, to come along in the next page."""
    left = {TOKEN, SWITCH, "at", "step", "service", "before", "written_in", "service_words"}
    return [(name, value) for name, value in request.form.items(multi=True) if name not in left]
