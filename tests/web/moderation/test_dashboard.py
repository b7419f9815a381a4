"""The coordinator's first page: everything that waits, counted, and each count leads to its list."""

import pytest

from guide.model import Role
from tests.people import someone
from tests.queries import counted
from tests.web.moderating import Office


def test_every_count_leads_to_a_list_in_the_same_language(office: Office) -> None:
    office.change({"summary.fr": "Une épicerie sociale."})
    page = office.open("desk")
    counts = [
        element
        for element in page.all("a")
        if element.text[:1].isdigit() and element.attributes["href"].startswith(f"/{office.lang}/mod")
    ]
    assert len(counts) == 15
    for element in counts:
        assert office.boss.get(element.attributes["href"]).status == 200, element.attributes["href"]
    review = next(element for element in counts if element.attributes["href"] == office.path("proposals"))
    assert review.text.startswith("1")


def test_what_the_desk_links_to_is_there(office: Office) -> None:
    page = office.open("desk")
    for link in page.links():
        if link.startswith(f"/{office.lang}/mod"):
            assert office.boss.get(link).status == 200, link


@pytest.mark.parametrize("role", [Role.EDITOR, Role.SOCIAL_WORKER])
def test_an_association_has_another_desk(french_office: Office, role: Role) -> None:
    visitor = someone(french_office.app, role, "caba-jette")
    for name in ("desk", "proposals", "journal", "translations", "organizations"):
        assert visitor.get(french_office.path(name)).status == 403


def test_the_desk_asks_the_database_a_known_number_of_times(french_office: Office) -> None:
    with counted(french_office.app.extensions["guide"].engine) as asked:
        french_office.open("desk")
    # Eleven for the counts, one for referrals nobody holds, two for mails of hers that failed; the others for the
    # session, its account and the number to call.
    assert len(asked) <= 20


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("proposals", 12),
        ("live", 10),
        ("listings", 12),
        ("links", 12),
        ("mails", 10),
        ("duplicates", 14),
        ("organizations", 14),
        ("journal", 20),
        ("translations", 14),
    ],
)
def test_each_list_asks_the_database_a_known_number_of_times(
    french_office: Office, name: str, most: int
) -> None:
    french_office.change({"phones": [{"number": "02 425 00 00"}]}, trusted=True)
    french_office.change({"summary.fr": "Une épicerie sociale."})
    with counted(french_office.app.extensions["guide"].engine) as asked:
        french_office.open(name)
    assert len(asked) <= most, "\n".join(asked)
