"""What is typed when a fiche that was sent is agreed to anew, accepted or declined by somebody with an account.

The pages are those of `relay`; whoever answers from a mail has forms of her own (`relay_answer`).
"""

from collections.abc import Sequence

from flask_babel import gettext as _
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation

from guide.languages import Language
from guide.model import Account, ConsentWay, DeclineReason
from guide.referrals import finding, sending
from guide.referrals.content import WORDS
from guide.referrals.refused_text import refused
from guide.web import relay_words
from guide.web.context import now
from guide.web.forms import N_, GuideForm, Several, at_most, needed, options
from guide.web.relay_form import day_of, known_substitute, statements, substitute_choices, substitute_id


class RenewForm(GuideForm):
    """The person agrees anew."""

    way = RadioField(
        N_("Comment a-t-elle donné son accord ?"),
        [needed(lambda: _("Choisissez comment elle a donné son accord."))],
        validate_choice=False,
    )
    day = StringField(N_("Quand ?"))
    spoken = RadioField(
        N_("Expliqué en quelle langue ?"),
        [needed(lambda: _("Choisissez la langue de l’explication."))],
        validate_choice=False,
    )
    expires = StringField(N_("Son accord vaut jusqu’au"))
    substitute = SelectField(
        N_("Qui vous remplace, si votre compte est fermé ?"), [known_substitute], validate_choice=False
    )
    conditions = Several(N_("Cochez les cinq phrases"), validate_choice=False)

    def offer(self, colleagues: Sequence[Account]) -> "RenewForm":
        """With what there is to choose; `colleagues` may take over."""
        self.way.choices = options((way.value, relay_words.consent_way_label(way)) for way in ConsentWay)
        self.spoken.choices = options([("fr", _("français")), ("nl", _("néerlandais"))])
        self.conditions.choices = options(
            (str(place), words) for place, words in enumerate(relay_words.condition_labels(), start=1)
        )
        self.substitute.choices = substitute_choices(colleagues)
        # Whom the person agreed to and who is gone since is said at the field, not left out.
        if not colleagues and not self.substitute.data:
            del self["substitute"]
        return self

    def validate_way(self, field: RadioField) -> None:
        if field.data not in list(ConsentWay):
            raise StopValidation(_("Choisissez comment elle a donné son accord."))

    def validate_day(self, field: StringField) -> None:
        day = day_of(field.data)
        if day is None:
            raise StopValidation(_("Nous n’avons pas compris cette date. Écrivez-la ainsi : 23/11/2026."))
        if day > now().date():
            raise StopValidation(_("Cette date est dans l’avenir. Écrivez le jour où elle a dit oui."))

    def validate_expires(self, field: StringField) -> None:
        day = day_of(field.data)
        if day is None or not now().date() <= day <= finding.longest_consent(now().date()):
            raise StopValidation(_("Choisissez un jour dans les 90 jours qui viennent."))

    def validate_conditions(self, field: Several) -> None:
        if not statements() <= set(field.data or []):
            raise StopValidation(_("Cochez les cinq phrases. S’il en manque une, n’envoyez pas la fiche."))

    def agreement(self, copy: bool) -> sending.Consent:
        day, expires = day_of(self.day.data), day_of(self.expires.data)
        assert day is not None
        assert expires is not None
        language: Language = "nl" if self.spoken.data == "nl" else "fr"
        chosen = self.substitute.data if "substitute" in self else ""
        return sending.Consent(
            ConsentWay(self.way.data), day, language, expires, copy, (True,) * 5, substitute_id(chosen)
        )


class AcceptForm(GuideForm):
    """Where and when the person is expected."""

    words = TextAreaField(N_("Où et quand la personne est-elle attendue ?"), [at_most(WORDS)])
    appointment = StringField(N_("Date du rendez-vous"))

    def validate_words(self, field: TextAreaField) -> None:
        _refuse_number(field.data or "")

    def validate_appointment(self, field: StringField) -> None:
        day = day_of(field.data)
        if field.data and day is None:
            raise StopValidation(_("Nous n’avons pas compris cette date. Écrivez-la ainsi : 23/11/2026."))
        if day is not None and day < now().date():
            raise StopValidation(_("Ce jour est passé. Écrivez le jour du rendez-vous."))


class DeclineForm(GuideForm):
    """Why not: one of the reasons, and a sentence beside it."""

    reason = RadioField(
        N_("Pourquoi ne pouvez-vous pas aider ?"),
        [needed(lambda: _("Choisissez une raison."))],
        validate_choice=False,
    )
    words = TextAreaField(N_("Votre phrase au travailleur social"), [at_most(WORDS)])

    def validate_reason(self, field: RadioField) -> None:
        if field.data not in list(DeclineReason):
            raise StopValidation(_("Choisissez une raison."))

    def validate_words(self, field: TextAreaField) -> None:
        _refuse_number(field.data or "")


def _refuse_number(words: str) -> None:
    if refused(words):
        raise StopValidation(
            _("Un numéro national ou de compte ne se transmet pas ici. Enlevez-le, s’il vous plaît.")
        )
