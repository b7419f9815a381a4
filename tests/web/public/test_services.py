"""Results: what a search shows, whatever was typed."""

import re
from urllib.parse import quote, urlencode

import pytest
from babel import Locale

from guide.languages import LANGUAGES, SPOKEN_LANGUAGES, Language
from tests.pages import PageClient
from tests.rounds import ALL
from tests.words import folded, of_class

pytestmark = pytest.mark.usefixtures("database_kind")

HOSTILE = [
    "%",
    "*",
    "?",
    "loyer*",
    "l?yer",
    "[a TO z]",
    "{a TO z}",
    "name:faim AND NOT type:service",
    "(((((",
    '"',
    '""""',
    "'",
    "’ « »",
    '"payer loyer',
    "~5^9",
    "\\",
    "a\\",
    "; DROP TABLE service; --",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "%(num)s %s",
    "\x00",
    "fa\x00im",
    "\x01\x02\x1b[31m",
    "\u200b\u200e\u202e",
    "\ufeff",
    "😀🏠",
    "食べ物",
    "أنا جائع",
    "Мне нужна еда",
    "אוכל",
    "ਭੋਜਨ",
    "ﬁche ſocial Ⅷ ½",
    "é" * 150,
    "e\u0301" * 150,
    "a" * 5000,
    "a " * 2500,
    "faim " * 1000,
    "\n\r\t",
    "AND OR NOT",
    "0",
    "-",
    "../../etc/passwd",
]
RAW = ["%00", "%ED%A0%80", "%ED%BF%BF", "%FF%FE", "%C0%AF", "%", "%zz", "%u0041", "a%", "+", "%2B%25%26"]


PATHS = ("/fr/services/", "/nl/diensten/")


def paths(place: int) -> tuple[str, ...]:
    """Both languages in CI; elsewhere one, by turns."""
    return PATHS if ALL else (PATHS[place % 2],)


@pytest.mark.control("C24")
@pytest.mark.parametrize(("place", "typed"), list(enumerate(HOSTILE)), ids=range(len(HOSTILE)))
def test_any_query_gets_an_answer(client: PageClient, place: int, typed: str) -> None:
    for path in paths(place):
        page = client.get(f"{path}?{urlencode({'q': typed})}")
        assert page.status == 200
        assert "tel:+3224224611" in page.links()
        assert "<script>alert" not in page.html
        assert "\x00" not in page.html


@pytest.mark.control("C24")
@pytest.mark.parametrize(("place", "raw"), list(enumerate(RAW)), ids=RAW)
def test_any_bytes_in_an_address_get_an_answer(client: PageClient, place: int, raw: str) -> None:
    for path in paths(place):
        assert client.get(f"{path}?q={raw}").status == 200
        assert client.get(f"{path}?q=faim&page={raw}&pagina={raw}").status == 200
        assert (
            client.get(f"{path}?besoin={raw}&nood={raw}&langue={raw}&taal={raw}&quartier={raw}").status == 200
        )
        assert client.get(f"/fr/suggestions?q={raw}").status == 200


@pytest.mark.parametrize("number", ["0", "-1", "abc", "1e9", "²", "99999", "9999", "1 OR 1", "", "01"])
def test_any_page_number_gets_an_answer(client: PageClient, number: str) -> None:
    page = client.get(f"/fr/services/?{urlencode({'page': number})}")
    assert page.status == 200
    assert page.keys or "Retour à la première page" in page.words


@pytest.mark.parametrize("path", ["/fr/services/", "/nl/diensten/"])
def test_a_long_query_is_cut_and_the_page_says_so(client: PageClient, path: str) -> None:
    page = client.get(path + "?q=" + quote("faim " * 60))
    assert "200" in page.words
    box = next(field for field in page.all("input") if field.attributes.get("name") == "q")
    assert len(box.attributes["value"]) <= 200
    assert "200" not in client.get(path + "?q=faim").words


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/fr/services/", "colis alimentaire"),
        ("/fr/services/", "loyer"),
        ("/nl/diensten/", "voedselpakket"),
        ("/nl/diensten/", "huur"),
    ],
)
def test_the_title_is_neutral_and_carries_the_count(client: PageClient, path: str, words: str) -> None:
    page = client.get(path + "?q=" + quote(words))
    assert page.keys
    assert any(figure.isdigit() for figure in page.title.split())
    for word in words.split():
        assert word not in page.title.lower()
    assert words in folded(page.all("h1")[0].text)


