"""The guide on paper: whole, tagged, in its languages, with nothing that paper must not say."""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from itertools import product

import pytest
from pypdf import PdfReader, PdfWriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.clock import BRUSSELS
from guide.directory.asking import AskedBody, BodiesToAsk
from guide.directory.figures import phone
from guide.directory.listings import services_by_key
from guide.languages import LANGUAGES, Bilingual, Language
from guide.model import Publication, Service, TermRank, Visibility, WordGroup
from guide.publish import booklet, leaflets
from guide.publish.booklet import PAPERS, SIDES, Choice, NothingToPrintError, make
from guide.publish.everyday_words import everyday_words, sort_key
from guide.publish.imposition import impose, sheet_order
from guide.publish.pictograms import pictogram
from guide.publish.printed import LONG, side
from tests import factories
from tests.pdf_texts import page_texts
from tests.publish.tagging import faults
from tests.rounds import ALL, rounds

MADE = datetime(2026, 11, 23, tzinfo=BRUSSELS)
SITE = "https://guide.example.be"
CALL = "02 422 46 11"
CPAS = AskedBody("cpas-jette", Bilingual("CPAS de Jette", "OCMW van Jette"), CALL)
BODIES = BodiesToAsk({}, None, CPAS)


def leaflet(
    title: str, introduction: str, extra: str, services: Sequence[Service], lang: Language, address: str
) -> leaflets.Leaflet:
    return leaflets.Leaflet(title, introduction, extra, services, lang, MADE, SITE, BODIES, address)


Whole = tuple[booklet.Sides, booklet.BookletPaper]
WHOLE: tuple[Whole, ...] = (
    tuple(product(SIDES, ("a4", "a5"))) if ALL else (("fr", "a5"), ("nl", "a4"), ("both", "a5"))
)
"""The booklets that are set and read from end to end: each language, each paper, small and large type once."""

NEVER = ("ouvert maintenant", "nu open", "ferme à", "open tot")
FOOD = ("caba-jette", "centre-entraide-jette", "ralliement-fourchettes", "resto-jet", "foodtruck-solidaire")
STREET = ("samusocial", "doucheflux", "bulle", "resto-jet", "wasserette-mobile", "cpas-jette")


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def flat(text: str) -> str:
    """Words with one space between them: where a line ends is the page's affair."""
    return " ".join(text.replace("\u00ad", "").split())


def words_of(content: bytes) -> str:
    return flat(" ".join(page_texts(content)))


def squeezed(text: str) -> str:
    """Without what depends on where lines end."""
    return re.sub(r"[\s-]", "", text)


@pytest.fixture(scope="module")
def content(engine) -> Iterator[Callable[[Choice], bytes]]:
    """A booklet of the real data, set once for all tests that look at it."""

    @cache
    def give(choice: Choice) -> bytes:
        with Session(engine) as session:
            return make(session, choice, MADE, SITE)

    yield give
    give.cache_clear()


@pytest.fixture(scope="module")
def printed(content) -> Callable[[Choice], PdfReader]:
    """How a booklet is built."""
    return lambda choice: read(content(choice))


@pytest.fixture(scope="module")
def texts(content) -> Callable[[Choice], list[str]]:
    """What stands on each page of a booklet, line by line."""
    return cache(lambda choice: page_texts(content(choice)))


@pytest.fixture(scope="module")
def pages(texts) -> Callable[[Choice], list[str]]:
    """The words of each page of a booklet."""
    return lambda choice: [flat(text) for text in texts(choice)]


@pytest.fixture(scope="module")
def public(engine) -> list[Service]:
    """Every listing the public sees."""
    with Session(engine, expire_on_commit=False) as session:
        return list(
            session.scalars(
                select(Service)
                .where(Service.publication == Publication.PUBLISHED, Service.visibility == Visibility.PUBLIC)
                .order_by(Service.key)
            )
        )


@pytest.fixture(params=WHOLE, ids="-".join)
def whole(request: pytest.FixtureRequest, public) -> Choice:
    """A whole booklet; outside CI that in French, in Dutch and in both languages one of every fourth listing."""
    sides, paper = request.param
    keys = () if ALL or sides == "fr" else tuple(service.key for service in public[::4])
    return Choice(sides, paper, keys=keys)


def check_tagged(document: PdfReader, lang: str) -> None:
    root = document.root_object
    assert root["/Lang"] == f"{lang}-BE"
    assert root["/StructTreeRoot"]["/K"]
    assert faults(document) == []


