"""What a person agreed to, as it is typed: with a fiche that is sent, and when she agrees anew."""

from collections.abc import Sequence
from typing import Any

from wtforms import Field, Form, RadioField, SelectField, StringField
from wtforms.validators import StopValidation

from guide.dates import parse_date
from guide.model import Account, ConsentWay
from guide.referrals.finding import longest_consent
from guide.referrals.sending import CONDITIONS, Consent
from guide.web.referrals import labels
from guide.web.ui.forms import GuideForm, Several, options, understood_day
from guide.web.ui.request_context import now
from guide.web.ui.translating import gettext as _

STATEMENTS = tuple(str(number) for number in range(1, CONDITIONS + 1))
"""The values of the sentences that are all ticked."""


def known_substitute(form: Form, field: Field) -> None:
    """One of those that are offered: an account that was closed a moment ago is none of them any more."""
    assert isinstance(field, SelectField)
    if field.data and field.data not in [value for value, *_more in field.iter_choices()]:
        field.data = ""
        raise StopValidation(_("Cette personne ne peut plus vous remplacer. Choisissez-en une autre."))


class ConsentForm(GuideForm):
    """A form with an agreement in it: its choices, checks and value. Its fields stand where the form has them."""

    way: RadioField
    day: StringField
    spoken: RadioField
    expires: StringField
    substitute: SelectField
    conditions: Several

    @property
    def asks_consent(self) -> bool:
        """Must the agreement be whole?"""
        return True

    def offer_consent(self, colleagues: Sequence[Account]) -> None:
        """With what there is to choose; `colleagues` may take over."""
        self.way.choices = options((way.value, labels.consent_way_label(way)) for way in ConsentWay)
        self.spoken.choices = options([("fr", _("français")), ("nl", _("néerlandais"))])
        self.conditions.choices = options(zip(STATEMENTS, labels.condition_labels(), strict=True))
        people: list[Any] = [(str(each.id), each.name or each.email) for each in colleagues]
        self.substitute.choices = options([("", _("Personne")), *people])
        # Whom the person agreed to and who is gone since is said at the field, not left out.
        if not colleagues and not self.substitute.data:
            del self["substitute"]

    def validate_way(self, field: Field) -> None:
        if field.data and field.data not in list(ConsentWay):
            raise StopValidation(_("Choisissez comment elle a donné son accord."))

    def validate_day(self, field: Field) -> None:
        if self.asks_consent and understood_day(field) > now().date():
            raise StopValidation(_("Cette date est dans l’avenir. Écrivez le jour où elle a dit oui."))

    def validate_expires(self, field: Field) -> None:
        today = now().date()
        if self.asks_consent and not today <= understood_day(field) <= longest_consent(today):
            raise StopValidation(_("Choisissez un jour dans les 90 jours qui viennent."))

    def validate_conditions(self, field: Field) -> None:
        if self.asks_consent and not set(STATEMENTS) <= set(field.data or []):
            raise StopValidation(_("Cochez les cinq phrases. S’il en manque une, n’envoyez pas la fiche."))

    def stated(self, copy: bool) -> Consent:
        """The agreement of a sound form that asks for it; `copy`: does the person receive hers?"""
        day, expires = parse_date(self.day.data), parse_date(self.expires.data)
        assert day is not None
        assert expires is not None
        chosen = self.substitute.data if "substitute" in self else None
        ticked = set(self.conditions.data or [])
        return Consent(
            ConsentWay(self.way.data),
            day,
            "nl" if self.spoken.data == "nl" else "fr",
            expires,
            copy,
            tuple(number in ticked for number in STATEMENTS),
            substitute=int(chosen) if chosen else None,
        )
