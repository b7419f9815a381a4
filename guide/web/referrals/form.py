"""The form of a fiche-relais: at most eight answers to give, and no field for what must not be told.

What a service is offered depends on it: its own conditions and papers to tick, the household only where its help
depends on it, and next to nothing when it is not bound by professional secrecy. No field exists for a national
number, a birth date, a nationality, an address or a diagnosis.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
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

from guide.languages import SPOKEN_LANGUAGES, Language
from guide.model import Account, Service, Urgency
from guide.referrals.content import (
    AGES,
    AVAILABILITY,
    CHILDREN_AGES,
    CONTACT,
    CONTACT_WAYS,
    HOUSEHOLD,
    MOST_PEOPLE,
    MOTIVE,
    NAME,
    NOT_BOUND,
    REQUEST,
    SAFE,
    TRIED,
    YES_NO_UNKNOWN,
    Content,
    Need,
    Person,
    Sender,
)
from guide.referrals.refused_text import refused
from guide.referrals.sending import Consent, is_bound
from guide.web.referrals import labels
from guide.web.referrals.consent import ConsentForm, known_substitute
from guide.web.security.signing import sign, signed
from guide.web.ui.cards import first_need
from guide.web.ui.forms import FORM_LIFE, N_, MailField, Several, at_most, options
from guide.web.ui.labels import language_name
from guide.web.ui.request_context import needs, now
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


def _to_send(words: Callable[[], str]) -> Callable[[Form, Field], None]:
    """Needed for sending; a draft may go without it."""

    def check(form: Form, field: Field) -> None:
        if form.sending and not field.data:  # type: ignore[attr-defined]
            raise StopValidation(words())

    return check


def _agreed(words: Callable[[], str]) -> Callable[[Form, Field], None]:
    """Part of the person's agreement: needed for sending, unless somebody is in grave danger."""

    def check(form: Form, field: Field) -> None:
        if form.sending and not form["emergency"].data and not field.data:  # type: ignore[attr-defined]
            raise StopValidation(words())

    return check


def _no_number(form: Form, field: Field) -> None:
    found = refused(field.data or "")
    if found == "national_number":
        raise StopValidation(
            _(
                "Un numéro national ne se transmet pas ici. Enlevez-le : le service le demandera à la personne."
            )
        )
    if found == "bank_account":
        raise StopValidation(
            _(
                "Un numéro de compte ne se transmet pas ici. Enlevez-le : le service le demandera à la personne."
            )
        )


def _phone(form: Form, field: Field) -> None:
    figures = sum(sign.isdigit() for sign in field.data or "")
    if field.data and not 6 <= figures <= 15:
        raise StopValidation(_("Nous n’avons pas compris ce numéro. Écrivez-le ainsi : 0470 12 34 56."))


def _count(form: Form, field: Field) -> None:
    text = field.data or ""
    if text and not (text.isascii() and text.isdigit() and len(text) <= 2 and int(text) <= MOST_PEOPLE):
        raise StopValidation(_("Écrivez un nombre, par exemple 2."))


