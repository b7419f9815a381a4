"""The history of a listing: who, when, why, what; two versions side by side; one put back by a coordinator."""

from guide.model import Revision, Role
from tests.people import someone
from tests.web.desks import Desk


def compared(desk: Desk, older: object, newer: object) -> str:
    names = ("avant", "apres") if desk.lang == "fr" else ("voor", "na")
    return f"{desk.path('compare')}?{names[0]}={older}&{names[1]}={newer}"


def test_without_a_change_the_history_says_what_it_is_for(desk: Desk) -> None:
    page = desk.open("history")
    assert not page.all("select")
    assert "notice-info" in page.html


def test_every_change_is_told_with_who_when_why_and_what(desk: Desk) -> None:
    coordinator = someone(desk.app, Role.COORDINATOR, name="La coordination")
    desk.save("price", client=coordinator, free="yes", pourquoi="Dit au téléphone")
    page = desk.open("history")
    for words in ("La coordination", "Dit au téléphone", "2026"):
        assert words in page.words
    assert len(page.all("option")) == 4


def test_two_versions_stand_side_by_side_in_either_order(desk: Desk) -> None:
    coordinator = desk.coordinator()
    desk.save("about", client=coordinator, summary_fr="Premier texte.")
    desk.save("about", client=coordinator, summary_fr="Second texte.")
    numbers = [revision.number for revision in desk.revisions()]
    for pair in ((numbers[1], numbers[2]), (numbers[2], numbers[1])):
        page = desk.editor.get(compared(desk, *pair))
        assert page.status == 200
        assert page.words.index("Premier texte.") < page.words.index("Second texte.")
    same = desk.editor.get(compared(desk, numbers[1], numbers[1]))
    assert "Premier texte." not in same.words


def test_versions_that_are_not_there_are_not_found(desk: Desk) -> None:
    desk.save("about", client=desk.coordinator(), summary_fr="Premier texte.")
    for pair in ((1, 99), ("x", 2), ("", ""), ("²", 2), ("9" * 30, 1)):
        assert desk.editor.get(compared(desk, *pair)).status == 404


def test_only_a_coordinator_puts_a_version_back(desk: Desk) -> None:
    coordinator = desk.coordinator()
    before = desk.record()["summary"]["fr"]
    desk.save("about", client=coordinator, summary_fr="Premier texte.")
    first = desk.revisions()[0].number
    place = f"{desk.path('history')}/{first}/{'retablir' if desk.lang == 'fr' else 'herstellen'}"
    assert place not in desk.open("history").html
    page = desk.open("history", client=coordinator)
    token = page.html.partition('name="_jeton" value="')[2].partition('"')[0]
    assert desk.editor.post(place, data={"_jeton": token}).status == 403
    assert desk.record()["summary"]["fr"] == "Premier texte."
    assert coordinator.submit(page, place).status == 303
    assert desk.record()["summary"]["fr"] == before
    assert desk.revisions()[-1].why == f"restored: {first}"
    assert f"restored: {first}" not in desk.open("history").words
    assert coordinator.post(place.replace(f"/{first}/", "/99/"), data={"_jeton": token}).status == 404


def test_a_version_that_names_what_the_guide_does_not_have_any_more_stays_a_version(desk: Desk) -> None:
    coordinator = desk.coordinator()
    desk.save("about", client=coordinator, summary_fr="Premier texte.")
    first = desk.revisions()[0]
    with desk.database() as session:
        row = session.get_one(Revision, first.id)
        row.record = row.record | {"terms": [{"term": "disparu", "rank": "primary"}]}
    page = desk.open("history", client=coordinator)
    place = f"{desk.path('history')}/{first.number}/{'retablir' if desk.lang == 'fr' else 'herstellen'}"
    answer = coordinator.submit(page, place)
    assert answer.status == 422
    assert ("n’a plus" if desk.lang == "fr" else "niet meer heeft") in answer.words
    assert desk.record()["summary"]["fr"] == "Premier texte."