@pytest.mark.parametrize(
    ("path", "words", "number"),
    [
        ("/fr/services/", "suicide", "tel:107"),
        ("/fr/services/", "mon mari me frappe", "tel:112"),
        ("/fr/services/", "dormir dehors ce soir", "tel:+3280099340"),
        ("/nl/diensten/", "zelfmoord", "tel:106"),
        ("/nl/diensten/", "mijn man slaat mij", "tel:112"),
        ("/nl/diensten/", "buiten slapen vannacht", "tel:+3280099340"),
    ],
)
def test_a_crisis_word_brings_the_panel_above_the_results(
    client: PageClient, path: str, words: str, number: str
) -> None:
    page = client.get(path + "?q=" + quote(words))
    panels = of_class(page, "crisis")
    assert panels
    assert page.html.index('class="crisis"') < page.html.index('id="q"')
    assert page.html.index('class="crisis"') < page.html.index('class="cards"')
    assert page.keys, "the panel never stands instead of results"
    main = page.html[page.html.index("<main") : page.html.index("<footer")]
    assert number in main
    assert page.headers["Cache-Control"] == "no-store"
    assert of_class(page, "leave")


def test_an_everyday_word_brings_no_crisis_panel(client: PageClient) -> None:
    for path in ("/fr/services/?q=loyer", "/nl/diensten/?q=huur", "/fr/services/"):
        assert not of_class(client.get(path), "crisis")


@pytest.mark.parametrize("path", ["/fr/services/", "/nl/diensten/"])
def test_without_a_word_every_service_is_listed_page_by_page(client: PageClient, path: str) -> None:
    found: list[str] = []
    address: str | None = path
    while address:
        page = client.get(address)
        found += page.keys
        address = next(
            (a.attributes["href"] for a in page.all("a") if a.attributes.get("rel") == "next"), None
        )
    assert len(found) == len(set(found)) == 94, "every record but the professional one"
    assert "crisis-bxl" not in found


def test_the_pager_keeps_words_and_filters(client: PageClient) -> None:
    page = client.get("/fr/services/?q=aide&gratuit=1")
    rest = client.get("/fr/services/?q=jette")
    following = [
        a.attributes["href"] for p in (page, rest) for a in p.all("a") if a.attributes.get("rel") == "next"
    ]
    assert following
    assert any("q=jette" in address and "page=2" in address for address in following)
    second = client.get(next(address for address in following if "q=jette" in address))
    assert second.keys
    assert not set(second.keys) & set(rest.keys)
    numbers = [folded(number.text) for number in of_class(second, "num")]
    assert numbers[0] == "21", "numbers on cards go on from the page before"


def test_what_only_a_plan_announced_never_ranks_above_what_exists(client: PageClient) -> None:
    for words in ("surendettement", "ordinateur", "jeunes", "budget"):
        cards = of_class(client.get("/fr/services/?q=" + quote(words)), "card")
        standing = ["Annoncé dans un plan" in folded(card.text) or "Terminé" in card.text for card in cards]
        assert standing == sorted(standing), f"{words}: an announced record stands above an existing one"


def test_a_hit_written_only_in_the_other_language_is_found_and_labelled(client: PageClient) -> None:
    page = client.get("/fr/services/?q=" + quote("uithuiszetting"))
    assert page.keys
    page = client.get("/nl/diensten/?q=" + quote("Sources d’Harmonie"))
    assert "sources-harmonie" in page.keys[:3]
    names = [e for e in page.all("span") if e.attributes.get("lang") == "fr" and "armonie" in e.text]
    assert names, "a name written only in French bears lang=fr on a Dutch page"


@pytest.mark.parametrize(
    ("path", "tick"),
    [("/fr/services/", "gratuit"), ("/nl/diensten/", "gratis")],
)
def test_a_filter_is_a_link_with_its_count_that_can_be_taken_away(
    client: PageClient, path: str, tick: str
) -> None:
    page = client.get(path)
    chip = next(a for a in of_class(page, "chip") if f"{tick}=1" in a.attributes["href"])
    count = int(folded(chip.text).rpartition("(")[2].rstrip(")"))
    filtered = client.get(chip.attributes["href"])
    assert folded(filtered.all("h1")[0].text).split()[0] == str(count)
    assert 0 < len(filtered.keys) <= min(count, 20)
    active = [a for a in of_class(filtered, "chip") if "chip-on" in a.attributes["class"].split()]
    assert len(active) == 1
    assert f"{tick}=1" not in active[0].attributes["href"]
    # The number on it is that of the page it leads to, and said to be: the title has the other one.
    total = folded(page.all("h1")[0].text).split()[0]
    assert re.findall(r"\d+", folded(active[0].text)) == [total]
    assert re.search(
        rf"enlever \({total} services sans|weghalen \({total} diensten zonder", folded(active[0].text)
    )


