"""Who says that she is a minor, and who only has children with her."""

import pytest

from guide.recognition.minors import speaks_as_minor


@pytest.mark.parametrize(
    "text",
    [
        "J’ai 15 ans et mes parents m’ont mis dehors",
        "jai 13 ans chui parti",
        "moi 10 ans",
        "je suis mineure, à la rue ce soir",
        "Ik ben 16 en ik slaap op straat",
        "ik ben 15 jaar oud",
        "bn weggelopen van thuis, 14 jaar, kdurf ni terug",
        "ik ben minderjarig en heb geen bed",
        "I’m 15 years old",
        "tengo 15 años y duermo en la calle",
        "мне 15 лет",
    ],
)
def test_a_minor_says_so(text: str) -> None:
    assert speaks_as_minor(text)


@pytest.mark.parametrize(
    "text",
    [
        *["je suis à la rue avec ma fille de 8 ans", "mes enfants mineurs et moi", "j’ai 35 ans, à la rue"],
        *["j’ai 2 enfants, 8 ans, 10 ans", "ik ben 10 jaar dakloos", "j’ai 10 ans de rue", "j’ai 15 euros"],
        *["ik slaap al 14 dagen buiten", "ik ben 1090 Jette", "I am 15 minutes away", "travaux mineurs", ""],
    ],
)
def test_an_adult_is_none_whatever_figures_she_writes(text: str) -> None:
    assert not speaks_as_minor(text)
