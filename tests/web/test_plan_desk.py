"""The coordinator follows plans: states, figures, lineage, a new plan from a table, a report that agrees."""

import csv
import io
import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.model import Action, ActionLineage, Plan
from tests.pages import PageClient
from tests.people import someone

PLAN, KEY = "pasap-2022-2027", "46"
TABLE = """theme_number;theme_fr;theme_nl;number;text_fr;text_nl
1;Alimentation;Voeding;1;Donner à manger à tous.;Iedereen te eten geven.
1;Alimentation;Voeding;2;Ouvrir une épicerie sociale;Een sociale kruidenier openen
2;Logement;Wonen;3;;
"""
HEAD = {
    "title_fr": "Plan d’action sociale 2028-2033",
    "title_nl": "Sociaal actieplan 2028-2033",
    "short_fr": "PASAP 2028-2033",
    "short_nl": "SAP 2028-2033",
    "starts": "2028",
    "ends": "2033",
}


@pytest.fixture
def house(instance, make_app) -> Flask:
    return make_app(instance)


@pytest.fixture
def boss(house: Flask) -> PageClient:
    return someone(house, "coordinator")


def ancestors(session: Session, action: int) -> set[int]:
    found = select(ActionLineage.from_action_id).where(ActionLineage.to_action_id == action)
    return set(session.scalars(found))


@pytest.mark.parametrize(
    ("path", "public"),
    [
        (f"/fr/moderation/plans/{PLAN}/{KEY}", f"/fr/plans/{PLAN}/{KEY}"),
        (f"/nl/moderatie/plannen/{PLAN}/{KEY}", f"/nl/plannen/{PLAN}/{KEY}"),
    ],
)
def test_an_action_gets_its_state_its_figures_and_who_is_responsible(
    house: Flask, boss: PageClient, path: str, public: str
) -> None:
    page = boss.get(path)
    wrong = boss.submit(page, "standing", progress="running", as_of="un jour", evidence_fr="Vu.")
    assert wrong.status == 422
    assert "un jour" in wrong.html
    assert (
        boss.submit(
            page, "standing", progress="running", as_of="3/11/2026", evidence_fr="Deux lieux ouverts."
        ).status
        == 303
    )
    assert (
        boss.submit(
            page,
            "indicator-new",
            name_fr="Contrats article 60",
            name_nl="Contracten artikel 60",
            baseline="164",
            target="200",
            target_year="2027",
        ).status
        == 303
    )
    page = boss.get(path)
    assert boss.submit(page, "figure", year="2025", value="181", source="Rapport annuel").status == 303
    assert boss.submit(page, "figure", year="2025", value="182").status == 303
    assert boss.submit(page, "body-new", body_fr="Le service Emploi", body_nl="De dienst Werk").status == 303
    shown = PageClient(house).get(public).words
    for words in ("Deux lieux ouverts.", "164", "200", "182"):
        assert words in shown
    assert "181" not in shown
    page = boss.get(path)
    removal = next(e.attributes["value"] for e in page.all("input") if e.attributes.get("name") == "corps")
    assert boss.submit(page, path, quoi="enlever", corps=removal).status in (303, 400)


def test_a_plan_is_added_from_a_table_after_a_look_and_the_old_one_stays(
    house: Flask, boss: PageClient
) -> None:
    page = boss.get("/fr/moderation/nouveau-plan")
    looked = boss.submit(page, "new-plan", table=TABLE, **HEAD)
    assert looked.status == 200
    assert "2 thèmes" in looked.words.replace("\u00a0", " ")
    with Session(house.extensions["guide"].engine) as session:
        assert session.query(Plan).filter_by(key="pasap-2028-2033").count() == 0
    made = boss.submit(looked, "new-plan", button="quoi=creer")
    assert made.headers["Location"].endswith("fait=cree")
    again = boss.submit(looked, "new-plan", button="quoi=creer")
    assert again.headers["Location"].endswith("fait=deja")
    public = PageClient(house)
    for path in ("/fr/plans/pasap-2028-2033/", "/nl/plannen/pasap-2028-2033/2", f"/fr/plans/{PLAN}/"):
        assert public.get(path).status == 200
    other = boss.submit(looked, "new-plan", button="quoi=creer", table=TABLE.replace("Donner", "Offrir"))
    assert other.status == 422
    assert "porte déjà ce nom" in other.words


def test_faults_of_a_table_are_told_by_line_and_column(boss: PageClient) -> None:
    page = boss.get("/nl/moderatie/nieuw-plan")
    bad = TABLE + "x;A;B;4;texte;tekst\n1;A;B;2;texte;tekst\n3;;Naam;5;Seulement en français;\n"
    answer = boss.submit(page, "new-plan", table=bad, **HEAD)
    assert answer.status == 422
    for words in ("Regel 5", "Regel 6", "Regel 7", "theme_number", "text_nl", "theme_fr"):
        assert words in answer.words
    assert "Seulement en français" in answer.html
    assert "ontbreekt" in boss.submit(page, "new-plan", table="a;b\n1;2\n", **HEAD).words