def test_every_booklet_is_tagged_and_in_its_language(printed, whole: Choice) -> None:
    document = printed(whole)
    check_tagged(document, whole.languages[0])
    wide = {"a4": 595, "a5": 420}[whole.paper]
    assert {round(float(page.mediabox.width)) for page in document.pages} == {wide}


def test_every_listing_stands_in_it_by_its_name_and_short_link(pages, public, whole: Choice) -> None:
    text = squeezed(" ".join(pages(whole)))
    assert len(public) >= 90
    listed = [service for service in public if whole.whole or service.key in whole.keys]
    assert len(listed) > 20
    for service in listed:
        assert f"guide.example.be/s/{service.short_code}" in text
        for lang in whole.languages:
            assert squeezed(service.name.localized(lang).words) in text


def test_paper_never_says_what_is_open_now(pages, whole: Choice) -> None:
    text = " ".join(pages(whole)).lower()
    assert not [words for words in NEVER if words in text]
    unconfirmed = {"fr": "pas confirmé.", "nl": "niet bevestigd."}
    for lang in whole.languages:
        assert unconfirmed[lang] in text


def test_a_service_is_printed_once_and_named_where_it_helps_too(pages) -> None:
    text = squeezed(" ".join(pages(Choice("fr", "a5"))))
    assert text.count("guide.example.be/s/3qty") == 1
    assert "CPASdeJette,page" in text


def test_the_urgent_numbers_stand_inside_the_cover_on_one_page(texts, whole: Choice) -> None:
    found = texts(whole)
    inside = flat(found[1].replace("\u00a0", " "))
    for number in ("112", "101", "107", "106", "0800 99 340", "078 170 170"):
        assert number in inside
    assert "112" not in found[2]


def test_the_contents_and_the_index_name_the_page_a_listing_stands_on(pages) -> None:
    found = pages(Choice("fr", "a5"))
    at = next(number for number, text in enumerate(found, start=1) if "be/s/8d48" in squeezed(text))
    index = next(text for text in found[3:] if "Les services, de A à Z" in text)
    assert re.search(rf"CABA Jette {at}\b", index)
    hungry = next(number for number, text in enumerate(found[3:], start=4) if "J’ai faim" in text)
    assert re.search(rf"J’ai faim {hungry}\b", found[2])


def test_pages_are_numbered_and_the_back_says_whom_to_call(pages) -> None:
    found = pages(Choice("fr", "a5"))
    for number in (2, 4, 20):
        assert found[number - 1].endswith(f"{number} Guide social de Jette")
    for number in (3, 5, 21):
        assert found[number - 1].endswith(f"Guide social de Jette {number}")
    assert "Guide social de Jette 1" not in found[0]
    assert flat(phone(CALL)) in found[-1]


def test_no_word_that_the_guide_hides_is_in_the_index(directory: Session) -> None:
    groups = directory.scalars(select(WordGroup)).all()
    for lang in LANGUAGES:
        hidden = {sort_key(word) for group in groups if group.hidden for word in getattr(group, lang)}
        shown = {sort_key(word) for group in groups if not group.hidden for word in getattr(group, lang)}
        places = {group.term.key: ["c-x"] for group in groups}
        words = everyday_words(directory, lang, places)
        assert len(words) > 300
        found = {sort_key(word.word) for word in words}
        assert hidden
        assert not found & hidden
        assert found <= shown
        assert [sort_key(word.word) for word in words] == sorted(found)


def test_a_word_leads_to_its_listings_or_to_the_chapter_of_its_need(directory: Session) -> None:
    words = {
        word.word: word.targets
        for word in everyday_words(directory, "fr", {"faim": ["c-faim"], "colis": ["s-a"]})
    }
    assert words["faim"] == ["c-faim"]
    assert any(targets == ["s-a"] for targets in words.values())
    assert "loyer" not in words


def test_an_index_of_nothing_is_empty(directory: Session) -> None:
    assert everyday_words(directory, "nl", {}) == []


@pytest.mark.parametrize("sides", SIDES)
def test_a_confidential_address_is_never_printed(directory: Session, sides: booklet.Sides) -> None:
    service = services_by_key(directory, ["centre-entraide-jette"])[0]
    street = service.service_at_locations[0].street.localized("nl" if sides == "nl" else "fr").words
    before = words_of(make(directory, Choice(sides, "a4", keys=(service.key,)), MADE, SITE))
    assert street in before
    service.address_confidential = True
    directory.flush()
    require_hidden(service, make(directory, Choice(sides, "a4", keys=(service.key,)), MADE, SITE))


