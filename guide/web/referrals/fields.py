"""The fields of a fiche-relais: the form that is sent and the one on paper are both made of these.

A form says in which order they stand, how many signs each may have, and the sentence for one that must be filled in;
how they are called comes from `guide.referrals.labels`, what becomes of them is `guide.referrals.content`. There is
no field for a national number, a birth date, a nationality, an address or a diagnosis.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, ClassVar, TypeVar

from wtforms import BooleanField, Field, Form, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation

from guide.directory.figures import language_name
from guide.languages import SPOKEN_LANGUAGES
from guide.model import Service
from guide.referrals import labels
from guide.referrals.content import (
    CHILDREN_AGES,
    CONTACT_WAYS,
    YES_NO_UNKNOWN,
    Content,
    Need,
    Person,
    Sender,
    form_field,
)
from guide.referrals.labels import Medium
from guide.referrals.paper import documents_asked
from guide.referrals.refused_text import Refused, refused
from guide.web.ui.forms import GuideForm, MailField, Several, at_most, options
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import reader

Kind = TypeVar("Kind", Sender, Person, Need)


def no_number(form: Form, field: Field) -> None:
    """No national number and no bank account, in the words of the form."""
    assert isinstance(form, ReferralForm)
    why = refused(field.data or "")
    if why is not None:
        raise StopValidation(str(form.refusals[why]))


def text(name: str, kind: type[Field] = StringField, *more: Any) -> Any:
    """A field that is typed: no number that is nobody's business, there when it must be, and not too long."""

    def is_there(form: Form, field: Field) -> None:
        assert isinstance(form, ReferralForm)
        if form.passes_over(name):
            field.errors = []
            raise StopValidation()
        required(form, field, name)

    def not_too_long(form: Form, field: Field) -> None:
        assert isinstance(form, ReferralForm)
        at_most(form.longest[name])(form, field)

    return kind(validators=[no_number, is_there, *more, not_too_long])


def required(form: "ReferralForm", field: Field, name: str) -> None:
    """Raises StopValidation with the form's sentence for a field that must be filled in and is empty."""
    if form.requires(name) and not field.data:
        raise StopValidation(str(form.missing[name]))


class ReferralForm(GuideForm):
    """What both forms ask. A form of it names its fields in their `order` on the page.

    `missing`: the sentence for each field that can be required (see `requires`); `urgencies`: the values of the
    question how soon, and what each means; `first_document`: the number of the first paper to bring.
    """

    medium: ClassVar[Medium]
    order: ClassVar[Sequence[str]]
    longest: ClassVar[Mapping[str, int]]
    missing: ClassVar[Mapping[str, str]]
    refusals: ClassVar[Mapping[Refused, str]]
    alone: ClassVar[str]
    urgencies: ClassVar[Mapping[str, str]]
    ages: ClassVar[Sequence[str]]
    first_document: ClassVar[int]

    theme = SelectField(validate_choice=False)
    request = text("request")
    urgency = RadioField(validate_choice=False)
    tried = text("tried", TextAreaField)
    name = text("name")
    language = SelectField(validate_choice=False)
    interpreter = BooleanField()
    contact = Several(validate_choice=False)
    phone = text("phone")
    mail = text("mail", MailField)
    safe = text("safe")
    availability = text("availability")
    documents = Several(validate_choice=False)
    age = SelectField(validate_choice=False)
    children_ages = Several(validate_choice=False)
    mobility = text("mobility")
    coming_along = text("coming_along")
    bim = SelectField(validate_choice=False)
    organization = text("organization")
    worker = text("worker")
    worker_phone = text("worker_phone")

    def __init__(self, *arguments: Any, **values: Any) -> None:
        super().__init__(*arguments, **values)
        for name in labels.FIELDS:
            if name in self:
                self[name].label.text = labels.asked(name, self.medium, reader())

    def __iter__(self) -> Iterator[Field]:
        """The fields in their order on the page: so stand the errors on top of it."""
        return (self[name] for name in self.order if name in self)

    def requires(self, name: str) -> bool:
        """Must this field be filled in, as the form stands?"""
        return name in self.missing

    def passes_over(self, name: str) -> bool:
        """Is whatever stands in this text left alone, because it goes nowhere?"""
        return False

    def themes(self, service: Service) -> list[tuple[str, str]]:
        """The needs to choose from for this service: pairs (key, words)."""
        raise NotImplementedError

    def languages(self) -> list[tuple[str, str]]:
        """The languages to choose from: pairs (value, name)."""
        return [(code, language_name(code, reader())) for code in SPOKEN_LANGUAGES]

    def offer_choices(self, service: Service) -> None:
        """What there is to choose for this service, in the reader's language."""
        lang, unsaid = reader(), ("", _("Non précisé"))
        self.theme.choices = options(self.themes(service))
        self.urgency.choices = options(
            (value, labels.urgency(meant, self.medium, lang)) for value, meant in self.urgencies.items()
        )
        self.language.choices = options(self.languages())
        self.contact.choices = options(
            (way, labels.contact_way(way, self.medium, lang)) for way in CONTACT_WAYS
        )
        self.documents.choices = options(
            (str(place), item.localized(lang).words)
            for place, item in enumerate(documents_asked(service), start=self.first_document)
        )
        self.age.choices = options(
            [unsaid, *((band, labels.age(band, self.medium, lang)) for band in self.ages)]
        )
        self.children_ages.choices = options(
            (band, labels.age(band, self.medium, lang)) for band in CHILDREN_AGES
        )
        self.bim.choices = options(
            [unsaid, *((each, labels.yes_no(each, self.medium, lang)) for each in YES_NO_UNKNOWN)]
        )

    def validate_contact(self, field: Field) -> None:
        """There when it must be; she who calls herself is not called."""
        required(self, field, "contact")
        if "none" in (field.data or []) and len(field.data) > 1:
            raise StopValidation(str(self.alone))

    def content(self, service: Service) -> Content:
        """What the fiche says. The number or address of a way that is not ticked is not passed on."""
        person = self._part(Person)
        papers = documents_asked(service)
        return Content(
            sender=self._part(Sender),
            person=replace(
                person,
                phone=person.phone if "phone" in person.contact else "",
                mail=person.mail if "mail" in person.contact else "",
            ),
            need=replace(
                self._part(Need),
                documents=tuple(papers[place].localized(reader()).words for place in self.brought()),
            ),
        )

    def brought(self) -> tuple[int, ...]:
        """The places of the papers that are ticked, in the list of what the service asks for."""
        return tuple(int(place) - self.first_document for place in self.value("documents") or ())

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

    def value(self, name: str) -> Any:
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

    def _part(self, kind: type[Kind]) -> Kind:
        """A part of the content, each of its fields from the field of the form."""
        values: dict[str, Any] = {}
        for each in fields(kind):
            value = self.value(form_field(kind, each.name))
            if isinstance(each.default, bool):
                values[each.name] = bool(value)
            elif isinstance(each.default, tuple):
                values[each.name] = tuple(value or ())
            else:
                values[each.name] = str(value or "")
        return kind(**values)


def typed_values(part: Sender | Person | Need) -> dict[str, Any]:
    """A part of a content as the forms' values, by the name of the field."""
    named = [(form_field(type(part), each.name), getattr(part, each.name)) for each in fields(part)]
    return {name: list(value) if isinstance(value, tuple) else value for name, value in named}
