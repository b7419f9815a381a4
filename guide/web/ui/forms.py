"""Forms: what was typed, what is wrong with it in a clear sentence, and the other language without losing it.

A form is a WTForms class whose labels and messages are ours (`_('…')`), written for the reader: "Écrivez
votre adresse e-mail.", never "Champ obligatoire". The parts on screen are macros of `templates/ui/forms.html`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any, cast

from flask import request
from flask_babel import lazy_gettext as _later
from wtforms import Field, Form, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.form import BaseForm
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import CheckboxInput

from guide import mail_address
from guide.dates import parse_date
from guide.web.ui.request_context import now
from guide.web.ui.translating import gettext as _

TOKEN = "_jeton"  # noqa: S105 (the name of a field)
"""The field by which `access_control` knows a form of ours."""

FORM_LIFE = timedelta(hours=24)
"""So long the page of a form may stay open."""

SWITCH = "_langue"
"""The button that shows a form in the other language, with what was typed, sends this name."""

NEVER_KEPT = ("password", "current_password", "code", "secret")
"""Fields that are typed again rather than carried along in a page."""
NEVER_SHOWN = (*NEVER_KEPT, SWITCH, "vu", "attend", "etat", "retour", "suite", "garde", "kept", "quoi")
"""Fields that people do not write in, or whose words stand on no page."""


def N_(words: str) -> str:
    """A label written where no page is being made yet; translated each time it is shown."""
    return cast(str, _later(words))


def options(pairs: Iterable[tuple[str, str]]) -> list[Any]:
    """The choices of a field: pairs (value, words)."""
    return [SelectChoice(value, words) for value, words in pairs]


class Several(SelectMultipleField):
    """Boxes to tick, any number of them."""

    option_widget = CheckboxInput()


class MailField(StringField):
    """An address one can write to (`guide.mail_address`); nothing at all is fine (see `needed`).

    It is asked after the field's own validators, and not when one of them has stopped.
    """

    def post_validate(self, form: BaseForm, validation_stopped: bool) -> None:
        """Raises ValidationError with how to write an address."""
        typed = self.data or ""
        wrong = mail_address.problem_in(typed) if typed and not validation_stopped else None
        if wrong is mail_address.Problem.ACCENT:
            raise ValidationError(
                _(
                    "Cette adresse contient : %(signs)s. Nos e-mails ne peuvent pas y aller. "
                    "Écrivez-la sans accent, ou donnez-en une autre.",
                    signs=mail_address.foreign_signs(typed),
                )
            )
        if wrong is not None:
            raise ValidationError(
                _("Nous n’avons pas compris cette adresse. Écrivez-la ainsi : nom@exemple.be.")
            )


class GuideForm(Form):
    """A form of the guide. `GuideForm.posted()` reads the request; `has_errors` counts what is to mend.

    `problems` are sentences that belong to no single field.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.problems: list[str] = []

    class Meta:
        def wrap_formdata(self, form: Form, formdata: Any) -> Any:
            return formdata

        def bind_field(self, form: Form, unbound_field: Any, options: Any) -> Any:
            filters = unbound_field.kwargs.get("filters", [])
            if "filters" not in unbound_field.kwargs and unbound_field.field_class.__name__ in _TEXTS:
                filters = [tidy]
            return unbound_field.bind(form=form, filters=filters, **options)

    def all_errors(self) -> list[tuple[str, str]]:
        """What is to mend in the fields, in their order: pairs (id of the control, sentence).

        A field made of many controls (a week, a list of lines) says in its `control_errors` which of them.
        """
        found: list[tuple[str, str]] = []
        for field in self:
            inner = getattr(field, "control_errors", None)
            found += inner or ([(field.id, str(field.errors[0]))] if field.errors else [])
        return found

    @property
    def has_errors(self) -> int:
        return len(self.problems) + len(self.all_errors())


_TEXTS = ("StringField", "TextAreaField", "MailField", "TelField", "URLField", "SearchField")


def tidy(value: str | None) -> str:
    """What somebody typed, without spaces around it and without characters that nobody sees."""
    if not value:
        return ""
    for other, usual in (("\r\n", "\n"), ("\r", "\n"), ("\u2028", "\n"), ("\u2029", "\n"), ("\t", " ")):
        value = value.replace(other, usual)
    kept = "".join(
        letter for letter in value if letter == "\n" or unicodedata.category(letter) not in ("Cc", "Cf", "Cs")
    )
    return re.sub(r"[ \u00a0]{2,}", " ", kept).strip()


def changed_meanwhile() -> str:
    """Two people had the same form open; the page shows both texts."""
    return _("Quelqu’un d’autre a changé ceci entre-temps. Voici ses mots ; les vôtres sont dans les cases.")


def sent() -> bool:
    """Was this form sent to be done (not only shown in the other language)?"""
    return request.method == "POST" and SWITCH not in request.form


def date_example(today: date) -> str:
    """Today, as it is typed: a fixed date would sooner or later be over, or refused by the form that names it."""
    return f"{today:%d/%m/%Y}"


def understood_day(field: Field) -> date:
    """The day that was typed. Raises StopValidation with how to write it."""
    day = parse_date(field.data)
    if day is None:
        raise StopValidation(
            _(
                "Nous n’avons pas compris cette date. Écrivez-la ainsi : %(example)s.",
                example=date_example(now().date()),
            )
        )
    return day


def needed(words: Callable[[], str]) -> Callable[[Form, Field], None]:
    """Something must be written or chosen; `words` says what: `needed(lambda: _('Écrivez le nom.'))`."""

    def check(form: Form, field: Field) -> None:
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            field.errors = []
            raise StopValidation(words())

    return check


def at_most(longest: int) -> Callable[[Form, Field], None]:
    """At most so many characters; says how many there are."""

    def check(form: Form, field: Field) -> None:
        length = len(field.data or "")
        if length > longest:
            raise ValidationError(too_long(length, longest))

    return check


def too_long(length: int, longest: int) -> str:
    """Says how long a text is and how long it may be."""
    return _(
        "Ce texte a %(length)s signes. Raccourcissez-le : %(longest)s au plus.",
        length=length,
        longest=longest,
    )


def chosen_of(words: Sequence[str], value: str | None) -> str | None:
    """The value if it is one of these, else None: what a browser sends is never taken on its word."""
    return value if value in words else None
