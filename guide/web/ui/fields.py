"""Fields of the association's forms that are made of many controls: lines to fill in, boxes with a rank.

Each keeps what was typed as it was typed, says in `control_errors` which control is to mend, and knows no record.
Those of hours are in `hours_fields`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, ClassVar

import phonenumbers
from wtforms import BooleanField, Field, FieldList, Form, FormField, StringField
from wtforms.form import BaseForm
from wtforms.utils import unset_value
from wtforms.validators import StopValidation, ValidationError

from guide.editing.reports import private_number
from guide.languages import LANGUAGES
from guide.records.values import dialable, holds_person
from guide.web.ui.forms import GuideForm, tidy
from guide.web.ui.translating import gettext as _

Row = dict[str, str]

MOST_LINES = 30


def one_line(value: str | None) -> str:
    """What was typed, on one line."""
    return " ".join(tidy(value).split("\n"))


def private_figures(text: str) -> str | None:
    """Why the figures of this text may stand nowhere, in a sentence; None when they may."""
    kind = private_number(text)
    if kind == "national_number":
        return _("Nous ne gardons pas de numéro national. Enlevez-le de votre texte, s’il vous plaît.")
    if kind == "bank_account":
        return _("Nous ne gardons pas de numéro de compte. Enlevez-le de votre texte, s’il vous plaît.")
    return None


def private_words(text: str, streets: bool = False) -> str | None:
    """Why this text may not stand in the guide, in a sentence; None when it may. Streets may bear names."""
    figures = private_figures(text)
    if figures:
        return figures
    if not streets and holds_person(text):
        return _(
            "N’écrivez pas le nom d’une personne. Écrivez plutôt sa fonction, par exemple : l’assistante sociale."
        )
    return None


def nothing_private(form: Form, field: Field) -> None:
    """No national number, no bank account, nobody's name."""
    words = private_words(field.data or "")
    if words:
        raise ValidationError(words)


def too_long(text: str, longest: int) -> str | None:
    """A sentence that says how many signs there are, or None."""
    if len(text) <= longest:
        return None
    return _(
        "Ce texte a %(length)s signes. Raccourcissez-le : %(longest)s au plus.",
        length=len(text),
        longest=longest,
    )