def require_hidden(service: Service, content: bytes) -> None:
    """Its street, in whichever language, is not in the file, which says why."""
    text = words_of(content)
    for lang in LANGUAGES:
        assert service.service_at_locations[0].street.localized(lang).words not in text
    assert "onfidenti" in text or "vertrouwelijk" in text.lower()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nor_on_any_leaflet(directory: Session, lang: Language) -> None:
    service = services_by_key(directory, ["centre-entraide-jette"])[0]
    service.address_confidential = True
    directory.flush()
    require_hidden(service, leaflets.service_sheet(service, lang, MADE, SITE, BODIES))
    for make_leaflet in (leaflets.card, leaflets.poster, leaflets.sheet):
        require_hidden(service, make_leaflet(leaflet("Titre", "", "", [service], lang, SITE)))


def test_what_is_for_professionals_is_not_printed(pages, directory: Session) -> None:
    text = squeezed(" ".join(pages(Choice("fr", "a5"))))
    hidden = directory.scalars(select(Service).where(Service.visibility == Visibility.PROFESSIONAL)).all()
    assert hidden
    for service in hidden:
        assert f"/s/{service.short_code}" not in text


def test_the_same_moment_gives_the_same_bytes_and_another_day_another_date(directory: Session) -> None:
    choice = Choice("fr", "a5-imposed", keys=("caba-jette",))
    first = make(directory, choice, MADE, SITE)
    assert first == make(directory, choice, MADE, SITE)
    assert first != make(directory, choice, MADE + timedelta(days=1), SITE)
    plain = Choice("both", "a4", keys=FOOD[:2])
    assert make(directory, plain, MADE, SITE) == make(directory, plain, MADE, SITE)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 8, 11])