def test_a_file_of_a_spreadsheet_is_understood(boss: PageClient) -> None:
    from tests.pages import form_values

    page = boss.get("/fr/moderation/nouveau-plan")
    target, values = form_values(page.html, "new-plan")
    content = TABLE.replace(";", ",").encode("cp1252")
    data = HEAD | {"_jeton": values["_jeton"][0], "file": (io.BytesIO(content), "plan.csv")}
    answer = boss.post(target, data=data, content_type="multipart/form-data")
    assert answer.status == 200
    assert "Donner à manger à tous." in answer.html


def test_what_an_action_comes_from_is_chosen_from_likely_ones(house: Flask, boss: PageClient) -> None:
    page = boss.get("/fr/moderation/nouveau-plan")
    boss.submit(boss.submit(page, "new-plan", table=TABLE, **HEAD), "new-plan", button="quoi=creer")
    with Session(house.extensions["guide"].engine) as session:
        later = session.query(Action).filter_by(reference="pasap-2028-2033/2").one().id
        earlier = session.query(Action).filter_by(reference="pas-2015-2020/alimentation-01").one().id
    path = "/fr/moderation/plans/pasap-2028-2033/filiation"
    page = boss.get(path)
    offered = [
        box.attributes["value"] for box in page.all("input") if box.attributes.get("name") == f"de-{later}"
    ]
    assert str(earlier) in offered[:5], "a social grocery is like the social grocery of 2015"
    assert boss.submit(page, "lineage", **{f"de-{later}": str(earlier)}).status == 303
    with Session(house.extensions["guide"].engine) as session:
        assert ancestors(session, later) == {earlier}
    shown = PageClient(house).get("/fr/plans/pasap-2028-2033/2")
    assert "/fr/plans/pas-2015-2020/alimentation-01" in shown.links()
    page = boss.get(path)
    named = page.all("option")[0].attributes["value"]
    wrong = boss.submit(page, "lineage", **{f"autre-{later}": "une action qui n’existe pas"})
    assert wrong.status == 422
    assert wrong.title.startswith("Erreur")
    assert "une action qui n’existe pas" in wrong.html
    assert boss.submit(wrong, "lineage", **{f"autre-{later}": named}).status == 303
    with Session(house.extensions["guide"].engine) as session:
        assert len(ancestors(session, later)) == 2
    assert boss.submit(boss.get(path), "lineage", **{f"de-{later}": None}).status == 303
    with Session(house.extensions["guide"].engine) as session:
        assert ancestors(session, later) == set()


def test_saving_the_lineage_as_it_is_changes_no_link(house: Flask, boss: PageClient) -> None:
    def links() -> list[tuple[int, int, str]]:
        with Session(house.extensions["guide"].engine) as session:
            return sorted(
                (link.from_action_id, link.to_action_id, link.kind.value)
                for link in session.scalars(select(ActionLineage))
            )

    before = links()
    assert len({later for _earlier, later, _kind in before}) < len(before), "some come from several"
    path = f"/nl/moderatie/plannen/{PLAN}/afstamming"
    assert boss.submit(boss.get(path), "lineage").status == 303
    assert links() == before


@pytest.mark.parametrize("plan", ["pasap-2022-2027", "pas-2015-2020"])
@pytest.mark.parametrize(
    ("lang", "plans", "picture", "report", "table"),
    [
        ("fr", "plans", "couverture", "rapport", "couverture.csv"),
        ("nl", "plannen", "dekking", "verslag", "dekking.csv"),
    ],
)
def test_the_table_and_the_report_say_what_the_page_says(
    client: PageClient, plan: str, lang: str, plans: str, picture: str, report: str, table: str
) -> None:
    page = client.get(f"/{lang}/{plans}/{plan}/{picture}")
    printed = client.get(f"/{lang}/{plans}/{plan}/{report}")
    sent = client.http.get(f"/{lang}/{plans}/{plan}/{table}")
    rows = list(csv.reader(io.StringIO(sent.data.decode("utf-8-sig"), newline=""), delimiter=";"))
    lead = page.words.split("PASAP")[0]
    assert len(rows) - 1 == len(re.findall(r'id="action-\d+"', printed.html))
    covered = {"fr": "Couverte", "nl": "Gedekt"}[lang]
    count = sum(row[3] == covered for row in rows[1:])
    assert count == len(re.findall(rf"– {covered}<", printed.html))
    assert re.search(rf"\b{count}\b", lead + page.words)
    figure = re.search(r'<p class="lead">(\d+)', page.html) or re.search(
        r'<p class="lead">\D*(\d+)', page.html
    )
    assert figure is not None
    assert int(figure.group(1)) == count
    assert figure.group(1) in printed.html
