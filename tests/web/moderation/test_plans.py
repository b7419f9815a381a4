"""The coordinator follows plans: states, figures, lineage, a new plan from a table, a report that agrees."""

import csv
import io
import random
import re
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from guide.database import writing
from guide.model import AccountSession, Action, ActionLineage, Plan
from tests.markup import form_values
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
def guide_app(instance: Path, make_app: Callable[..., Flask]) -> Flask:
    made: Flask = make_app(instance)
    return made


@pytest.fixture
def boss(guide_app: Flask) -> PageClient:
    return someone(guide_app, "coordinator")


def ancestors(session: Session, action: int) -> set[int]:
    found = select(ActionLineage.from_action_id).where(ActionLineage.to_action_id == action)
    return set(session.scalars(found))


@pytest.mark.parametrize(("size", "fits"), [(700_000, True), (1_000_000, False)])
def test_a_long_table_survives_the_end_of_the_session(
    guide_app: Flask, boss: PageClient, size: int, fits: bool
) -> None:
    """Of what the form itself takes nothing is refused at the sign-in: it is carried, or shown to be copied."""
    # Words that no compression makes shorter.
    chance = random.Random(1)
    table = "Une ligne\n" + "".join(chance.choices(string.ascii_letters + string.digits, k=size))
    page = boss.get("/fr/moderation/nouveau-plan")
    assert page.status == 200
    with Session(writing(guide_app.extensions["guide"].engine)) as session:
        session.execute(delete(AccountSession))
        session.commit()
    over = boss.submit(page, "new-plan", **HEAD, table=table)
    assert over.status == 401
    assert table[-40:] in over.html
    assert ("trop longues pour rester ici" in over.words) is not fits
    signing = boss.submit(over, "session-over")
    assert signing.status == 200
    assert bool(form_values(signing.html, "sign-in")[1]["garde"][0]) is fits


@pytest.mark.parametrize(
    ("path", "public"),
    [
        (f"/fr/moderation/plans/{PLAN}/{KEY}", f"/fr/plans/{PLAN}/{KEY}"),
        (f"/nl/moderatie/plannen/{PLAN}/{KEY}", f"/nl/plannen/{PLAN}/{KEY}"),
    ],
)
def test_an_action_gets_its_state_its_figures_and_who_is_responsible(
    guide_app: Flask, boss: PageClient, path: str, public: str
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
    shown = PageClient(guide_app).get(public).words
    for words in ("Deux lieux ouverts.", "164", "200", "182"):
        assert words in shown
    assert "181" not in shown
    page = boss.get(path)
    hidden = {
        e.attributes["name"]: e.attributes["value"] for e in page.all("input") if "value" in e.attributes
    }
    token = form_values(page.html, path)[1]["_jeton"][0]
    for name in ("corps", "compte"):
        sent = {"_jeton": token, "quoi": "enlever", name: hidden[name]}
        assert boss.post(path, data=sent).status == 303
    shown = PageClient(guide_app).get(public).words
    assert "164" not in shown
    assert "Emploi" not in shown
    assert "Werk" not in shown
    assert "Deux lieux ouverts." in shown, "what was said of its state stays"


def test_a_plan_is_added_from_a_table_after_a_look_and_the_old_one_stays(
    guide_app: Flask, boss: PageClient
) -> None:
    page = boss.get("/fr/moderation/nouveau-plan")
    looked = boss.submit(page, "new-plan", table=TABLE, **HEAD)
    assert looked.status == 200
    assert "2 thèmes" in looked.words.replace("\u00a0", " ")
    with Session(guide_app.extensions["guide"].engine) as session:
        assert session.query(Plan).filter_by(key="pasap-2028-2033").count() == 0
    made = boss.submit(looked, "new-plan", button="quoi=creer")
    assert made.headers["Location"].endswith("fait=cree")
    again = boss.submit(looked, "new-plan", button="quoi=creer")
    assert again.headers["Location"].endswith("fait=deja")
    public = PageClient(guide_app)
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
    page = boss.get("/fr/moderation/nouveau-plan")
    target, values = form_values(page.html, "new-plan")
    content = TABLE.replace(";", ",").encode("cp1252")
    data = HEAD | {"_jeton": values["_jeton"][0], "file": (io.BytesIO(content), "plan.csv")}
    answer = boss.post(target, data=data, content_type="multipart/form-data")
    assert answer.status == 200
    assert "Donner à manger à tous." in answer.html


def test_what_an_action_comes_from_is_chosen_from_likely_ones(guide_app: Flask, boss: PageClient) -> None:
    page = boss.get("/fr/moderation/nouveau-plan")
    boss.submit(boss.submit(page, "new-plan", table=TABLE, **HEAD), "new-plan", button="quoi=creer")
    with Session(guide_app.extensions["guide"].engine) as session:
        later = session.query(Action).filter_by(reference="pasap-2028-2033/2").one().id
        earlier = session.query(Action).filter_by(reference="pas-2015-2020/alimentation-01").one().id
    path = "/fr/moderation/plans/pasap-2028-2033/filiation"
    page = boss.get(path)
    offered = [
        box.attributes["value"] for box in page.all("input") if box.attributes.get("name") == f"de-{later}"
    ]
    assert str(earlier) in offered[:5], "a social grocery is like the social grocery of 2015"
    assert boss.submit(page, "lineage", **{f"de-{later}": str(earlier)}).status == 303
    with Session(guide_app.extensions["guide"].engine) as session:
        assert ancestors(session, later) == {earlier}
    shown = PageClient(guide_app).get("/fr/plans/pasap-2028-2033/2")
    assert "/fr/plans/pas-2015-2020/alimentation-01" in shown.links()
    page = boss.get(path)
    named = page.all("option")[0].attributes["value"]
    wrong = boss.submit(page, "lineage", **{f"autre-{later}": "une action qui n’existe pas"})
    assert wrong.status == 422
    assert wrong.title.startswith("Erreur")
    assert "une action qui n’existe pas" in wrong.html
    assert boss.submit(wrong, "lineage", **{f"autre-{later}": named}).status == 303
    with Session(guide_app.extensions["guide"].engine) as session:
        assert len(ancestors(session, later)) == 2
    nothing: dict[str, Any] = {f"de-{later}": None}
    assert boss.submit(boss.get(path), "lineage", **nothing).status == 303
    with Session(guide_app.extensions["guide"].engine) as session:
        assert ancestors(session, later) == set()


def test_saving_the_lineage_as_it_is_changes_no_link(guide_app: Flask, boss: PageClient) -> None:
    def links() -> list[tuple[int, int, str]]:
        with Session(guide_app.extensions["guide"].engine) as session:
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
    ("lang", "plans", "paths"),
    [
        ("fr", "plans", ("couverture", "rapport", "couverture.csv")),
        ("nl", "plannen", ("dekking", "verslag", "dekking.csv")),
    ],
)
def test_the_table_and_the_report_say_what_the_page_says(
    client: PageClient, plan: str, lang: str, plans: str, paths: tuple[str, str, str]
) -> None:
    picture, report, table = (f"/{lang}/{plans}/{plan}/{path}" for path in paths)
    page, printed, sent = client.get(picture), client.get(report), client.http.get(table)
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