class Many(Field):
    """A field of many controls. `control_errors`: pairs (id of the control, sentence).

    For what no `FieldList` is: a week is read as a whole, since one moment may overlap another or a night go on into
    the next day, and its days keep the same number of lines; a rank stands in two lists of ticks over the same terms.
    """

    control_errors: list[tuple[str, str]]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Reads what was sent, where the form was; else shows the data."""
        self.control_errors = []
        self.process_errors = []
        self.errors = []
        if formdata is None:
            self.take(data)
        else:
            self.read(formdata)

    def take(self, data: Any) -> None:
        """Shows these data."""
        raise NotImplementedError

    def read(self, formdata: Any) -> None:
        """Reads what was sent."""
        raise NotImplementedError

    def find_errors(self, form: Form) -> Iterator[tuple[str, str]]:
        """What is to mend: pairs (id of the control, sentence)."""
        raise NotImplementedError

    def pre_validate(self, form: Any) -> None:
        """Raises StopValidation with the first sentence when there is something to mend."""
        self.control_errors = list(self.find_errors(form))
        if self.control_errors:
            raise StopValidation(self.control_errors[0][1])

    def error_on(self, control: str) -> str:
        """The sentence at this control, or ''."""
        return next((words for id, words in self.control_errors if id == control), "")


class Line(GuideForm):
    """One line of several small texts. An empty one is no line: nothing is asked of it.

    `whole`: the form it stands in, once that is being validated. `before`: the rows of all its lines as they stood
    when that form was opened. `BESIDE`: columns that alone make no line.
    """

    BESIDE: ClassVar[Collection[str]] = ()
    whole: Any
    before: Sequence[Mapping[str, Any]] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """Is this line sound, or empty? The sentences stand at its fields."""
        return not self.is_filled or super().validate(extra_validators)

    @property
    def is_filled(self) -> bool:
        return any(field.data for field in self if field.short_name not in self.BESIDE)

    @property
    def row(self) -> Row:
        """What was typed, column by column; several ticks as one text."""
        return {
            str(name): ",".join(value) if isinstance(value, list) else value or ""
            for name, value in self.data.items()
        }


class RemovableLine(Line):
    """A line that a tick takes away: emptying its choices one by one would be long."""

    remove = BooleanField()

    @property
    def is_filled(self) -> bool:
        return not self.remove.data and super().is_filled

    @property
    def row(self) -> Row:
        return {name: value for name, value in super().row.items() if name != "remove"}


class LineField(FormField):  # type: ignore[type-arg]  # generic in its types only
    """A line within a form; it knows that form when it is validated."""

    def validate(self, form: BaseForm, extra_validators: Any = ()) -> bool:
        """Is the line sound, or empty?"""
        self.form.whole = form
        return super().validate(form, extra_validators)


def column(*validators: Any) -> Any:
    return StringField(validators=list(validators), filters=[one_line])


def words_of(longest: int, streets: bool = False) -> Any:
    """A text of a line that the public reads."""

    def check(form: Form, field: Field) -> None:
        words = too_long(field.data or "", longest) or private_words(field.data or "", streets)
        if words:
            raise ValidationError(words)

    return column(check)


def at_an_address(form: Form, field: Field) -> None:
    """No address, or the key of one that the listing still has (`whole.places`)."""
    if field.data and field.data not in dict(form.whole.places):  # type: ignore[attr-defined]
        raise ValidationError(_("Cette adresse n’est plus dans la fiche. Choisissez à quelle adresse."))


class PhoneLine(Line):
    """A number to call, with what it is for in both languages, and at which address."""

    BESIDE = ("address",)
    number = column()
    label_fr, label_nl = words_of(120), words_of(120)
    address = column(at_an_address)

    def validate_number(self, field: Field) -> None:
        """A number that can be called."""
        if not field.data:
            raise ValidationError(_("Écrivez aussi le numéro, ou videz la ligne."))
        if not dialable(field.data):
            raise ValidationError(_("Nous n’avons pas compris ce numéro. Écrivez-le ainsi : 02 422 46 11."))


class AddressLine(Line):
    """A place: street in both languages, postal code, town, and how to find the door. `key` tells it apart."""

    BESIDE = ("key",)
    key = column()
    street_fr, street_nl = words_of(160, streets=True), words_of(160, streets=True)
    postal_code = column()
    city_fr, city_nl = words_of(80, streets=True), words_of(80, streets=True)
    note_fr, note_nl = words_of(300), words_of(300)

    def validate_street_fr(self, field: Field) -> None:
        """The street, in one language at least."""
        if not field.data and not self.street_nl.data:
            raise ValidationError(_("Écrivez la rue et le numéro, ou videz cette adresse."))

    def validate_postal_code(self, field: Field) -> None:
        """Four figures, or nothing."""
        if field.data and not (field.data.isascii() and _is_postal_code(field.data)):
            raise ValidationError(_("Un code postal a quatre chiffres, par exemple 1090."))


class NumberedForms(FieldList):  # type: ignore[type-arg]  # generic in its types only
    """Small forms, one below the other: a `FieldList` that says which of a posted page count.

    They follow each other from the first on, and there are at most MOST_LINES, or as many as stood there. One more
    that says something is refused in words.
    """

    entries: list[Any]

    def __init__(self, form: type[Form], **options: Any) -> None:
        super().__init__(LineField(form), **options)
        self.inner_form = form

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Reads what was sent, where the form was; else shows the data."""
        self.before: Sequence[Any] = data if isinstance(data, list) else ()
        self.most = max(MOST_LINES, len(self.before))
        self.has_too_many = False
        super().process(formdata, data if formdata is None else (), extra_filters)
        for entry in self.entries:
            entry.form.before = self.before

    def validate(self, form: BaseForm, extra_validators: Any = ()) -> bool:
        """Is each of them sound, and are there no more than there may be?"""
        return super().validate(form, extra_validators) and not self.has_too_many

    @property
    def control_errors(self) -> list[tuple[str, str]]:
        """What is to mend: pairs (id of the control, sentence)."""
        return [(f"{self.id}-error", self.too_many)] if self.too_many else []

    @property
    def too_many(self) -> str:
        """What is said when more was sent than there may be; else ''."""
        if not self.has_too_many:
            return ""
        return _(
            "Ce formulaire prend %(most)s lignes au plus. Les lignes suivantes n’ont pas pu être gardées.",
            most=self.most,
        )

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        columns = [field.name for field in self.inner_form()]
        for number in count():
            sent = [formdata.get(name) for name in (f"{prefix}-{number}-{column}" for column in columns)]
            if all(value is None for value in sent):
                return
            if number < self.most:
                yield number
            elif any(map(one_line, sent)):
                self.has_too_many = True
                return


