"""Plans: classes that sum to the plan, filters, evidence of each action, sister actions."""

from typing import Any

import pytest
import yaml

from guide import paths
from guide.plans.coverage import ActionClass
from tests.crawl import Site, is_left_out
from tests.pages import Page, PageClient
from tests.words import folded, of_class

PLANS = {"pas-2015-2020": 45, "pasap-2022-2027": 50}
DOUBTFUL = "declaration-2018-2024"
LINEAGE: list[dict[str, Any]] = yaml.safe_load((paths.DATA / "lineage.yaml").read_text(encoding="utf-8"))


def actions_of(page: Page, plan: str) -> list[str]:
    """The action pages this page links to, each once."""
    start = f"/fr/plans/{plan}/"
    found = [link.removeprefix(start) for link in page.links() if link.startswith(start)]
    return list(dict.fromkeys(key for key in found if key and "?" not in key and key != "couverture"))


def counted(element_text: str) -> int:
    return int(folded(element_text).rpartition("(")[2].partition(")")[0])


@pytest.mark.parametrize("lang", ["/fr/plans/", "/nl/plannen/"])
def test_the_plans_stand_with_their_figures_and_the_doubtful_one_apart(client: PageClient, lang: str) -> None:
    page = client.get(lang)
    for plan in (*PLANS, DOUBTFUL):
        assert lang + plan + "/" in page.links()
    assert len(of_class(page, "cover-bar")) == len(PLANS)
    html = page.html
    assert html.index(f"{lang}{DOUBTFUL}/") > max(html.index(f"{lang}{plan}/") for plan in PLANS)


@pytest.mark.parametrize(("plan", "total"), PLANS.items())
def test_the_classes_of_a_plan_sum_to_its_actions(client: PageClient, plan: str, total: int) -> None:
    page = client.get(f"/fr/plans/{plan}/")
    chips = of_class(page, "chip")
    assert sum(counted(chip.text) for chip in chips) == total
    assert len(actions_of(page, plan)) == total


@pytest.mark.parametrize("plan", PLANS)
def test_each_class_is_a_filter_that_shows_as_many_actions_as_it_says(client: PageClient, plan: str) -> None:
    seen: list[str] = []
    for chip in of_class(client.get(f"/fr/plans/{plan}/"), "chip"):
        page = client.get(chip.attributes["href"])
        found = actions_of(page, plan)
        assert len(found) == counted(chip.text)
        active = [a for a in of_class(page, "chip") if "chip-on" in a.attributes["class"].split()]
        assert [a.attributes["href"] for a in active] == [f"/fr/plans/{plan}/"]
        seen += found
    assert len(seen) == len(set(seen)) == PLANS[plan], "every action is in exactly one class"


@pytest.mark.parametrize("value", ["nothing", "%00", "covered'", "COVERED", ""])
def test_an_unknown_class_shows_the_whole_plan(client: PageClient, value: str) -> None:
    page = client.get(f"/fr/plans/pasap-2022-2027/?etat={value}")
    assert page.status == 200
    assert len(actions_of(page, "pasap-2022-2027")) == 50


@pytest.mark.parametrize(("plan", "total"), PLANS.items())
def test_the_picture_has_a_table_with_the_same_figures(client: PageClient, plan: str, total: int) -> None:
    for path in (f"/fr/plans/{plan}/couverture", f"/nl/plannen/{plan}/dekking"):
        page = client.get(path)
        assert page.status == 200
        by_theme, by_action = page.html.split("<table")[1:3]
        rows = [
            [
                int(cell.partition(">")[2].replace("<strong>", "").partition("<")[0])
                for cell in row.split("<td")[1:]
            ]
            for row in by_theme.split("<tr>")[2:]
        ]
        *themes, sums = rows
        assert [sum(column) for column in zip(*themes, strict=True)] == sums
        assert sums[-1] == total == sum(sums[:-1])
        assert all(row[-1] == sum(row[:-1]) for row in themes)
        assert len(sums) == len(ActionClass) + 1
        assert by_action.count("<tr>") == total + 1


@pytest.mark.parametrize("plan", PLANS)
def test_every_action_shows_its_french_wording_verbatim_in_both_languages(
    whole_site: Site, plan: str
) -> None:
    record = yaml.safe_load((paths.DATA / "plans" / f"{plan}.yaml").read_text(encoding="utf-8"))
    held = 0
    for action in (action for theme in record["themes"] for action in theme["actions"]):
        paths_ = (f"/fr/plans/{plan}/{action['key']}", f"/nl/plannen/{plan}/{action['key']}")
        # Outside CI by turns.
        looked_at = [path for path in paths_ if not is_left_out(path)]
        assert looked_at
        for path in looked_at:
            page = whole_site.pages[path]
            assert page.status == 200
            if action.get("text"):
                original = of_class(page, "original")[0]
                assert original.attributes["lang"] == "fr"
                assert folded(original.text) == folded(action["text"]["fr"])
            else:
                assert not of_class(page, "original")
        held += bool(action.get("text"))
    assert held == 45