def test_a_table_pasted_from_a_spreadsheet_has_tabs_between_its_cells(boss: PageClient) -> None:
    page = boss.get("/fr/moderation/nouveau-plan")
    looked = boss.submit(page, "new-plan", table=TABLE.replace(";", "\t"), **HEAD)
    assert looked.status == 200
    assert "3 actions" in looked.words.replace("\u00a0", " ")
    made = boss.submit(looked, "new-plan", button="quoi=creer")
    assert made.headers["Location"].endswith("fait=cree"), "what was checked is what is added"


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"starts": "2033", "ends": "2028"}, "avant la première"),
        ({"starts": "bientôt"}, "Écrivez une année"),
        ({"title_nl": ""}, "titre en néerlandais"),
        ({"table": ""}, "collez le tableau"),
        ({"table": TABLE + '1;Alimentation;Voeding;7;"' + "x" * 140_000}, "guillemet"),
    ],
)
def test_what_lacks_of_a_new_plan_is_said_and_nothing_typed_is_lost(
    boss: PageClient, values: dict[str, Any], wanted: str
) -> None:
    page = boss.get("/fr/moderation/nouveau-plan")
    answer = boss.submit(page, "new-plan", **({"table": TABLE} | HEAD | values))
    assert answer.status == 422
    assert answer.title.startswith("Erreur")
    assert wanted in answer.words
    assert "Plan d’action sociale 2028-2033" in answer.html


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"as_of": "24/11/2027"}, "pas encore venue"),
        ({"evidence_fr": ""}, "phrase de preuve"),
        ({"evidence_fr": "Versez sur BE68 5390 0754 7034."}, "compte bancaire"),
        ({"url": "javascript:alert(1)"}, "https://"),
        ({"progress": None}, "Choisissez un état"),
    ],
)
def test_a_state_without_proof_or_day_is_not_kept(
    guide_app: Flask, boss: PageClient, values: dict[str, Any], wanted: str
) -> None:
    path = f"/fr/moderation/plans/{PLAN}/{KEY}"
    sound = {"progress": "done", "as_of": "3/11/2026", "evidence_fr": "Vu au conseil communal."}
    answer = boss.submit(boss.get(path), "standing", **(sound | values))
    assert answer.status == 422
    assert wanted in answer.words
    assert "Avancement" not in PageClient(guide_app).get(f"/fr/plans/{PLAN}/{KEY}").words
    assert boss.submit(answer, "standing", **sound, url="").status == 303, "mended on the page itself"


