"""Each list as a table for a spreadsheet: in the reader's words, and no cell that a spreadsheet would run."""

import csv
import io
from datetime import datetime

import pytest
from sqlalchemy import select

from guide.clock import BRUSSELS
from guide.editing import reports
from guide.model import Service
from guide.web.moderation.exports import SLUGS
from tests.running import MONDAY_MORNING
from tests.web.moderating import KEY, Office


def rows(office: Office, name: str) -> list[list[str]]:
    answer = office.boss.http.get(office.path("tables", f"{SLUGS[name][office.lang]}.csv"))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


@pytest.mark.parametrize("name", SLUGS)
def test_each_list_is_a_table_with_as_many_cells_in_each_row(office: Office, name: str) -> None:
    office.change({"phones": [{"number": "02 425 00 00"}]}, trusted=True)
    office.change({"summary.fr": "Une épicerie sociale.", "description.fr": "Chaque midi."})
    office.propose_link("Chaque jour.")
    found = rows(office, name)
    assert all(found[0])
    assert {len(row) for row in found} == {len(found[0])}
    if name not in ("reports", "duplicates", "mails", "searches"):
        assert len(found) > 1


@pytest.mark.control("C19")
def test_what_a_visitor_wrote_is_no_formula(office: Office) -> None:
    with office.database() as session:
        service = session.scalars(select(Service).where(Service.key == KEY)).one()
        for words in ('=HYPERLINK("http://x")', "+1", "-1", "@x", "\t=1", "a;b\nc"):
            reports.report(
                session, service, reports.Remark("phone", words, "a@maison.example", "fr"), MONDAY_MORNING
            )
    table = rows(office, "reports")
    texts = [row[2] for row in table[1:]]
    assert len(texts) == 6
    assert not [text for text in texts if text[:1] in "=+-@\t"]
    assert texts[-1].replace("\r", "") == "a;b\nc"
    assert "a@maison.example" not in str(table)


def test_a_table_bears_the_day_in_jette(office: Office) -> None:
    with office.database() as session:
        service = session.scalars(select(Service).where(Service.key == KEY)).one()
        past_midnight = datetime(2027, 1, 1, 0, 30, tzinfo=BRUSSELS)
        reports.report(session, service, reports.Remark("phone", "Faux.", "", "fr"), past_midnight)
    assert rows(office, "reports")[1][-1] == "2027-01-01"


def test_each_list_leads_to_its_table(office: Office) -> None:
    names = {
        "proposals": "proposals",
        "live": "live",
        "listings": "listings",
        "reports": "reports",
        "links": "links",
        "duplicates": "duplicates",
        "organizations": "organizations",
        "mails": "mails",
        "searches": "searches",
        "translations": "translations",
        "journal": "journal",
    }
    for page, table in names.items():
        path = office.path("tables", f"{SLUGS[table][office.lang]}.csv")
        assert path in office.open(page).links(), page


def test_a_table_in_the_other_language_or_of_nothing_is_not_found(office: Office) -> None:
    for name in (SLUGS["reports"]["nl" if office.lang == "fr" else "fr"], "tout", "../fiches"):
        assert office.boss.get(office.path("tables", f"{name}.csv")).status == 404