def test_filters_keep_the_words_and_each_other(client: PageClient) -> None:
    page = client.get("/fr/services/?q=aide&gratuit=1&besoin=faim")
    chips = [a.attributes["href"] for a in of_class(page, "chip")]
    assert all("q=aide" in address for address in chips)
    assert any("gratuit=1" in address and "besoin" not in address for address in chips)
    assert any("besoin=faim" in address and "gratuit" not in address for address in chips)
    hidden = {
        f.attributes["name"]: f.attributes.get("value") for f in page.all("input") if "name" in f.attributes
    }
    assert hidden["gratuit"] == "1"


def test_open_now_shows_only_what_is_surely_open(client: PageClient) -> None:
    page = client.get("/fr/services/?ouvert=1")
    assert page.keys
    assert "actiris-jette" not in page.keys, "hours of 2021 never make a service open"
    for card in of_class(page, "card"):
        assert any(
            word in folded(card.text)
            for word in ("Ouvert", "Ferme bientôt", "Répond en principe maintenant", "jour et nuit")
        )


def test_filters_that_leave_nothing_stay_removable(client: PageClient) -> None:
    page = client.get("/fr/services/?q=loyer&langue=pl")
    assert page.status == 200
    assert not page.keys
    assert "Ces filtres ne laissent aucun service" in page.words
    assert "/fr/services/?q=loyer" in page.links()
    assert [a for a in of_class(page, "chip") if "chip-on" in a.attributes["class"].split()]


@pytest.mark.parametrize(
    ("path", "urgent"), [("/fr/services/", "/fr/urgence"), ("/nl/diensten/", "/nl/dringend")]
)
def test_no_result_is_never_an_empty_page(client: PageClient, path: str, urgent: str) -> None:
    page = client.get(path + "?q=zzxqwvk")
    assert page.status == 200
    assert not page.keys
    main = page.html[page.html.index("<main") : page.html.index("<footer")]
    assert "tel:+3224224611" in main
    assert path in page.links()
    assert f'href="{urgent}"' in main
    assert "zzxqwvk" not in page.title


@pytest.mark.parametrize(
    ("path", "danger"), [("/fr/services/", "/fr/besoins/danger"), ("/nl/diensten/", "/nl/noden/gevaar")]
)
def test_where_nothing_was_found_a_person_comes_first_then_the_situations(
    client: PageClient, path: str, danger: str
) -> None:
    page = client.get(path + "?q=zzxqwvk")
    after = page.html[page.html.index('<h1 id="results"') : page.html.index("<footer")]
    assert after.index("tel:+3224224611") < after.index(f'href="{danger}"') < after.index(f'href="{path}"')
    assert len([chip for chip in of_class(page, "chip") if "#" not in chip.attributes["href"]]) == 14


def test_an_empty_search_leads_to_the_situations(client: PageClient) -> None:
    assert "/fr/#needs" in client.get("/fr/services/?q=").links()
    assert "/fr/#needs" not in client.get("/fr/services/?q=loyer").links()


def test_suggestions_are_words_of_the_guide(client: PageClient) -> None:
    page = client.get("/fr/suggestions?q=log")
    found = page.response.get_json()
    assert isinstance(found, list)
    assert found
    assert all(word.startswith("log") for word in found)
    assert client.get("/fr/suggestions").response.get_json() == []
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_a_service_may_speak_can_be_asked_for_and_has_a_name(
    client: PageClient, lang: Language
) -> None:
    path = {"fr": "/fr/services/?langue=", "nl": "/nl/diensten/?taal="}[lang]
    names = Locale(lang).languages
    for code in SPOKEN_LANGUAGES:
        page = client.get(path + code)
        assert any(names[code] in chip.text for chip in of_class(page, "chip")), code


@pytest.mark.parametrize(
    ("path", "words"),
    [("/fr/services/?q=j’ai+faim", "Peut-être (1)"), ("/nl/diensten/?q=sociaal+restaurant", "Misschien (1)")],
)
def test_what_may_not_exist_is_folded_below_and_its_numbers_go_on(
    client: PageClient, path: str, words: str
) -> None:
    page = client.get(path)
    [fold] = of_class(page, "perhaps")
    assert fold.tag == "details"
    assert "open" not in fold.attributes
    assert words in page.words
    assert page.keys[-1] == "ange-gardien"
    numbers = [int(one.text) for one in of_class(page, "num")]
    assert numbers == list(range(1, len(page.keys) + 1))


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/fr/services/?q=fiche-relais", "/fr/relais/papier"),
        ("/nl/diensten/?q=doorverwijsfiche", "/nl/doorverwijzing/papier"),
    ],
)
def test_the_fiche_relais_comes_first_with_the_way_to_make_one(
    client: PageClient, path: str, form: str
) -> None:
    page = client.get(path)
    assert page.keys[0] == "fiche-relais"
    assert form in page.links()
    record = client.get("/fr/projets/fiche-relais")
    assert "/fr/relais/papier" in record.links()
    assert "pas un service existant" not in record.words