def test_the_texts_not_held_say_so(client: PageClient) -> None:
    for number in range(38, 43):
        page = client.get(f"/fr/plans/pasap-2022-2027/{number}")
        assert "Texte manquant" in page.words
        assert "Le texte de cette action manque" in page.words


def test_the_damaged_text_says_so(client: PageClient) -> None:
    assert "Une partie du texte manque" in client.get("/fr/plans/pas-2015-2020/cohesion-11").words


def test_an_action_shows_its_services_with_role_basis_and_quotation(client: PageClient) -> None:
    page = client.get("/fr/plans/pasap-2022-2027/1")
    assert "/fr/services/bibliotheques" in page.links()
    assert "Confirmé" in page.words
    assert "L’action nomme ce service." in page.words
    quotes = page.all("q")
    assert any("les bibliothèques et les ludothèques" in quote.text for quote in quotes)
    assert all(quote.attributes.get("lang") for quote in quotes)
    assert of_class(page, "evidence")


def test_an_announced_record_is_shown_as_announced_and_counts_for_nothing(client: PageClient) -> None:
    for chip in of_class(client.get("/fr/plans/pas-2015-2020/"), "chip"):
        if "announced" not in chip.attributes["href"]:
            continue
        for key in actions_of(client.get(chip.attributes["href"]), "pas-2015-2020"):
            page = client.get(f"/fr/plans/pas-2015-2020/{key}")
            assert "Annoncé" in page.words
            assert "Ce lien ne compte pas dans la couverture." in page.words


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/fr/plans/pasap-2022-2027/01", "/fr/plans/pasap-2022-2027/1"),
        ("/nl/plannen/pasap-2022-2027/007", "/nl/plannen/pasap-2022-2027/7"),
        ("/fr/plans/pas-2015-2020", "/fr/plans/pas-2015-2020/"),
    ],
)
def test_other_ways_to_write_an_address_redirect(client: PageClient, path: str, target: str) -> None:
    page = client.get(path)
    assert page.status in (301, 308)
    assert page.headers["Location"].endswith(target)


@pytest.mark.parametrize(
    "path",
    [
        "/fr/plans/rien/",
        "/fr/plans/pas-2015-2020/rien-01",
        "/fr/plans/pasap-2022-2027/51",
        "/fr/plans/pasap-2022-2027/00",
        "/fr/plans/pasap-2022-2027/²",
        "/fr/plans/pasap-2022-2027/0²",
        "/fr/plans/%00/1",
        "/fr/plans/rien/couverture",
        f"/fr/plans/{DOUBTFUL}/couverture",
        f"/nl/plannen/{DOUBTFUL}/dekking",
    ],
)
def test_what_no_plan_holds_is_not_found(client: PageClient, path: str) -> None:
    assert client.get(path).status == 404


def test_the_doubtful_plan_says_so_and_bears_no_figures(client: PageClient) -> None:
    for path, start in ((f"/fr/plans/{DOUBTFUL}/", "/fr/"), (f"/nl/plannen/{DOUBTFUL}/", "/nl/")):
        page = client.get(path)
        assert page.status == 200
        assert not of_class(page, "cover")
        assert not of_class(page, "chip")
        assert not of_class(page, "pill")
        action = client.get(next(link for link in page.links() if link.startswith(path) and link != path))
        assert not of_class(action, "pill")
        main = action.html[action.html.index("<main") : action.html.index("<footer")]
        assert f"{start}services/" not in main
        assert f"{start}diensten/" not in main
    assert "Origine douteuse" in client.get(f"/fr/plans/{DOUBTFUL}/").words


@pytest.mark.parametrize("link", LINEAGE, ids=lambda link: f"{link['from']}-{link['to']}")
def test_sister_actions_link_to_each_other(client: PageClient, link: dict[str, Any]) -> None:
    before, after = "/fr/plans/" + link["from"], "/fr/plans/" + link["to"]
    assert after in client.get(before).links()
    assert before in client.get(after).links()


def test_neighbours_lead_through_the_whole_plan(client: PageClient) -> None:
    address, seen = "/fr/plans/pas-2015-2020/logement-01", []
    while address:
        seen.append(address)
        page = client.get(address)
        address = next((a.attributes["href"] for a in page.all("a") if a.attributes.get("rel") == "next"), "")
    assert len(seen) == len(set(seen)) == 45


def test_the_dutch_page_says_that_the_translation_is_not_official(client: PageClient) -> None:
    page = client.get("/nl/plannen/pas-2015-2020/precarite-02")
    record = yaml.safe_load((paths.DATA / "plans" / "pas-2015-2020.yaml").read_text(encoding="utf-8"))
    action = next(a for theme in record["themes"] for a in theme["actions"] if a["key"] == "precarite-02")
    assert folded(action["text"]["nl"]) in page.words
    assert page.words.index(folded(action["text"]["nl"])) < page.words.index(folded(action["text"]["fr"]))
    assert "fficiële vertaling" in page.words
