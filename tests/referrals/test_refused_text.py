"""A national number or a bank account is refused however it is written; a telephone number never is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guide.referrals.refused_text import Refused, first_refused, refused
from tests.rounds import rounds

BETWEEN = st.sampled_from(["", " ", ".", "-", "/", " - ", "\u00a0", "\u202f", ". ", " / ", "\n", "–"])
WORDS = st.text(alphabet="abcdéÉ ,;:!?’«»\n", max_size=40)


@st.composite
def national_numbers(draw: st.DrawFn) -> str:
    """A number of the register, of either century, BIS or not, parted in one of the usual ways."""
    month = draw(st.integers(0, 12)) + draw(st.sampled_from([0, 20, 40]))
    nine = f"{draw(st.integers(0, 99)):02d}{month:02d}{draw(st.integers(0, 31)):02d}{draw(st.integers(1, 998)):03d}"
    check = 97 - int(draw(st.sampled_from(["", "2"])) + nine) % 97
    figures = f"{nine}{check:02d}"
    parts = (figures[:2], figures[2:4], figures[4:6], figures[6:9], figures[9:])
    written = parts[0]
    for part in parts[1:]:
        written += draw(BETWEEN) + part
    return written


@st.composite
def accounts(draw: st.DrawFn) -> str:
    """A valid IBAN of a country with its letters, parted in fours or not at all."""
    country, shape = draw(
        st.sampled_from(
            [
                ("BE", "n" * 12),
                ("NL", "aaaa" + "n" * 10),
                ("FR", "n" * 23),
                ("DE", "n" * 18),
                ("RO", "aaaa" + "c" * 16),
                ("MT", "aaaannnnn" + "c" * 18),
                ("LU", "nnn" + "c" * 13),
                ("MA", "n" * 24),
            ]
        )
    )
    signs = {
        "n": "0123456789",
        "a": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "c": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    }
    body = "".join(draw(st.sampled_from(signs[kind])) for kind in shape)
    rest = int("".join(str(int(sign, 36)) for sign in f"{body}{country}00")) % 97
    whole = f"{country}{98 - rest:02d}{body}"
    parted = draw(BETWEEN).join(whole[place : place + 4] for place in range(0, len(whole), 4))
    return draw(st.sampled_from([parted, parted.lower()]))


def phone(prefix: str, subscriber: str, how: int) -> str:
    pairs = (
        [subscriber[-2 * n : len(subscriber) - 2 * (n - 1) or None] for n in (3, 2, 1)]
        if len(subscriber) == 6
        else [subscriber[:3], subscriber[3:5], subscriber[5:]]
    )
    return (
        f"0{prefix} {' '.join(pairs)}",
        f"0{prefix}/{'.'.join(pairs)}",
        f"+32 {prefix} {' '.join(pairs)}",
        f"0032 {prefix} {' '.join(pairs)}",
        f"0{prefix}{subscriber}",
    )[how]


PHONES = st.tuples(
    st.sampled_from(["470", "475", "486", "499", "460"]), st.integers(0, 999_999).map("{:06}".format)
) | st.tuples(st.just("2"), st.integers(1_000_000, 9_999_999).map(str))


@pytest.mark.control("C6")
@given(WORDS, national_numbers(), WORDS)
def test_a_national_number_is_refused_inside_any_text(before: str, number: str, after: str) -> None:
    assert refused(f"{before}{number}{after}") is Refused.NATIONAL_NUMBER


@pytest.mark.control("C6")
@given(st.text(alphabet="abcdé ,;:!?’«»\n12", max_size=40), accounts(), WORDS)
def test_a_bank_account_of_any_country_is_refused_inside_any_text(
    before: str, account: str, after: str
) -> None:
    assert refused(f"{before} {account}{after}") is not None


@given(PHONES, PHONES, st.integers(0, 3), st.sampled_from([" ", ", ", " / ", " ou ", "\n", " - ", "; "]))
def test_telephone_numbers_are_let_through_also_in_a_row(
    first: tuple[str, str], second: tuple[str, str], how: int, between: str
) -> None:
    assert refused(between.join((phone(*first, how), phone(*second, how), phone(*first, how)))) is None


@given(PHONES)
def test_a_telephone_number_written_in_one_piece_is_let_through(number: tuple[str, str]) -> None:
    assert refused(f"Appelez le {phone(*number, 4)} le matin") is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("93.05.18-223.61", Refused.NATIONAL_NUMBER),
        ("93\n05\n18\n223\n61", Refused.NATIONAL_NUMBER),
        ("Mon numéro : 93051822361. Merci.", Refused.NATIONAL_NUMBER),
        ("02 422 46 11 93.05.18-223.61", Refused.NATIONAL_NUMBER),
        ("BE68 5390 0754 7034", Refused.BANK_ACCOUNT),
        ("compteBE68539007547034", Refused.BANK_ACCOUNT),
        ("nr12 bonjour tout le monde be68 5390 0754 7034", Refused.BANK_ACCOUNT),
        ("BE 68 / 5390 / 0754 / 7034", Refused.BANK_ACCOUNT),
        ("NL91 ABNA 0417 1643 00", Refused.BANK_ACCOUNT),
        ("GB82 WEST 1234 5698 7654 32", Refused.BANK_ACCOUNT),
        ("FR14 2004 1010 0505 0001 3M02 606", Refused.BANK_ACCOUNT),
        ("BE68 5390 0754 7035", None),
        ("du14 au 18 novembre, de 9 à 12 h, au 4e étage", None),
        ("de 14 personnes, es 20, se 15, lu 12", None),
        ("loyer 750 €, gaz 120 €, dossier 2026/11/23-004", None),
        ("", None),
    ],
)
def test_what_is_refused_and_what_is_not(text: str, why: Refused | None) -> None:
    assert refused(text) is why


@pytest.mark.control("C25")
@pytest.mark.parametrize(
    "piece",
    ["1", "1 ", "93.05.18-", "+1", "0 ", "04", "04 ", "BE68", "be68 5390 ", "DE11", "0475 12 34 56, ", "\n"],
)
def test_a_very_long_text_is_read_to_its_end(piece: str) -> None:
    length = rounds(here=10_000, ci=50_000)
    text = (piece * length)[:length]
    assert refused(text) is None
    assert refused(f"{text} x 93.05.18-223.61") is Refused.NATIONAL_NUMBER
    assert refused(f"{text} x BE68 5390 0754 7034") is not None


def test_the_first_refused_of_several_texts_is_named() -> None:
    assert first_refused([("request", "un colis"), ("tried", "BE68539007547034")]) == (
        "tried",
        Refused.BANK_ACCOUNT,
    )
    assert first_refused([("request", "un colis"), ("tried", "")]) is None
