"""Two listings of the same thing become one; every old address leads to it; and the way back."""

from itertools import pairwise

import pytest
from sqlalchemy import select

from guide.model import Fulfilment, Publication, Service
from tests.web.moderating import KEY, Office

GONE = "viva-jette"


def compare(office: Office) -> str:
    return f"?a={GONE}&b={KEY}"


def merge(office: Office) -> None:
    """GONE into KEY, as a coordinator clicks it."""
    page = office.open("merge", compare(office))
    asked = office.boss.submit(page, "merge", kept=KEY)
    assert asked.status == 200
    assert office.boss.submit(asked, "merge", button="quoi=reunir").status == 303


def code(office: Office) -> str:
    with office.database() as session:
        return session.scalars(select(Service.short_code).where(Service.key == GONE)).one()


def test_two_listings_stand_side_by_side_and_one_must_be_chosen(office: Office) -> None:
    page = office.open("merge", compare(office))
    assert page.all("ins")
    silent = office.boss.submit(page, "merge")
    assert silent.status == 422
    assert silent.title.startswith(office.say("Erreur", "Fout"))


def test_the_language_of_a_translated_name_is_named(office: Office) -> None:
    with office.database() as session:
        for key, side in ((GONE, "nl"), (KEY, None)):
            session.scalars(select(Service).where(Service.key == key)).one().name_translated = side
    page = office.open("merge", compare(office))
    shown = page.html.partition(office.say("Nom traduit par nous", "Naam die wij vertaalden"))[2]
    assert office.say("Néerlandais", "Nederlands") in shown.partition("</section>")[0]


def test_nothing_happens_before_the_second_page_is_agreed_to(office: Office) -> None:
    page = office.open("merge", compare(office))
    asked = office.boss.submit(page, "merge", kept=KEY)
    assert asked.status == 200
    assert office.record(GONE).get("publication") is None
    assert office.boss.submit(asked, "merge", button="quoi=reunir").status == 303
    assert office.record(GONE)["merged_into"] == KEY


def test_every_old_address_leads_to_the_one_that_stays(office: Office) -> None:
    short = code(office)
    merge(office)
    public = office.public()
    for family in ("services", "aides", "projets"):
        answer = public.get(f"/fr/{family}/{GONE}")
        assert (answer.status, answer.headers["Location"]) == (301, f"/fr/services/{KEY}")
    for family in ("diensten", "steun", "projecten"):
        answer = public.get(f"/nl/{family}/{GONE}")
        assert (answer.status, answer.headers["Location"]) == (301, f"/nl/diensten/{KEY}")
    for accepted, path in (("fr", f"/fr/services/{KEY}"), ("nl", f"/nl/diensten/{KEY}")):
        answer = public.get(f"/s/{short}", headers={"Accept-Language": accepted})
        assert (answer.status, answer.headers["Location"]) == (302, path)


def test_the_one_that_went_is_in_no_list_and_is_found_by_its_old_name(office: Office) -> None:
    merge(office)
    public = office.public()
    addresses = public.get("/sitemap.xml").html
    for family in ("services", "aides", "projets", "diensten", "steun", "projecten"):
        assert f"/{family}/{GONE}<" not in addresses
    assert GONE not in public.get("/fr/services/?q=viva").keys
    assert KEY in public.get("/fr/services/?q=viva+jette").keys
    assert KEY in public.get("/nl/diensten/?q=viva+jette").keys
    assert GONE not in office.open("listings").html


def test_links_with_plans_move_and_the_page_said_how_many(office: Office) -> None:
    with office.database() as session:
        gone = session.scalars(select(Service).where(Service.key == GONE)).one()
        moving = set(session.scalars(select(Fulfilment.action_id).where(Fulfilment.service_id == gone.id)))
    assert moving
    page = office.open("merge", compare(office))
    assert str(len(moving)) in office.boss.submit(page, "merge", kept=KEY).words
    merge(office)
    with office.database() as session:
        kept = session.scalars(select(Service).where(Service.key == KEY)).one()
        held = set(session.scalars(select(Fulfilment.action_id).where(Fulfilment.service_id == kept.id)))
    assert moving <= held


def test_a_merge_is_undone_at_one_click(office: Office) -> None:
    merge(office)
    page = office.open("duplicates")
    target = office.say("/fr/moderation/doublons/separer", "/nl/moderatie/dubbels/scheiden")
    done = office.boss.submit(page, target)
    assert done.status == 303
    told = office.boss.get(done.headers["Location"])
    assert office.say("sont restés à la fiche gardée", "bleven bij de bewaarde fiche") in told.words
    assert office.public().get(f"/fr/services/{GONE}").status == 200
    again = office.boss.submit(page, target)
    assert "notice-warn" in office.boss.get(again.headers["Location"]).html


def test_two_who_merge_at_once_do_no_harm(office: Office) -> None:
    other = office.colleague()
    asked = []
    for client, kept in ((office.boss, KEY), (other, GONE)):
        page = office.open("merge", compare(office), client=client)
        asked.append(client.submit(page, "merge", kept=kept))
    assert office.boss.submit(asked[0], "merge", button="quoi=reunir").status == 303
    late = other.submit(asked[1], "merge", button="quoi=reunir")
    assert late.status == 303
    assert "notice-warn" in other.get(late.headers["Location"]).html
    with office.database() as session:
        kept = session.scalars(select(Service).where(Service.key == KEY)).one()
        assert (kept.publication, kept.merged_into) == (Publication.PUBLISHED, None)


def test_a_listing_is_not_merged_with_itself_nor_with_one_that_is_not_there(office: Office) -> None:
    for query in ("", f"?a={KEY}&b={KEY}", f"?a={KEY}&b=nulle-part"):
        answer = office.boss.get(office.path("merge", query))
        assert answer.status == 303
        assert "notice-warn" in office.boss.get(answer.headers["Location"]).html


def test_the_switch_of_language_keeps_the_two(office: Office) -> None:
    page = office.open("merge", compare(office))
    switch = next(one for one in page.all("button") if one.attributes.get("name") == "_langue")
    assert switch.attributes["formaction"].endswith(compare(office))


@pytest.mark.parametrize("publication", [Publication.ARCHIVED, Publication.PUBLISHED])
def test_pages_of_listings_that_lead_in_a_circle_end(office: Office, publication: Publication) -> None:
    """An older guide loaded such a circle: its pages answer, and nobody is sent round for ever."""
    with office.database() as session:
        for key, into in ((KEY, GONE), (GONE, KEY)):
            one = session.scalars(select(Service).where(Service.key == key)).one()
            one.merged_into, one.publication = into, publication
        code = one.short_code
    visitor = office.public()
    status = 410 if publication is Publication.ARCHIVED else 200
    for key in (KEY, GONE):
        assert visitor.get(f"/fr/services/{key}").status == status
        assert office.open("duplicates").status == 200
        assert office.boss.get(f"/fr/mon-association/services/{key}/").status == 200
    assert visitor.get(f"/s/{code}").headers["Location"].endswith(GONE)


def test_a_line_of_merges_leads_to_its_end_at_once(office: Office) -> None:
    with office.database() as session:
        line = ["bulle", KEY, GONE]
        for key, into in pairwise(line):
            one = session.scalars(select(Service).where(Service.key == key)).one()
            one.merged_into, one.publication = into, Publication.ARCHIVED
    for key in line[:-1]:
        answer = office.public().get(f"/fr/services/{key}")
        assert (answer.status, answer.headers["Location"].rpartition("/")[2]) == (301, line[-1])
