"""What is typed when a fiche that was sent is agreed to anew, accepted or declined by somebody with an account.

The pages are those of `detail`; whoever answers from a mail has forms of her own (`receiver`).
"""

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation

from guide.model import DeclineReason
from guide.referrals.content import WORDS
from guide.referrals.refused_text import refused
from guide.web.referrals.consent import ConsentForm, known_substitute
from guide.web.ui.forms import N_, GuideForm, Several, at_most, needed, understood_day
from guide.web.ui.request_context import now
from guide.web.ui.translating import gettext as _


class RenewForm(ConsentForm):
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


class AcceptForm(GuideForm):
    """Where and when the person is expected."""

    words = TextAreaField(N_("Où et quand la personne est-elle attendue ?"), [at_most(WORDS)])
    appointment = StringField(N_("Date du rendez-vous"))

    def validate_words(self, field: TextAreaField) -> None:
        """No number that is nobody's business."""
        _refuse_number(field.data or "")

    def validate_appointment(self, field: StringField) -> None:
        """A day that is not over, or none."""
        if field.data and understood_day(field) < now().date():
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
        """One of ours."""
        if field.data not in list(DeclineReason):
            raise StopValidation(_("Choisissez une raison."))

    def validate_words(self, field: TextAreaField) -> None:
        """No number that is nobody's business."""
        _refuse_number(field.data or "")


def _refuse_number(words: str) -> None:
    if refused(words):
        raise StopValidation(
            _("Un numéro national ou de compte ne se transmet pas ici. Enlevez-le, s’il vous plaît.")
        )