class RelayForm(ConsentForm):
    """A fiche-relais as it is filled in. `sending` False: only what a draft needs is asked.

    `offer` leaves out what this service is not asked for; `content`, `consent` and the rest give the values.
    """

    sending = True
    first_theme = ""

    service = HiddenField()
    fiche = HiddenField()
    handed_on = HiddenField()

    organization = StringField(
        N_("Votre organisme"),
        [_to_send(lambda: _("Écrivez le nom de votre organisme.")), at_most(120), _no_number],
    )
    worker = StringField(
        N_("Votre nom"), [_to_send(lambda: _("Écrivez votre nom.")), at_most(80), _no_number]
    )
    function = StringField(N_("Votre fonction"), [at_most(80), _no_number])
    worker_phone = StringField(
        N_("Votre téléphone"),
        [_to_send(lambda: _("Écrivez un numéro où l’on vous joint.")), at_most(32), _no_number, _phone],
    )
    worker_email = MailField(
        N_("Votre e-mail"),
        [_to_send(lambda: _("Écrivez votre adresse e-mail.")), at_most(254), _no_number],
    )

    name = StringField(
        N_("Prénom ou initiales"),
        [
            _to_send(lambda: _("Écrivez le prénom de la personne, ou ses initiales.")),
            at_most(NAME),
            _no_number,
        ],
    )
    contact = Several(
        N_("Comment la joindre ?"),
        [_to_send(lambda: _("Cochez comment le service peut la joindre."))],
        validate_choice=False,
    )
    phone = StringField(N_("Son téléphone"), [at_most(CONTACT), _no_number, _phone])
    mail = MailField(N_("Son e-mail"), [at_most(CONTACT), _no_number])
    copy_by_mail = BooleanField(N_("Elle veut un message avec le numéro de sa fiche"))
    safe = StringField(N_("Pour la joindre sans risque"), [at_most(SAFE), _no_number])
    language = SelectField(N_("Langue à parler avec elle"), validate_choice=False)
    interpreter = BooleanField(N_("Il faut un interprète"))
    coming_along = StringField(N_("Qui l’accompagne"), [at_most(NAME), _no_number])

    theme = SelectField(N_("Thème"), validate_choice=False)
    request = StringField(
        N_("Sa demande, en une phrase"),
        [_to_send(lambda: _("Écrivez ce qu’elle demande, en une phrase.")), at_most(REQUEST), _no_number],
    )
    tried = TextAreaField(N_("Ce qui a déjà été essayé"), [at_most(TRIED), _no_number])
    availability = StringField(N_("Quand elle est libre"), [at_most(AVAILABILITY), _no_number])
    publics = Several(N_("Conditions du service que la personne remplit"), validate_choice=False)
    documents = Several(N_("Ce qu’elle apportera"), validate_choice=False)
    adults = StringField(N_("Adultes dans le ménage"), [_count])
    children = StringField(N_("Enfants dans le ménage"), [_count])
    children_ages = Several(N_("Âge des enfants"), validate_choice=False)
    age = SelectField(N_("Âge de la personne"), validate_choice=False)
    mobility = StringField(N_("Mobilité"), [at_most(NAME), _no_number])
    bim = SelectField(N_("Intervention majorée (BIM)"), validate_choice=False)

    urgency = RadioField(
        N_("Est-ce urgent ?"), [_to_send(lambda: _("Choisissez si c’est urgent."))], validate_choice=False
    )

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
    motive = TextAreaField(N_("Pourquoi ?"), [at_most(MOTIVE), _no_number])

    def offer(self, service: Service, colleagues: Sequence[Account]) -> "RelayForm":
        """Keeps the fields that this service may be told, with its own things to tick; `colleagues` may take over."""
        side = reader()
        self.offer_consent(colleagues)
        self.contact.choices = options((way, labels.contact_way_label(way)) for way in CONTACT_WAYS)
        self.language.choices = options((code, language_name(code)) for code in SPOKEN_LANGUAGES)
        found = themes(service)
        self.theme.choices, self.first_theme = options(found), found[0][0]
        self.urgency.choices = options((value, labels.urgency_label(value)) for value in (*Urgency, TODAY))
        self.copy.choices = options(
            [("yes", _("Oui, je la lui donne")), ("no", _("Non, elle n’en veut pas"))]
        )
        self.publics.choices = options((term.key, term.name.into(side).words) for term in service.publics)
        self.documents.choices = options(
            (str(place), words) for place, words in enumerate(papers(service), start=1)
        )
        self.children_ages.choices = options((band, age_words(band)) for band in CHILDREN_AGES)
        unsaid = ("", _("Non précisé"))
        self.age.choices = options([unsaid, *((band, age_words(band)) for band in AGES)])
        self.bim.choices = options([unsaid, *((each, yes_no_words(each)) for each in YES_NO_UNKNOWN)])
        for name in _not_offered(service):
            del self[name]
        return self

    @property
    def asks_consent(self) -> bool:
        return self.sending and not self.emergency.data

    def sound(self, sending: bool) -> bool:
        """Is everything there that sending (or keeping a draft) needs? Sentences stand at the fields."""
        self.sending = sending
        return bool(self.validate())

    def validate_contact(self, field: Field) -> None:
        if "none" in (field.data or []) and len(field.data) > 1:
            raise StopValidation(
                _("« Elle prend contact elle-même » se coche seul. Décochez ceci, ou le reste.")
            )

    def validate_phone(self, field: Field) -> None:
        if self.sending and "phone" in (self.contact.data or []) and not field.data:
            raise StopValidation(_("Écrivez le numéro où on peut l’appeler."))

    def validate_mail(self, field: Field) -> None:
        if self.sending and "mail" in (self.contact.data or []) and not field.data:
            raise StopValidation(_("Écrivez l’adresse où on peut lui écrire."))

    def validate_conditions(self, field: Field) -> None:
        if not self.sending and AGREES not in (field.data or []):
            raise StopValidation(
                _("Cochez d’abord « Elle est d’accord. » Sans son accord, nous ne gardons rien.")
            )
        super().validate_conditions(field)

    def validate_motive(self, field: Field) -> None:
        if self.sending and self.emergency.data and not (field.data or "").strip():
            raise StopValidation(_("Écrivez quel danger vous empêche d’attendre son accord."))

    def content(self, service: Service) -> Content:
        """What the fiche says. The number or address of a way that is not ticked is not passed on."""
        ways = tuple(self._value("contact"))
        ticked = self._value("documents") or []
        met = self._value("publics") or []
        return Content(
            sender=Sender(
                self._text("organization"),
                self._text("worker"),
                self._text("function"),
                self._text("worker_phone"),
                self._text("worker_email"),
            ),
            person=Person(
                name=self._text("name"),
                contact=ways,
                phone=self._text("phone") if "phone" in ways else "",
                mail=self._text("mail") if "mail" in ways else "",
                safe=self._text("safe"),
                coming_along=self._text("coming_along"),
            ),
            need=Need(
                request=self._text("request"),
                tried=self._text("tried"),
                availability=self._text("availability"),
                language=self._text("language"),
                interpreter=bool(self._value("interpreter")),
                publics=tuple(term.name.into(reader()).words for term in service.publics if term.key in met),
                documents=tuple(
                    words for place, words in enumerate(papers(service), start=1) if str(place) in ticked
                ),
                adults=self._text("adults"),
                children=self._text("children"),
                children_ages=tuple(self._value("children_ages") or ()),
                age=self._text("age"),
                mobility=self._text("mobility"),
                bim=self._text("bim"),
            ),
        ).cut_for(is_bound(service))

    def agreement(self) -> Consent | None:
        """The person's agreement as it was stated; None in an emergency. Only of a sound form."""
        return None if self.emergency.data else self.stated(self.copy.data == "yes")

    def how_soon(self) -> Urgency:
        return Urgency.THIS_WEEK if self.urgency.data == Urgency.THIS_WEEK else Urgency.NORMAL

    def hidden(self) -> Iterator[tuple[str, str]]:
        """Everything that was typed, as pairs for hidden fields: it travels with the page and lies nowhere else."""
        for field in self:
            if isinstance(field, BooleanField):
                if field.data:
                    yield field.name, "y"
            elif isinstance(field, Several):
                yield from ((field.name, value) for value in field.data or [])
            elif field.data:
                yield field.name, str(field.data)

    def theme_key(self) -> str:
        """The theme that was chosen, else the service's first."""
        return self._text("theme") or self.first_theme

    def _value(self, name: str) -> Any:
        """What stands in a field; of a choice only what was there to choose. None of a field that is not offered."""
        if name not in self:
            return None
        field = self[name]
        if not hasattr(field, "choices"):
            return field.data
        known = [choice.value for choice in field.choices or []]
        if isinstance(field, Several):
            return [value for value in known if value in (field.data or [])]
        return field.data if field.data in known else ""

    def _text(self, name: str) -> str:
        return str(self._value(name) or "")


