"""The form of a fiche-relais: at most eight answers to give, and no field for what must not be told.

What a service is offered depends on it: its own conditions and papers to tick, the household only where its help
depends on it, and next to nothing when it is not bound by professional secrecy. No field exists for a national
number, a birth date, a nationality, an address or a diagnosis.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

from wtforms import (
    BooleanField,
    Field,
    Form,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import StopValidation

from guide.languages import Language
from guide.model import Account, Service, Urgency
from guide.referrals.content import AGES, HOUSEHOLD, LONGEST, MOST_PEOPLE, MOTIVE, NOT_BOUND, Content
from guide.referrals.labels import Medium
from guide.referrals.paper import documents_asked
from guide.referrals.refused_text import Refused
from guide.referrals.sending import Consent, is_bound
from guide.web.referrals.consent import ConsentForm, known_substitute
from guide.web.referrals.fields import ReferralForm, no_number, required, text, typed_values
from guide.web.security.signing import sign, signed
from guide.web.ui.cards import first_need
from guide.web.ui.forms import FORM_LIFE, N_, MailField, Several, at_most, options
from guide.web.ui.request_context import needs, now
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import reader

HOUSEHOLD_NEEDS = ("faim", "logement")
"""Needs whose help depends on the household: a food parcel on how many eat, a home on how many sleep in it."""

TODAY = "today"
"""The urgency with which nothing is sent: the page says whom to call."""

USUAL_CONSENT = timedelta(days=30)
AGREES = "2"
"""The one of the five statements without which not even a draft is kept: she agrees."""

FOR_BOUND = (
    "request", "tried", "availability", "coming_along", "publics", "documents", *HOUSEHOLD,
)  # fmt: skip
"""Fields that only a receiver bound by secrecy may be told."""


def _agreed(words: Callable[[], str]) -> Callable[[Form, Field], None]:
    """Part of the person's agreement: needed for sending, unless somebody is in grave danger."""

    def check(form: Form, field: Field) -> None:
        if form.sending and not form["emergency"].data and not field.data:  # type: ignore[attr-defined]
            raise StopValidation(words())

    return check


def _phone(field: Field) -> None:
    figures = sum(sign.isdigit() for sign in field.data or "")
    if field.data and not 6 <= figures <= 15:
        raise StopValidation(_("Nous n’avons pas compris ce numéro. Écrivez-le ainsi : 0470 12 34 56."))


def _count(form: Form, field: Field) -> None:
    text = field.data or ""
    if text and not (text.isascii() and text.isdigit() and len(text) <= 2 and int(text) <= MOST_PEOPLE):
        raise StopValidation(_("Écrivez un nombre, par exemple 2."))


