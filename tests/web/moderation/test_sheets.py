"""The coordinator edits a ready-made sheet: its words, its services and their order; the public page follows."""

from tests.pages import Page
from tests.web.moderating import Office

KEY = "aide-alimentaire"


def paths(office: Office) -> tuple[str, str]:
    """The desk of the sheet, and its public page."""
    return (
        office.say(f"/fr/moderation/feuilles/{KEY}", f"/nl/moderatie/bladen/{KEY}"),
        office.say("/fr/feuilles/aide-alimentaire", "/nl/bladen/voedselhulp"),
    )


def press(office: Office, what: str, service: str) -> Page:
    desk, _public = paths(office)
    token = office.boss.get(desk).html.partition('name="_jeton" value="')[2].partition('"')[0]
    return office.boss.post(desk, data={"_jeton": token, "quoi": what, "service": service})


def test_the_sheets_are_reached_from_the_desk(office: Office) -> None:
    index = office.say("/fr/moderation/feuilles/", "/nl/moderatie/bladen/")
    assert index in office.boss.get(office.path("desk")).links()
    desk, public = paths(office)
    assert {desk, public} <= set(office.boss.get(index).links())


def test_new_words_stand_on_the_public_page(office: Office) -> None:
    desk, public = paths(office)
    page = office.boss.submit(
        office.boss.get(desk),
        "sheet",
        title_fr="À table",
        title_nl="Aan tafel",
        extra_fr="Une phrase.",
        extra_nl="Een zin.",
    )
    assert page.status == 303
    shown = office.boss.get(public).words
    assert office.say("À table", "Aan tafel") in shown
    assert office.say("Une phrase.", "Een zin.") in shown
    assert office.say("a changé une feuille", "wijzigde een blad") in office.open("journal").words


def test_of_two_who_write_at_once_the_second_is_asked_and_nobody_loses_a_word(office: Office) -> None:
    desk, public = paths(office)
    first, second, third = (office.boss.get(desk) for _ in range(3))
    assert office.boss.submit(first, "sheet", introduction_fr="Où manger.").status == 303
    # Another field: both stand.
    assert office.boss.submit(second, "sheet", title_nl="Aan tafel").status == 303
    # The same field: her words are in the box, the other's beside it; sent again, hers stand.
    asked = office.boss.submit(third, "sheet", introduction_fr="Un repas.")
    assert asked.status == 422
    assert "Où manger." in asked.words
    assert "Un repas." in asked.html
    assert "Un repas." not in office.boss.get(public).words
    assert office.boss.submit(asked, "sheet").status == 303
    assert "Un repas." in office.boss.get(desk).html
    assert "Aan tafel" in office.boss.get(desk).html


def test_a_form_that_no_longer_says_what_it_showed_overwrites_nothing(office: Office) -> None:
    desk, _public = paths(office)
    form = office.boss.get(desk)
    assert office.boss.submit(office.boss.get(desk), "sheet", title_fr="À table").status == 303
    asked = office.boss.submit(form, "sheet", vu="over")
    assert asked.status == 422
    assert "À table" in asked.words


def test_a_line_in_one_language_or_an_account_number_is_asked_to_be_mended(office: Office) -> None:
    desk, public = paths(office)
    page = office.boss.submit(office.boss.get(desk), "sheet", extra_fr="", extra_nl="Een zin.")
    assert page.status == 422
    assert "Een zin." in page.html
    page = office.boss.submit(office.boss.get(desk), "sheet", introduction_fr="BE68 5390 0754 7034")
    assert page.status == 422
    assert "5390" not in office.boss.get(public).html
    page = office.boss.submit(office.boss.get(desk), "sheet", introduction_nl="Vraag naar 85.07.30-033.28.")
    assert page.status == 422


def test_order_adding_and_taking_out(office: Office) -> None:
    _desk, public = paths(office)
    before = office.boss.get(public).keys
    assert press(office, "descendre", before[0]).status == 303
    assert office.boss.get(public).keys[:2] == [before[1], before[0]]
    press(office, "enlever", before[0])
    assert before[0] not in office.boss.get(public).keys
    press(office, "ajouter", "cpas-jette")
    assert office.boss.get(public).keys[-1] == "cpas-jette"


def test_what_is_not_public_or_not_there_is_not_added(office: Office) -> None:
    desk, public = paths(office)
    before = office.boss.get(public).keys
    assert 'value="cqd-magritte"' not in office.boss.get(desk).html, "announced: it would never be seen"
    for key in ("crisis-bxl", "cqd-magritte", "rien", "", "<b>"):
        assert press(office, "ajouter", key).status == 303
    assert press(office, "voler", "resto-jet").status == 303
    assert office.boss.get(public).keys == before