def first_values(service: Service, account: Account, lang: Language) -> dict[str, Any]:
    """What stands in the form before anything is typed."""
    today = now().date()
    need = first_need(service)
    houses = account.organizations
    return {
        "organization": houses[0].name.into(lang).words if houses else "",
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
    need, person, sender = content.need, content.person, content.sender
    values: dict[str, Any] = {
        "request": need.request,
        "tried": need.tried,
        "availability": need.availability,
        "language": need.language,
        "interpreter": need.interpreter,
        "adults": need.adults,
        "children": need.children,
        "children_ages": list(need.children_ages),
        "age": need.age,
        "mobility": need.mobility,
        "bim": need.bim,
    }
    if only_need:
        return {name: value for name, value in values.items() if value}
    papers_here, side = papers(service), reader()
    return values | {
        "organization": sender.organization,
        "worker": sender.worker,
        "function": sender.function,
        "worker_phone": sender.phone,
        "worker_email": sender.email,
        "name": person.name,
        "contact": list(person.contact),
        "phone": person.phone,
        "mail": person.mail,
        "safe": person.safe,
        "coming_along": person.coming_along,
        "publics": [term.key for term in service.publics if term.name.into(side).words in need.publics],
        "documents": [
            str(place) for place, words in enumerate(papers_here, start=1) if words in need.documents
        ],
    }


def themes(service: Service) -> list[tuple[str, str]]:
    """The needs a service is filed under, its first one first; all of them for one that is filed nowhere."""
    side = reader()
    first = first_need(service)
    found = [first] if first is not None else []
    found += [filed.term.need for filed in service.attributes]
    return list({need.key: need.name.into(side).words for need in found or needs()}.items())


def papers(service: Service) -> list[str]:
    """What the listing asks to bring, in the reader's language if it is written in it."""
    told = service.required_documents or {}
    other = "nl" if reader() == "fr" else "fr"
    return list(told.get(reader()) or told.get(other) or [])


def asks_household(service: Service) -> bool:
    need = first_need(service)
    return need is not None and need.key in HOUSEHOLD_NEEDS


def new_token(account: Account, uid: str = "") -> str:
    """The form's own uid, signed for this person: a form that is sent twice makes one fiche."""
    return sign(f"relay:{account.id}", uid or secrets.token_hex(16))


def uid_of(token: str, account: Account) -> str:
    """The uid again; '' when it is not hers, too old or none."""
    return str(signed(f"relay:{account.id}", token, FORM_LIFE) or "") if token else ""


def age_words(band: str) -> str:
    """'6-11' → '6 à 11 ans'."""
    if band.endswith("+"):
        return _("%(age)s ans ou plus", age=band[:-1])
    first, _dash, last = band.partition("-")
    return _("%(first)s à %(last)s ans", first=first, last=last)


def yes_no_words(value: str) -> str:
    return {"yes": _("Oui"), "no": _("Non"), "unknown": _("On ne le sait pas")}[value]


def _not_offered(service: Service) -> set[str]:
    left = set() if is_bound(service) else {name for name in FOR_BOUND if name not in NOT_BOUND}
    if not asks_household(service):
        left |= set(HOUSEHOLD)
    return (
        left
        | ({"publics"} if not service.publics else set())
        | ({"documents"} if not papers(service) else set())
    )