class Lines(NumberedForms):
    """Lines to fill in, such as a number with its two labels, always with room for one more.

    The empty lines below what is written make a page without a script usable.
    """

    def __init__(self, line: type[Line], spare: int, spare_below: int = 1, **options: Any) -> None:
        super().__init__(line, **options)
        self.spare, self.spare_below = spare, spare_below

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Reads what was sent, where the form was; else shows the data, with empty lines below."""
        super().process(formdata, data, extra_filters)
        if formdata is None:
            self.add(self.spare_below if self.entries else self.spare)
        elif not self.entries:
            self.add(self.spare)

    def add(self, lines: int) -> None:
        """More empty lines to fill in."""
        for _line in range(min(lines, MOST_LINES - len(self.entries))):
            self.append_entry({})

    @property
    def is_full(self) -> bool:
        """Is there no room for another line?"""
        return len(self.entries) >= MOST_LINES

    @property
    def filled(self) -> list[Row]:
        """The lines that say something."""
        return [entry.form.row for entry in self.entries if entry.form.is_filled]

    @property
    def control_errors(self) -> list[tuple[str, str]]:
        """What is to mend, line by line: pairs (id of the control, sentence)."""
        return super().control_errors + [
            (field.id, str(words)) for entry in self.entries for field in entry.form for words in field.errors
        ]


class Ranked(Many):
    """Boxes to tick, each with a second one: "mainly for this"."""

    def take(self, data: Any) -> None:
        """`data`: key → 'primary' or 'secondary'."""
        ranks: dict[str, str] = dict(data or {})
        self.ticked = set(ranks)
        self.main = {key for key, rank in ranks.items() if rank == "primary"}

    def read(self, formdata: Any) -> None:
        self.ticked = set(formdata.getlist(self.name))
        self.main = set(formdata.getlist(f"{self.name}_main"))

    def offer(self, keys: Sequence[str]) -> None:
        """Only these keys may be ticked; what is new stands in their order."""
        self.offered = list(keys)
        self.ticked &= set(keys)
        self.main &= set(keys)

    def ranks(self, before: Sequence[str]) -> dict[str, str]:
        """Key → rank: first what stood there before and still does, then what is new.

        Who ticks only "mainly for this" means both; who unticks what stood there takes it away.
        """
        new = (self.ticked | self.main) - set(before)
        order = [key for key in before if key in self.ticked]
        order += [key for key in getattr(self, "offered", sorted(new)) if key in new]
        return {key: "primary" if key in self.main else "secondary" for key in order}

    def find_errors(self, form: Form) -> Iterator[tuple[str, str]]:
        yield from ()


def phone_as_dialled(number: str) -> str:
    """'024224611' → '02 422 46 11'; a short number and one of another country keep their own form."""
    try:
        parsed = phonenumbers.parse(number, "BE")
    except phonenumbers.NumberParseException:
        return number
    if not phonenumbers.is_valid_number(parsed):
        return number.replace(" ", "")
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if parsed.country_code == 32
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(parsed, style)


def sides(row: Mapping[str, str], name: str) -> dict[str, str]:
    """The two sides of a text in a line: {'fr': …} where only French is written."""
    return {side: row[f"{name}_{side}"] for side in LANGUAGES if row[f"{name}_{side}"]}


def _is_postal_code(text: str) -> bool:
    return len(text) == 4 and text.isdigit()