def test_pages_for_a_copier_lie_two_by_two_on_whole_sheets(printed, count: int) -> None:
    writer = PdfWriter()
    source = printed(Choice("fr", "a5", keys=("caba-jette",)))
    for number in range(count):
        writer.add_page(source.pages[number % len(source.pages)])
    target = io.BytesIO()
    writer.write(target)
    laid = read(impose(target.getvalue(), MADE))
    assert len(laid.pages) == 2 * -(-count // 4)
    assert {
        (round(float(page.mediabox.width)), round(float(page.mediabox.height))) for page in laid.pages
    } == {(839, 595)}


def test_the_order_is_that_of_a_folded_stack() -> None:
    assert sheet_order(4) == [(3, 0), (1, 2)]
    assert sheet_order(8) == [(7, 0), (1, 6), (5, 2), (3, 4)]
    for count in (12, 40):
        order = sheet_order(count)
        assert sorted(page for pair in order for page in pair) == list(range(count))
        assert all(left + right == count - 1 for left, right in order)


def test_the_booklet_for_a_copier_holds_every_page_and_ends_on_the_back(printed) -> None:
    folded, laid = (printed(Choice("nl", paper, keys=(*FOOD, *STREET))) for paper in ("a5", "a5-imposed"))
    pages = folded.pages
    assert len(pages) > 8
    assert len(laid.pages) == 2 * -(-len(pages) // 4)
    forms = laid.pages[0]["/Resources"]["/XObject"]
    assert len(forms) == 2, "cover and back share the first side"
    assert laid.metadata.title == folded.metadata.title
    assert all(len(page["/Resources"]["/XObject"]) == 2 for page in laid.pages), "no page is left blank"


@pytest.mark.parametrize("keys", [FOOD[:1], FOOD[:3], FOOD])
def test_the_back_is_the_back_of_the_last_sheet_and_what_is_left_is_for_notes(pages, keys) -> None:
    for sides, paper in (("fr", "a4"), ("nl", "a5"), ("both", "a4")):
        found = pages(Choice(sides, paper, keys=keys))
        assert len(found) % 2 == 0
        assert flat(phone(CALL)) in found[-1]
        notes = [text for text in found if text.startswith(("Mes notes", "Mijn notities"))]
        assert len(notes) <= 1
        assert all(found), "no page is empty"


def test_a_line_ends_outside_of_hours_and_of_a_postcode_with_its_town(texts, whole: Choice) -> None:
    lines = [line.strip() for text in texts(whole) for line in text.splitlines()]
    assert not [line for line in lines if re.search(r"\d(h\d*)?\s?–$", line)]
    assert not [line for line in lines if re.search(r", 1\d{3}$", line)]


def test_a_box_of_what_helps_too_says_whose_it_is_and_stays_whole(pages) -> None:
    found = pages(Choice("fr", "a5"))
    assert any("Aident aussi (J’ai faim)" in text for text in found)
    assert not [text for text in found if re.match(r"[^()]{3,60}, page \d+", text)], (
        "a row without its heading"
    )


def test_sites_and_mailboxes_lead_there_and_stand_as_one_types_them(directory: Session) -> None:
    service = services_by_key(directory, ["caba-jette"])[0]
    service.email = "bonjour@caba.example"
    content = make(directory, Choice("fr", "a4", keys=(service.key,)), MADE, SITE)
    document = read(content)
    links = [mark.get_object()["/A"].get("/URI") for page in document.pages for mark in page.get("/Annots", [])
             if "/A" in mark.get_object()]  # fmt: skip
    assert "https://www.cabajette.be" in links
    assert "mailto:bonjour@caba.example" in links
    assert "https://www.cabajette.be" not in words_of(content)
    assert "cabajette.be" in words_of(content)


def test_one_need_a_neighbourhood_and_a_list_are_parts(pages, directory: Session) -> None:
    hungry = " ".join(pages(Choice("nl", "a4", need="faim")))
    assert "Ik heb honger" in hungry
    assert "guide.example.be/s/8d48" in squeezed(hungry)
    assert "In deze gids" not in hungry, "one chapter needs no contents"
    mercier = " ".join(pages(Choice("fr", "a4", neighbourhood="mercier")))
    assert "Place Cardinal Mercier" in mercier
    near = directory.scalars(select(Service).where(Service.neighbourhood.has(key="mercier"))).all()
    assert near
    for service in near:
        assert squeezed(service.name.localized("fr").words) in squeezed(mercier)
    assert "/s/8d48" not in squeezed(mercier), "CABA is in another neighbourhood"
    mine = squeezed(" ".join(pages(Choice("fr", "a4", keys=("resto-jet", "caba-jette")))))
    assert mine.index("s/huys") < mine.index("s/8d48"), "in the order of the list"


@pytest.mark.parametrize(
    "choice", [Choice(need="nulle-part"), Choice(neighbourhood="nulle-part"), Choice(keys=("nulle-part",))]
)
def test_there_may_be_nothing_to_print(directory: Session, choice: Choice) -> None:
    with pytest.raises(NothingToPrintError):
        make(directory, choice, MADE, SITE)


def test_a_very_long_listing_flows_over_pages_and_loses_no_word(directory: Session) -> None:
    service = services_by_key(directory, ["caba-jette"])[0]
    words = " ".join(f"mot{number}" for number in range(600))
    service.eligibility = factories.both(words)
    directory.flush()
    for sides, paper in (("fr", "a4"), ("both", "a5")):
        text = words_of(make(directory, Choice(sides, paper, keys=(service.key,)), MADE, SITE))
        for number in (0, 300, 599):
            assert f"mot{number} " in text


def test_what_is_unknown_is_said_with_whom_to_ask() -> None:
    called = factories.service(phones=[])
    told = side(called, "fr", MADE.date(), CPAS)
    assert told.unknown.startswith("Pas encore connu")
    assert "les heures" in told.unknown
    assert phone(CALL) in told.unknown
    assert "Rien n’est écrit ici." not in [line.words for fact in told.facts for line in fact.lines]
    alone = side(called, "nl", MADE.date(), None)
    assert alone.unknown.startswith("Nog niet bekend")
    assert "Vraag" not in alone.unknown
    assert told.length < LONG


def test_how_old_a_listing_is_is_said() -> None:
    def age(assured: date | None) -> str:
        return side(factories.service(assured_date=assured), "fr", MADE.date(), None).age

    assert age(None) == "Source sans date, pas confirmé."
    assert age(date(2026, 11, 3)) == "Confirmé le 3 novembre 2026."
    assert age(date(2026, 4, 3)).endswith("À vérifier de nouveau.")
    assert age(date(2025, 4, 3)) == "Plus confirmé depuis le 3 avril 2025."


def test_old_hours_are_to_be_checked_and_room_is_not_promised(directory: Session) -> None:
    service = services_by_key(directory, ["cpas-jette"])[0]
    service.intake_status = "open"
    told = side(service, "fr", MADE.date(), None)
    lines = {fact.question: [line.words for line in fact.lines] for fact in told.facts}
    assert lines["Quand ?"][-1].startswith("Heures à vérifier")
    assert "Y a-t-il de la place ?" not in lines


def test_a_listing_is_printed_under_the_first_reason_one_goes_there(directory: Session) -> None:
    seen = 0
    for service in directory.scalars(select(Service)):
        primary = [filed.term.need.key for filed in service.attributes if filed.rank is TermRank.PRIMARY]
        if primary:
            assert booklet._home(service) == primary[0]
            seen += 1
        elif not service.attributes:
            assert booklet._home(service) == ""
    assert seen > 60


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("paper", ["a4", "a5"])
def test_every_service_has_a_sheet_of_one_page(directory: Session, lang: Language, paper) -> None:
    services = directory.scalars(
        select(Service).where(Service.visibility == Visibility.PUBLIC).order_by(Service.key)
    ).all()
    for service in services[:: (6 if paper == "a4" else 9) * rounds(here=2, ci=1)]:
        content = leaflets.service_sheet(service, lang, MADE, SITE, BODIES, paper)
        check_tagged(read(content), lang)
        (text,) = map(flat, page_texts(content))
        assert squeezed(service.name.localized(lang).words) in squeezed(text)
        assert f"s/{service.short_code}" in squeezed(text)
        assert not [words for words in NEVER if words in text.lower()]


def test_a_sheet_does_not_tell_a_folder_of_a_sensitive_service(directory: Session) -> None:
    service = services_by_key(directory, ["1712"])[0]
    assert service.sensitive
    assert read(leaflets.service_sheet(service, "fr", MADE, SITE, BODIES)).metadata.title == "Aide et écoute"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_card_folds_to_a_pocket_and_has_no_small_print(directory: Session, lang: Language) -> None:
    services = services_by_key(directory, STREET)
    content = leaflets.card(
        leaflet("Titre de la carte", "Une phrase.", "Une ligne de plus.", services, lang, f"{SITE}/x")
    )
    document = read(content)
    check_tagged(document, lang)
    (page,) = document.pages
    sizes: set[float] = set()

    def note(text, matrix, text_matrix, font, size) -> None:
        if text.strip():
            sizes.add(round(abs(size * (text_matrix[3] or text_matrix[1]) * (matrix[3] or matrix[1])), 1))

    text = flat(page.extract_text(visitor_text=note))
    assert min(sizes) >= 11
    for service in services:
        assert squeezed(service.name.localized(lang).words) in squeezed(text)
        for line in service.phones[:1]:
            assert phone(line.number) in text or line.number in text
    for words in ("Titre de la carte", "Une phrase.", "Une ligne de plus.", "112", "guide.example.be/x"):
        assert words in text


def test_more_services_than_a_card_holds_make_another_card(directory: Session) -> None:
    services = services_by_key(
        directory, [*STREET, *FOOD, "cellule-logement", "cellule-energie", "ais-jette"]
    )
    content = leaflets.card(leaflet("Titre", "", "", services, "fr", SITE))
    document = read(content)
    assert len(document.pages) >= 2
    text = squeezed(words_of(content))
    for service in services:
        assert squeezed(service.name.localized("fr").words) in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_week_says_who_helps_on_which_day_and_what_is_not_known(
    directory: Session, lang: Language
) -> None:
    drawing = pictogram("pin")
    content = leaflets.sheet(
        leaflet(
            "Titre", "Une phrase.", "", services_by_key(directory, [*FOOD, "samusocial"]), lang, f"{SITE}/x"
        ),
        map_svg=drawing,
        map_words="La carte",
    )
    document = read(content)
    check_tagged(document, lang)
    text = words_of(content)
    says = {
        "fr": ("Mercredi", "12h – 14h", "À confirmer : appelez avant d’y aller.", "Jour et nuit"),
        "nl": ("Woensdag", "12 – 14 uur", "Nog na te vragen: bel voor u gaat.", "Dag en nacht"),
    }[lang]
    for words in says:
        assert squeezed(words) in squeezed(text)
    assert not [words for words in NEVER if words in text.lower()]


def test_hours_that_are_old_are_to_be_confirmed_in_the_week_too(directory: Session) -> None:
    (service,) = services_by_key(directory, ["cpas-jette"])

    def says() -> bool:
        content = leaflets.sheet(leaflet("Titre", "Une phrase.", "", [service], "fr", f"{SITE}/x"))
        return squeezed("(à confirmer)") in squeezed(words_of(content))

    assert says()
    with directory.no_autoflush:
        service.schedule_source = factories.source(date="2026-10-01")
        assert not says()


def test_a_sign_that_no_font_has_is_left_out_and_takes_the_paper_from_nobody(directory: Session) -> None:
    content = leaflets.poster(
        leaflet(
            "Faim\u00a0? \U0001f35e\ufe0f",
            "Du pain \U0001f468\u200d\U0001f373 et plus.",
            "",
            services_by_key(directory, FOOD),
            "fr",
            f"{SITE}/x",
        )
    )
    document = read(content)
    check_tagged(document, "fr")
    assert document.metadata.title.startswith("Faim")
    assert squeezed("Du pain et plus.") in squeezed(words_of(content))


@pytest.mark.parametrize(("paper", "width"), [("a3", 842), ("a4", 595)])
def test_a_poster_is_one_page_with_number_and_code(directory: Session, paper, width: int) -> None:
    content = leaflets.poster(
        leaflet("Titre", "Une phrase.", "Une ligne.", services_by_key(directory, STREET), "nl", f"{SITE}/x"),
        paper=paper,
    )
    document = read(content)
    check_tagged(document, "nl")
    (page,) = document.pages
    assert round(float(page.mediabox.width)) == width
    text = words_of(content)
    for words in ("Titre", "Une phrase.", "Une ligne.", phone(CALL), "0800 99 340", "guide.example.be/x"):
        assert squeezed(words) in squeezed(text)


def test_the_papers_and_languages_are_those_of_the_command() -> None:
    assert PAPERS == ("a4", "a5", "a5-imposed")
    assert SIDES == ("fr", "nl", "both")
    assert Choice("both").languages == ("fr", "nl")
    assert Choice().whole
    assert not Choice(need="faim").whole


def test_a_drawing_that_is_not_known_gives_way_to_one_that_is() -> None:
    assert pictogram("bowl") != pictogram("info")
    assert pictogram("nulle-part") == pictogram("info")


LONGEST = {
    "fr": (
        "Trouver et garder un logement, une chambre ou un lit à Jette",
        "Vous cherchez une chambre ou un lit. " * 10,
    ),
    "nl": (
        "Een woning, een kamer of een bed vinden en houden in Jette",
        "U zoekt een kamer of een bed voor vannacht. " * 9,
    ),
}
"""A title and an introduction as long as the desk takes them."""


@pytest.mark.parametrize("paper", ["a3", "a4"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_poster_with_the_longest_words_is_one_page(directory: Session, lang: Language, paper) -> None:
    title, introduction = LONGEST[lang]
    services = sorted(
        directory.scalars(select(Service)), key=lambda one: -len(one.name.localized(lang).words)
    )[:6]
    content = leaflets.poster(
        leaflet(title, introduction, title, services, lang, f"{SITE}/{'long-' * 12}"), paper=paper
    )
    assert len(read(content).pages) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_cover_of_a_card_with_the_longest_words_leaves_the_numbers_free(
    directory: Session, lang: Language
) -> None:
    title, introduction = LONGEST[lang]
    content = leaflets.card(
        leaflet(title, introduction, title, services_by_key(directory, STREET[:3]), lang, SITE)
    )
    (page,) = read(content).pages
    heights: dict[str, float] = {}

    def note(text, matrix, text_matrix, font, size) -> None:
        height = text_matrix[5] * matrix[3] + matrix[5]
        for word in ("112", "chambre", "kamer"):
            if word in text:
                heights[word] = min(height, heights.get(word, height))

    page.extract_text(visitor_text=note)
    assert heights["chambre" if lang == "fr" else "kamer"] > heights["112"] + 12, (
        "the words end above the numbers"
    )


def test_unknown_hours_of_who_has_no_number_say_whom_to_call(directory: Session) -> None:
    content = leaflets.sheet(
        leaflet("Titre", "Une phrase.", "", services_by_key(directory, FOOD), "nl", f"{SITE}/x")
    )
    text = squeezed(words_of(content))
    assert squeezed(f"Nog na te vragen. Vraag het aan het OCMW: {phone(CALL)}.") in text
    assert squeezed("Nog na te vragen: bel voor u gaat.") in text