class OnlineForm(ReferralForm, ConsentForm):
    """A fiche-relais as it is filled in. `sending` False: only what a draft needs is asked.

    Made with what was posted or with values, then `offer` for the service; `sound` checks it, `content`, `agreement`
    and the rest give the values.
    """

    medium = Medium.ACCOUNT
    order = (
        "service", "fiche", "handed_on",
        "organization", "worker", "function", "worker_phone", "worker_email",
        "name", "contact", "phone", "mail", "copy_by_mail", "safe", "language", "interpreter", "coming_along",
        "theme", "request", "tried", "availability", "publics", "documents",
        "adults", "children", "children_ages", "age", "mobility", "bim",
        "urgency",
        "way", "day", "spoken", "expires", "copy", "substitute", "conditions", "emergency", "motive",
    )  # fmt: skip
    longest = LONGEST
    missing: ClassVar[Mapping[str, str]] = {
        "organization": N_("Écrivez le nom de votre organisme."),
        "worker": N_("Écrivez votre nom."),
        "worker_phone": N_("Écrivez un numéro où l’on vous joint."),
        "worker_email": N_("Écrivez votre adresse e-mail."),
        "name": N_("Écrivez le prénom de la personne, ou ses initiales."),
        "contact": N_("Cochez comment le service peut la joindre."),
        "phone": N_("Écrivez le numéro où on peut l’appeler."),
        "mail": N_("Écrivez l’adresse où on peut lui écrire."),
        "request": N_("Écrivez ce qu’elle demande, en une phrase."),
        "urgency": N_("Choisissez si c’est urgent."),
    }
    refusals: ClassVar[Mapping[Refused, str]] = {
        Refused.NATIONAL_NUMBER: N_(
            "Un numéro national ne se transmet pas ici. Enlevez-le : le service le demandera à la personne."
        ),
        Refused.BANK_ACCOUNT: N_(
            "Un numéro de compte ne se transmet pas ici. Enlevez-le : le service le demandera à la personne."
        ),
    }
    alone = N_("« Elle prend contact elle-même » se coche seul. Décochez ceci, ou le reste.")
    urgencies: ClassVar[Mapping[str, str]] = {value: value for value in (*Urgency, TODAY)}
    ages = AGES
    first_document = 1
    sending = True
    first_theme = ""

    service = HiddenField()
    fiche = HiddenField()
    handed_on = HiddenField()

    function = text("function")
    worker_email = text("worker_email", MailField)
    copy_by_mail = BooleanField(N_("Elle veut un message avec le numéro de sa fiche"))
    publics = Several(validate_choice=False)
    adults = StringField(validators=[_count])
    children = StringField(validators=[_count])

    way = RadioField(
        N_("Comment a-t-elle donné son accord ?"),
        [_agreed(lambda: _("Choisissez comment elle a donné son accord."))],
        validate_choice=False,
    )
    day = StringField(N_("Quand ?"), [_agreed(lambda: _("Écrivez la date de son accord."))])
    spoken = RadioField(
        N_("Expliqué en quelle langue ?"),
        [_agreed(lambda: _("Choisissez la langue de l’explication."))],
        validate_choice=False,
    )
    expires = StringField(
        N_("Son accord vaut jusqu’au"), [_agreed(lambda: _("Écrivez jusqu’à quand son accord vaut."))]
    )
    copy = RadioField(
        N_("Reçoit-elle sa copie ?"),
        [_agreed(lambda: _("Dites si elle reçoit sa copie."))],
        validate_choice=False,
    )
    substitute = SelectField(
        N_("Qui vous remplace, si votre compte est fermé ?"), [known_substitute], validate_choice=False
    )
    conditions = Several(N_("Cochez les cinq phrases"), validate_choice=False)
    emergency = BooleanField(N_("Danger grave et immédiat : j’envoie sans son accord"))
    motive = TextAreaField(N_("Pourquoi ?"), [at_most(MOTIVE), no_number])

    def offer(self, service: Service, colleagues: Sequence[Account]) -> "OnlineForm":
        """Keeps the fields that this service may be told, with its own things to tick; `colleagues` may take over."""
        self.offer_consent(colleagues)
        self.offer_choices(service)
        self.first_theme = self.themes(service)[0][0]
        self.copy.choices = options(
            [("yes", _("Oui, je la lui donne")), ("no", _("Non, elle n’en veut pas"))]
        )
        self.publics.choices = options(
            (term.key, term.name.localized(reader()).words) for term in service.publics
        )
        for name in _not_offered(service):
            del self[name]
        return self

    def themes(self, service: Service) -> list[tuple[str, str]]:
        """The needs a service is filed under, its first one first; all of them for one that is filed nowhere."""
        first = first_need(service)
        found = [first] if first is not None else []
        found += [filed.term.need for filed in service.attributes]
        return list({need.key: need.name.localized(reader()).words for need in found or needs()}.items())

    def requires(self, name: str) -> bool:
        """A draft may go without anything; a number or an address is needed for a way that is ticked."""
        if name in ("phone", "mail"):
            return self.sending and name in (self.contact.data or [])
        return self.sending and name in self.missing

    @property
    def asks_consent(self) -> bool:
        return self.sending and not self.emergency.data

    def sound(self, sending: bool) -> bool:
        """Is everything there that sending (or keeping a draft) needs? Sentences stand at the fields."""
        self.sending = sending
        return bool(self.validate())

    def validate_urgency(self, field: Field) -> None:
        """Needed for sending."""
        required(self, field, "urgency")

    def validate_phone(self, field: Field) -> None:
        """A number that can be called."""
        _phone(field)

    def validate_worker_phone(self, field: Field) -> None:
        """A number that can be called."""
        _phone(field)

    def validate_conditions(self, field: Field) -> None:
        """All five for sending; for a draft that she agrees."""
        if not self.sending and AGREES not in (field.data or []):
            raise StopValidation(
                _("Cochez d’abord « Elle est d’accord. » Sans son accord, nous ne gardons rien.")
            )
        super().validate_conditions(field)

    def validate_motive(self, field: Field) -> None:
        """Needed where it stands for her agreement."""
        if self.sending and self.emergency.data and not (field.data or "").strip():
            raise StopValidation(_("Écrivez quel danger vous empêche d’attendre son accord."))

    def content(self, service: Service) -> Content:
        """What the fiche says, as far as this receiver may be told."""
        content = super().content(service)
        met = tuple(
            term.name.localized(reader()).words
            for term in service.publics
            if term.key in (self.value("publics") or [])
        )
        return replace(content, need=replace(content.need, publics=met)).cut_for(is_bound(service))

    def agreement(self) -> Consent | None:
        """The person's agreement as it was stated; None in an emergency. Only of a sound form."""
        return None if self.emergency.data else self.stated(self.copy.data == "yes")

    def how_soon(self) -> Urgency:
        """The urgency with which it is sent; what is for today is never sent."""
        return Urgency.THIS_WEEK if self.urgency.data == Urgency.THIS_WEEK else Urgency.NORMAL

    def theme_key(self) -> str:
        """The theme that was chosen, else the service's first."""
        return self.value("theme") or self.first_theme