def test_the_states_of_an_action_are_told_the_newest_first(guide_app: Flask, boss: PageClient) -> None:
    path = f"/nl/moderatie/plannen/{PLAN}/{KEY}"
    for progress, day, words in (
        ("running", "3/11/2026", "Twee plekken open."),
        ("planned", "1/2/2025", "Beslist."),
    ):
        page = boss.get(path)
        assert boss.submit(page, "standing", progress=progress, as_of=day, evidence_nl=words).status == 303
    words = PageClient(guide_app).get(f"/nl/plannen/{PLAN}/{KEY}").words
    assert words.index("Twee plekken open.") < words.index("Beslist.")
    assert "Twee plekken open." in PageClient(guide_app).get(f"/nl/plannen/{PLAN}/verslag").words
    assert "Twee plekken open." in boss.get(path).words


def test_where_no_service_can_be_expected_the_coverage_says_so(guide_app: Flask, boss: PageClient) -> None:
    public = PageClient(guide_app)
    table = public.http.get(f"/fr/plans/{PLAN}/couverture.csv").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table, newline=""), delimiter=";"))
    number = next(row[1] for row in rows if row[3] == "Sans service")
    path = f"/fr/moderation/plans/{PLAN}/{number}"
    assert boss.submit(boss.get(path), "service-expected", expected="no").status == 303
    table = public.http.get(f"/fr/plans/{PLAN}/couverture.csv").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table, newline=""), delimiter=";"))
    assert next(row[3] for row in rows if row[1] == number) != "Sans service"


@pytest.mark.parametrize(
    "path",
    [
        "/fr/moderation/plans/",
        f"/nl/moderatie/plannen/{PLAN}/",
        f"/fr/moderation/plans/{PLAN}/{KEY}",
        f"/nl/moderatie/plannen/{PLAN}/afstamming",
        "/fr/moderation/nouveau-plan",
    ],
)
def test_only_the_coordination_works_on_plans(guide_app: Flask, boss: PageClient, path: str) -> None:
    assert boss.get(path).status == 200
    assert someone(guide_app, "editor", "caba-jette").get(path).status == 403
    assert PageClient(guide_app).get(path).status in (302, 303)


def test_a_plan_or_an_action_that_is_not_there_is_not_found(boss: PageClient) -> None:
    for path in ("plans/aucun/", "plans/aucun/filiation", f"plans/{PLAN}/999"):
        assert boss.get(f"/fr/moderation/{path}").status == 404


def test_markup_in_a_plan_stays_text(guide_app: Flask, boss: PageClient) -> None:
    evil = "<script>alert(1)</script>{{7*7}}"
    page = boss.get("/fr/moderation/nouveau-plan")
    looked = boss.submit(page, "new-plan", table=TABLE.replace("Donner", evil), **(HEAD | {"title_fr": evil}))
    assert "<script>alert" not in looked.html
    boss.submit(looked, "new-plan", button="quoi=creer")
    for path in ("/fr/plans/pasap-2028-2033/1", "/fr/plans/pasap-2028-2033/rapport"):
        shown = PageClient(guide_app).get(path)
        assert "<script>alert" not in shown.html
        assert "{{7*7}}" in shown.html


@pytest.mark.parametrize(
    ("path", "form", "field"),
    [
        (f"/fr/moderation/plans/{PLAN}/{KEY}", "standing", "evidence_fr"),
        (f"/nl/moderatie/plannen/{PLAN}/{KEY}", "indicator-new", "name_nl"),
        ("/fr/moderation/nouveau-plan", "new-plan", "table"),
    ],
)
def test_the_other_language_keeps_what_was_typed(boss: PageClient, path: str, form: str, field: str) -> None:
    page = boss.get(path)
    other = "nl" if path.startswith("/fr") else "fr"
    _target, values = form_values(page.html, form)
    twin = next(e.attributes["formaction"] for e in page.all("button") if "formaction" in e.attributes)
    answer = boss.post(twin, data=values | {field: ["Un mot; avec\tune tabulation"], "_langue": [other]})
    assert answer.status == 200
    assert twin.startswith(f"/{other}/")
    assert "Un mot; avec" in answer.html
    switch = next(e for e in answer.all("button") if e.attributes.get("name") == "_langue")
    assert switch.attributes["form"] == form
