"""What is private is recognised however it is written, and what only looks like it is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guide.records.values import holds_bank_account, holds_national_number, holds_person
from tests.characters import ANY_CHARACTER


def national_number(birth: str, order: int, after_2000: bool = False) -> str:
    """The eleven figures, with the check figures the register computes."""
    nine = f"{birth}{order:03d}"
    return f"{nine}{97 - int(('2' if after_2000 else '') + nine) % 97:02d}"


OLD = national_number("930518", 223)
YOUNG = national_number("050301", 14, after_2000=True)


def test_the_example_of_the_register_is_known() -> None:
    assert OLD == "93051822361"


@pytest.mark.parametrize(
    "text",
    [
        OLD,
        YOUNG,
        f"mon numéro est {OLD}, merci",
        "93.05.18-223.61",
        "93 05 18 223 61",
        "93.05.18 - 223.61",
        "(93.05.18) 223-61",
        "93\u00a005\u00a018\u00a0223\u00a061",
        "né en 1993. 93.05.18-223.61",
        "02 422 46 11 ou 93.05.18-223.61",
        "NN93051822361fin",
        "９３０５１８２２３６１",
        "٩٣٠٥١٨٢٢٣٦١",
        national_number("932518", 223),
        national_number("934518", 223),
        national_number("930000", 1),
        national_number("931231", 223),
        national_number("000000", 12, after_2000=True),
        national_number("050131", 14, after_2000=True),
    ],
)
def test_a_national_number_is_found(text: str) -> None:
    assert holds_national_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "02 422 46 11",
        "93051822362",
        "930518223611",
        "193051822361",
        "9305182236",
        f"+{OLD}",
        "+93 05 18 223 61",
        "le 15/11/2026 de 9h à 12h30 et de 13h à 17h",
        "0470 12 34 56, 0471 23 45 67",
        "93051822a361",
        "05030101498",
        "05030101400",
        national_number("931418", 223),
        national_number("930532", 223),
        national_number("935418", 223),
        "93.05.18     223.61",
    ],
)
def test_other_figures_are_left_alone(text: str) -> None:
    assert not holds_national_number(text)


@given(st.text(alphabet="0123456789 .-+a", max_size=60))
def test_a_number_is_found_whatever_surrounds_it(around: str) -> None:
    assert holds_national_number(f"{around} x {OLD} x {around}")


def test_long_texts_are_read_in_one_pass() -> None:
    for text in ("1" * 50_000, "1 " * 25_000, "93.05.18-" * 6_000, "+1" * 25_000):
        assert not holds_national_number(text)


@pytest.mark.parametrize("text", ["BE68 5390 0754 7034", "be68539007547034", "compte BE68-5390-0754-7034."])
def test_a_bank_account_is_found(text: str) -> None:
    assert holds_bank_account(text)


@pytest.mark.parametrize(
    "text",
    [
        "Demandez Madame Exemple à l’accueil.",
        "Vraag naar mevrouw Voorbeeld.",
        "dhr. Voorbeeld",
        "Dhr Voorbeeld",
        "contact : M. Exemple",
        "M.\u00a0EXEMPLE",
        "Mme d’Exemple",
        "mevr. Van den Voorbeeld",
        "meneer el Voorbeeld",
        "le docteur Exemple reçoit le lundi",
        "Dr. Voorbeeld",
        "Mlle Exemple",
    ],
)
def test_a_person_named_with_a_title_is_recognised(text: str) -> None:
    assert holds_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "M.",
        "Madame, Monsieur, bienvenue",
        "Demandez l’assistante sociale.",
        "Appelez votre docteur. Il vous envoie.",
        "Rue du Docteur Exemple 12",
        "Avenue M. Exemple 3",
        "Dokter Voorbeeldstraat 4",
        "un médecin ou un docteur en droit",
        "Les programmes M et L Exemple",
        "mevrouw of meneer",
        "madame la directrice",
        "Dr",
        "la ligne M va à Jette",
    ],
)
def test_a_title_alone_a_street_or_a_function_is_no_person(text: str) -> None:
    assert not holds_person(text)


def test_a_long_text_is_searched_for_persons_once() -> None:
    assert not holds_person("m. de van den der " * 20_000)


@given(st.text(ANY_CHARACTER, max_size=60))
def test_no_text_breaks_the_search_for_persons(text: str) -> None:
    assert holds_person(text) in (True, False)


@pytest.mark.parametrize(
    "text",
    ["nr12 bonjour tout le monde be68 5390 0754 7034", "compteBE68539007547034", "NL91 ABNA 0417 1643 00"],
)
def test_a_bank_account_is_found_whatever_stands_before_it(text: str) -> None:
    assert holds_bank_account(text)


@pytest.mark.parametrize("text", ["de 14 à 18 h", "es12 rue de la gare 3", "BE68 5390 0754 7035", "lu le 12"])
def test_words_and_figures_in_a_row_are_no_bank_account(text: str) -> None:
    assert not holds_bank_account(text)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("DZ580002100001113000000570", "Algeria"),
        ("CM21 1000 2000 3002 7797 6315 008", "Cameroon"),
        ("MA64 0115 1900 0001 2050 0053 4921", "Morocco"),
        ("GB29 NWBK 6016 1331 9268 19", "letters in it"),
        ("MT84MALT011000012345MTLCAST001S", "letters or figures in it"),
    ],
)
def test_accounts_of_other_countries_are_found_also_of_those_not_in_the_registry(
    text: str, where: str
) -> None:
    assert holds_bank_account(text), where
    last = "1" if text[-1] != "1" else "2"
    assert not holds_bank_account(text[:-1] + last)


births = st.tuples(
    st.integers(0, 99),
    st.sampled_from([0, 20, 40]),
    st.integers(0, 12),
    st.integers(0, 31),
    st.integers(1, 998),
    st.booleans(),
)
partings = st.lists(st.sampled_from(["", " ", ".", "-", "\u00a0", " / ", " - "]), min_size=4, max_size=4)


@given(births, partings)
def test_every_number_of_the_register_is_found_however_it_is_parted(
    birth: tuple[int, int, int, int, int, bool], partings: list[str]
) -> None:
    """BIS numbers, births from 2000 on, birth dates that nobody knows; nothing a form says would tell which."""
    year, bis, month, day, order, young = birth
    number = national_number(f"{year:02}{month + bis:02}{day:02}", order, after_2000=young)
    groups = (number[:2], number[2:4], number[4:6], number[6:9], number[9:])
    parted = "".join(figures + sign for figures, sign in zip(groups, [*partings, ""], strict=True))
    assert holds_national_number(f"né le dimanche, {parted} au registre")


def test_telephone_numbers_in_a_row_are_no_national_number() -> None:
    assert not any(holds_national_number(f"02 422 46 11, 02 {rest} 12 34") for rest in range(200, 999))
    assert not any(holds_national_number(f"0475 12 34 56 / 0475 {rest} 56 78") for rest in range(100, 999))