def first_values(service: Service, account: Account, lang: Language) -> dict[str, Any]:
    """What stands in the form before anything is typed."""
    today = now().date()
    need = first_need(service)
    organizations = account.organizations
    return {
        "organization": organizations[0].name.localized(lang).words if organizations else "",
        "worker": account.name,
        "worker_phone": account.phone or "",
        "worker_email": account.email,
        "theme": need.key if need is not None else "",
        "language": lang,
        "urgency": Urgency.NORMAL.value,
        "day": today.isoformat(),
        "spoken": lang,
        "expires": (today + USUAL_CONSENT).isoformat(),
    }


def values_of(content: Content, service: Service, only_need: bool = False) -> dict[str, Any]:
    """A content as the form's values: of a draft all of it, of a declined one only the need."""
    need = typed_values(replace(content.need, publics=(), documents=()))
    if only_need:
        return {name: value for name, value in need.items() if value}
    side = reader()
    return {
        **need,
        **typed_values(content.sender),
        **typed_values(content.person),
        "publics": [
            term.key for term in service.publics if term.name.localized(side).words in content.need.publics
        ],
        "documents": [
            str(place)
            for place, item in enumerate(documents_asked(service), start=OnlineForm.first_document)
            if item.localized(side).words in content.need.documents
        ],
    }


def asks_household(service: Service) -> bool:
    """Does the help of this service depend on the household?"""
    need = first_need(service)
    return need is not None and need.key in HOUSEHOLD_NEEDS


def new_token(account: Account, uid: str = "") -> str:
    """The form's own uid, signed for this person: a form that is sent twice makes one fiche."""
    return sign(f"relay:{account.id}", uid or secrets.token_hex(16))


def uid_of(token: str, account: Account) -> str:
    """The uid again; '' when it is not hers, too old or none."""
    return str(signed(f"relay:{account.id}", token, FORM_LIFE) or "") if token else ""


def _not_offered(service: Service) -> set[str]:
    left = set() if is_bound(service) else {name for name in FOR_BOUND if name not in NOT_BOUND}
    if not asks_household(service):
        left |= set(HOUSEHOLD)
    return (
        left
        | ({"publics"} if not service.publics else set())
        | ({"documents"} if not documents_asked(service) else set())
    )
