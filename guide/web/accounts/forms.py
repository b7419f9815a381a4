"""The forms of signing in and of one's own account."""

from wtforms import BooleanField, Field, Form, HiddenField, PasswordField, RadioField, StringField
from wtforms.validators import ValidationError

from guide.accounts import passwords
from guide.web.ui.forms import N_, GuideForm, MailField, at_most, needed, options
from guide.web.ui.translating import gettext as _

LANGUAGE_NAMES = (("fr", "Français"), ("nl", "Nederlands"))


def work_phone(form: Form, field: Field) -> None:
    """Figures, and the signs people put between them; nothing at all is fine."""
    text = field.data or ""
    if text and (set(text) - set("0123456789+()/. ") or sum(map(str.isdigit, text)) < 8 or len(text) > 32):
        raise ValidationError(_("Nous n’avons pas compris ce numéro. Écrivez-le ainsi : 02 423 12 00."))


def one_line(text: str | None) -> str:
    """What was typed on one line, words parted by one space."""
    return " ".join((text or "").split())


class SignInForm(GuideForm):
    """Address and password; `suite` is the page one wanted, `garde` what one had typed there, signed."""

    email = MailField(
        label=N_("Adresse e-mail"),
        validators=[needed(lambda: _("Écrivez votre adresse e-mail."))],
    )
    password = PasswordField(
        label=N_("Mot de passe"), validators=[needed(lambda: _("Écrivez votre mot de passe."))]
    )
    suite = HiddenField()
    garde = HiddenField()


class AddressForm(GuideForm):
    """The address to which a link goes."""

    email = MailField(
        label=N_("Adresse e-mail"),
        validators=[needed(lambda: _("Écrivez votre adresse e-mail."))],
    )


class CodeForm(GuideForm):
    """The second step: a code, for the account that `who` names."""

    code = StringField(
        label=N_("Code à 6 chiffres"), validators=[needed(lambda: _("Écrivez le code de votre application."))]
    )
    who = HiddenField()
    suite = HiddenField()
    garde = HiddenField()


class PasswordForm(GuideForm):
    """A new password, once: it can be shown, so it is not asked twice."""

    password = PasswordField(
        label=N_("Nouveau mot de passe"), validators=[needed(lambda: _("Choisissez un mot de passe."))]
    )

    def suits(self, *own: str) -> bool:
        """Is it long enough and not one that everybody tries? Else the field says what to do."""
        try:
            passwords.check(self.password.data or "", *own)
        except passwords.PasswordTooShortError:
            words = _("Ce mot de passe est trop court. Prenez au moins 12 signes : par exemple quatre mots.")
        except passwords.PasswordTooLongError:
            words = _("Ce mot de passe est trop long. 128 signes au plus.")
        except passwords.PasswordTooCommonError:
            words = _(
                "Ce mot de passe est trop connu. Prenez plusieurs mots qui ne vont pas ensemble, "
                "sans votre nom ni votre adresse."
            )
        else:
            return True
        self.password.errors = [words]
        return False


class InvitedForm(PasswordForm):
    """What an invited person chooses once."""

    name = StringField(
        label=N_("Votre nom"),
        validators=[needed(lambda: _("Écrivez votre nom, comme vous voulez qu’on le lise.")), at_most(80)],
        filters=[one_line],
    )
    language = RadioField(
        label=N_("Votre langue"),
        choices=options(LANGUAGE_NAMES),
        validators=[needed(lambda: _("Choisissez une langue."))],
    )


class OwnPasswordForm(PasswordForm):
    """A new password in place of the present one."""

    current_password = PasswordField(
        label=N_("Mot de passe actuel"), validators=[needed(lambda: _("Écrivez votre mot de passe actuel."))]
    )


class MineForm(GuideForm):
    """What one says of oneself."""

    name = StringField(
        label=N_("Votre nom"),
        validators=[needed(lambda: _("Écrivez votre nom, comme vous voulez qu’on le lise.")), at_most(80)],
        filters=[one_line],
    )
    language = RadioField(label=N_("Votre langue"), choices=options(LANGUAGE_NAMES))
    phone = StringField(label=N_("Téléphone au travail"), validators=[work_phone], filters=[one_line])


class SetUpForm(GuideForm):
    """One-time codes: the first of them, for the secret that was offered; off again; new recovery codes."""

    code = StringField(
        label=N_("Code à 6 chiffres"), validators=[needed(lambda: _("Écrivez le code de votre application."))]
    )
    secret = HiddenField()
    off = BooleanField()
    renew = BooleanField()
