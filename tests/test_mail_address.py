"""One rule for a mail address: forms, data files, commands, settings and the mailer give the same answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guide import mail_address
from guide.mail import rendering
from guide.mail_address import Problem
from guide.records.fields import MailAddress
from guide.settings import SettingError, _mail_from
from tests.mail.conftest import SENDER, SITE, a_mail

GOOD = [
    "accueil@association.example",
    "a@b.test",
    "prenom.nom+guide@sous.domaine.brussels",
    "o'brien@maison.be",
    "info@xn--socit-esab.be",
]
WRONG = {
    "josé@association.example": Problem.ACCENT,
    "accueil@société.be": Problem.ACCENT,
    "аccueil@maison.be": Problem.ACCENT,  # a Cyrillic letter
    "accueil＠maison.be": Problem.ACCENT,
    "accueil": Problem.FORM,
    "accueil@maison": Problem.FORM,
    "accueil@localhost": Problem.FORM,
    "accueil@@maison.be": Problem.FORM,
    "accueil@maison..be": Problem.FORM,
    ".accueil@maison.be": Problem.FORM,
    "accueil.@maison.be": Problem.FORM,
    "accueil@-maison.be": Problem.FORM,
    "accueil@maison_x.be": Problem.FORM,
    "accueil@maison.b": Problem.FORM,
    "accueil@[192.0.2.1]": Problem.FORM,
    "accueil@192.0.2.1": Problem.FORM,
    '"accueil de jour"@maison.be': Problem.FORM,
    "accueil de jour@maison.be": Problem.FORM,
    "Accueil <accueil@maison.be>": Problem.FORM,
    "accueil@maison.be, autre@maison.be": Problem.FORM,
    "accueil@maison.be\nBcc: x@y.be": Problem.FORM,
    "accueil@maison.be ": Problem.FORM,
    "accueil\u00a0@maison.be": Problem.FORM,
    "accueil%maison@autre.be": Problem.FORM,
    "a" * 65 + "@maison.be": Problem.FORM,
    "a@" + "b" * 250 + ".be": Problem.FORM,
    "": Problem.FORM,
}


@pytest.mark.parametrize("text", GOOD)
def test_what_one_can_write_to_is_taken_and_written_to(text: str) -> None:
    assert mail_address.problem_in(text) is None
    assert rendering.message(a_mail(address=text), SENDER, SITE)["To"].addresses[0].addr_spec == text


@pytest.mark.parametrize(("text", "problem"), WRONG.items())
def test_what_one_cannot_write_to_is_refused_everywhere(text: str, problem: Problem) -> None:
    assert mail_address.problem_in(text) is problem
    with pytest.raises(rendering.InvalidAddressError):
        rendering.message(a_mail(address=text), SENDER, SITE)
    assert list(MailAddress(name="email").errors(text, {}))
    if text.strip() == text != "":
        with pytest.raises(SettingError):
            _mail_from({"GUIDE_MAIL_FROM": text})


@given(st.text(st.sampled_from("ab1@.-_+é \n<>") | st.characters(), max_size=40))
def test_whatever_is_taken_can_be_written_to(text: str) -> None:
    if mail_address.is_address(text):
        rendering.message(a_mail(address=text), SENDER, SITE)


def test_the_sentence_of_a_data_file_names_the_sign() -> None:
    [(name, words)] = MailAddress(name="relay_email").errors("josé@association.example", {})
    assert name == "relay_email"
    assert "“é”" in words
