"""No page, file or search gives strangers a number, address or note that is not public, whatever the listing.

Every route that strangers may ask is asked for every listing, in both languages, and so is the copy on a stick: a
new page without a line in ASKED makes the test fail. What must not be found is planted, and taken from the data.
"""

import html
import io
import re
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pypdf
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from guide.commands import site_copy
from guide.database import writing
from guide.directory import indexing
from guide.languages import LANGUAGES, Bilingual
from guide.model import (
    Action,
    Attribute,
    Fulfilment,
    Location,
    Organization,
    Phone,
    Plan,
    Publication,
    Selection,
    Service,
    TaxonomyTerm,
    TermRank,
    UrgentNumber,
    Visibility,
)
from guide.search.whoosh_engine import WhooshEngine
from guide.web.policy import POLICY, Access
from tests import factories
from tests.pages import Page, PageClient
from tests.running import MONDAY_MORNING, close_app, open_app, settings_for

PROFESSIONAL, REFUGE, HIDDEN, DRAFT, GONE = (
    "contact-pro",
    "refuge-neuf",
    "maison-cachee",
    "brouillon",
    "ancienne",
)
NUMBERS = {PROFESSIONAL: "02 555 01 01", DRAFT: "02 555 01 02", GONE: "02 555 01 03"}
STREETS = {
    PROFESSIONAL: "Rue Plantée du Contact",
    REFUGE: "Rue Plantée du Refuge",
    HIDDEN: "Rue Plantée Cachée",
    DRAFT: "Rue Plantée du Brouillon",
    GONE: "Rue Plantée Ancienne",
}
SPOTS = {key: (Decimal(f"50.8{place}713"), Decimal(f"4.3{place}719")) for place, key in enumerate(STREETS, 1)}
MAIL = "contact-cache@plante.example"
NOTE = "Demandez le dossier planté."
RELAY = "relais-cache@plante.example"


def plant(session: Session) -> None:
    """A listing for professionals, a refuge nobody has decided about, a hidden house, a draft, an old one."""
    danger = session.scalars(select(TaxonomyTerm).where(TaxonomyTerm.key == "danger")).one()
    faim = session.scalars(select(TaxonomyTerm).where(TaxonomyTerm.key == "faim")).one()
    area = session.scalars(select(TaxonomyTerm).where(TaxonomyTerm.taxonomy == "neighbourhoods")).first()
    house = session.scalars(select(Organization).where(Organization.key == "caba-jette")).one()
    for key, street in STREETS.items():
        latitude, longitude = SPOTS[key]
        made = factories.service(
            key=key,
            short_code=f"pl{key[:3]}",
            name=Bilingual(f"Planté {key}", f"Geplant {key}"),
            organization=house,
            neighbourhood=area,
            relay_email=RELAY,
            professional_note=Bilingual(NOTE, NOTE),
        )
        made.phones = [Phone(number=NUMBERS.get(key, "02 423 12 11"), label=Bilingual())]
        made.locations = [
            Location(
                street=Bilingual(f"{street} 7", f"{street} 7"),
                postal_code="1090",
                latitude=latitude,
                longitude=longitude,
            )
        ]
        term = danger if key == REFUGE else faim
        made.attributes = [Attribute(term=term, rank=TermRank.PRIMARY)]
        session.add(made)
        if key == PROFESSIONAL:
            made.visibility, made.email = Visibility.PROFESSIONAL, MAIL
            made.website = "https://cache.plante.example"
            session.flush()
            # A slip of the coordinator: it is put among the urgent numbers.
            session.add(
                UrgentNumber(
                    key="planted",
                    service_id=made.id,
                    block="talk",
                    position=99,
                    schedules=[],
                    languages=[],
                    purpose=Bilingual("x", "x"),
                )
            )
        made.address_confidential = key == HIDDEN
        made.publication = {DRAFT: Publication.DRAFT, GONE: Publication.ARCHIVED}.get(
            key, Publication.PUBLISHED
        )
    session.flush()


@pytest.fixture(scope="module")
def exposed_app(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    instance = tmp_path_factory.mktemp("exposed") / "instance"
    shutil.copytree(loaded, instance)
    app = open_app(settings_for(instance))
    engine = app.extensions["guide"].engine
    with Session(writing(engine)) as session:
        plant(session)
        indexing.note_change(session, "*")
        session.commit()
    with Session(engine) as session:
        identity = indexing.database_identity(session)
        indexing.rebuild(session, WhooshEngine(instance / "index" / identity), MONDAY_MORNING.date())
    close_app(app)
    app = open_app(settings_for(instance))
    app.config["TRUSTED_HOSTS"] = ["localhost"]
    yield app
    close_app(app)


def secrets_of(app: Flask) -> dict[str, str]:
    """Text → what it is: every number and address of a listing that strangers may not have."""
    found = {MAIL: "mail", NOTE: "note", RELAY: "relay mail", "cache.plante.example": "site"}
    with Session(app.extensions["guide"].engine) as session:
        every = session.scalars(select(Service)).all()
        public = {
            re.sub(r"\D", "", phone.number)
            for service in every
            if service.is_public
            for phone in service.phones
        }
        for service in every:
            if not service.is_public:
                found |= {
                    re.sub(r"\D", "", phone.number): f"number of {service.key}"
                    for phone in service.phones
                    if re.sub(r"\D", "", phone.number) not in public
                }
            if not service.is_public or service.hides_address:
                for place in service.locations:
                    found |= {
                        str(street): f"street of {service.key}" for street in (place.street.fr,) if street
                    }
                    found |= {
                        str(number): f"position of {service.key}"
                        for number in (place.latitude, place.longitude)
                        if number is not None
                    }
    assert {"022091636", "025550101", "Rue Plantée du Refuge 7", "Rue Plantée Cachée 7"} <= set(found)
    return found


def leaks(text: str, secrets: dict[str, str]) -> list[str]:
    """Which of the secrets stand in a text, however its figures and spaces are written."""
    plain = html.unescape(text).replace("\u00a0", " ").replace("\u202f", " ")
    squeezed = re.sub(r"[\s./-]", "", plain).replace("+32", "0").replace("%20", "").replace("%2B32", "0")
    return [
        what
        for secret, what in secrets.items()
        if secret in plain or (secret.isdigit() and secret in squeezed)
    ]


def text_of(page: Page) -> str:
    if page.response.mimetype != "application/pdf":
        return page.html
    return "\n".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(page.response.data)).pages)


ALONE = [
    "home.door", "home.index", "about.about", "about.help_page", "about.accessibility", "about.privacy",
    "about.open_data", "plans.index", "urgent.show", "rights.show", "languages.show", "sheets.index",
    "offline.keep", "offline.search", "offline.nothing", "offline.data", "offline.manifest",
    "offline.worker", "robots.robots", "robots.sitemap", "health.alive", "health.ready", "assets.favicon",
    "accounts.sign_in", "accounts.ask_link", "accounts.forgotten", "accounts.code", "oidc.start",
    "oidc.back", "confirm.ask", "confirm.asked", "relay_person.your_data",
]  # fmt: skip
WITH_SECRET = [
    "confirm.show", "accounts.follow_link", "relay_answer.show", "relay_answer.visit",
    "relay_answer.accept", "relay_answer.decline", "relay_answer.close", "relay_person.agreement",
    "assets.show",
]  # fmt: skip
"""Reached by a link that only its owner has, or files of the program."""
BY_LISTING = [
    "services.service", "services.benefit", "services.project", "reports.new", "reports.thanks",
    "organisations.show", "confirm.thanks",
]  # fmt: skip
BY_NEED = ("needs.show", "choosing.ask")
BY_PLAN = ("plans.show", "plans.picture", "plans.report", "plans.table")
QUERIES: dict[str, tuple[dict[str, str], ...]] = {
    "relay_paper.new": (
        {"fr": "", "nl": ""},
        *({"fr": f"?service={k}", "nl": f"?dienst={k}"} for k in (*STREETS, "crisis-bxl")),
    ),
    "map.show": (
        {"fr": "", "nl": ""},
        {"fr": "?besoin=danger", "nl": "?nood=danger"},
        {"fr": "?vue=0", "nl": "?zicht=0"},
    ),
    "my_list.show": ({"fr": "?s={codes}", "nl": "?s={codes}"},),
    "my_list.print_sheet": ({"fr": "?s={codes}", "nl": "?s={codes}"},),
    "printing.index": ({"fr": "?s={codes}", "nl": "?s={codes}"},),
    "printing.booklet": (
        {"fr": "", "nl": ""},
        {"fr": "?choix=need-danger", "nl": "?keuze=need-danger"},
        {"fr": "?choix=list&s={codes}", "nl": "?keuze=list&s={codes}"},
    ),
    "services.suggestions": ({"fr": "?q=plant", "nl": "?q=plant"}, {"fr": "?q=0255", "nl": "?q=0220"}),
    "services.results": tuple(
        {"fr": f"?q={words}", "nl": f"?q={words}"}
        for words in ("", "plant%C3%A9", "geplant", "rue+plant%C3%A9e")
    )
    + tuple({"fr": f"?page={page}", "nl": f"?pagina={page}"} for page in range(2, 7))
    + ({"fr": "?besoin=danger", "nl": "?nood=danger"},),
}
PDF_OF = ("printing.sheet",)
OTHER = ("printing.selection", "sheets.show", "plans.action", "short_links.follow")
ASKED = {*ALONE, *WITH_SECRET, *BY_LISTING, *BY_NEED, *BY_PLAN, *QUERIES, *PDF_OF, *OTHER}


def addresses(app: Flask, rule: Rule) -> Iterator[str]:
    """Everything a stranger can ask of one route."""
    with Session(app.extensions["guide"].engine) as session, app.test_request_context():
        adapter = app.url_map.bind("localhost")
        lang = (rule.defaults or {}).get("lang")
        build: Callable[..., str] = lambda **values: adapter.build(  # noqa: E731
            rule.endpoint, {**({"lang": lang} if lang else {}), **values}, force_external=False
        )
        services = list(session.scalars(select(Service)))
        name = rule.endpoint
        if name in ALONE:
            yield build()
        elif name in BY_LISTING:
            yield from (build(key=service.key) for service in services)
        elif name in PDF_OF:
            yield from (build(key=key) for key in (*STREETS, "crisis-bxl"))
        elif name in QUERIES:
            codes = ",".join(f"pl{key[:3]}" for key in STREETS) + ",55u4,3qty"
            yield from (
                build() + query[lang].replace("{codes}", codes) if lang else build()
                for query in QUERIES[name]
            )
        elif name in (*BY_NEED, *BY_PLAN, *OTHER):
            yield from _others(session, name, lang or "fr", build)


def _others(session: Session, name: str, lang: str, build: Callable[..., str]) -> Iterator[str]:
    if name in BY_NEED:
        needs = select(TaxonomyTerm).where(TaxonomyTerm.taxonomy == "needs", TaxonomyTerm.parent_id.is_(None))
        yield from (build(slug=need.slug.side(lang)) for need in session.scalars(needs))  # type: ignore[arg-type]
    elif name in BY_PLAN:
        yield from (build(plan=plan.key) for plan in session.scalars(select(Plan)))
    elif name == "plans.action":
        linked = session.scalars(select(Action).where(Action.id.in_(select(Fulfilment.action_id))))
        yield from (build(plan=one.theme.plan.key, key=one.key) for one in linked)
    elif name == "short_links.follow":
        yield from (f"/s/{code}" for code in session.scalars(select(Service.short_code)))
    else:
        sheets = session.scalars(select(Selection))
        yield from (build(slug=sheet.slug.side(lang)) for sheet in sheets)  # type: ignore[arg-type]


def test_no_public_page_or_file_holds_what_is_not_public(exposed_app: Flask) -> None:
    # Other tests see to it that each page is valid: here only what it says counts, of a thousand and more.
    secrets, client, faults, asked = secrets_of(exposed_app), exposed_app.test_client(), [], 0
    public = (Access.PUBLIC, Access.ANONYMOUS)
    for rule in exposed_app.url_map.iter_rules():
        if POLICY[rule.endpoint].get("GET") not in public:
            continue
        assert rule.endpoint in ASKED, f"say in ASKED how a stranger asks {rule.endpoint}"
        for address in addresses(exposed_app, rule):
            page = Page(client.get(address))
            asked += 1
            faults += [f"{address}: {what}" for what in leaks(text_of(page) + str(page.headers), secrets)]
    assert asked > 1000
    assert not faults, "\n".join(faults[:40])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_search_finds_what_is_hidden_by_its_number_or_street(exposed_app: Flask, lang: str) -> None:
    client = PageClient(exposed_app)
    path = "/fr/services/?q=" if lang == "fr" else "/nl/diensten/?q="
    for words in (*NUMBERS.values(), "02 209 16 36", *STREETS.values(), MAIL, NOTE, "plantée", "dossier"):
        keys = client.get(path + words.replace(" ", "+")).keys
        assert not {PROFESSIONAL, DRAFT, GONE, "crisis-bxl"} & set(keys), words
    # The refuge is found by its name; its street leads there no better than to anything else.
    assert client.get(path + "refuge-neuf").keys[:1] == [REFUGE]
    assert client.get(path + "Plant%C3%A9e+du+Refuge+7+rue").keys[:1] != [HIDDEN]


def test_the_copy_on_a_stick_holds_nothing_that_is_not_public(
    exposed_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The pages of plans name services only, and were asked above.
    monkeypatch.setattr(site_copy, "COPIED", {name for name in site_copy.COPIED if "plans" not in name})
    instance = Path(exposed_app.extensions["guide"].engine.url.database).parent
    target = tmp_path / "stick"
    settings = settings_for(instance, site_url="https://gids.example.be")
    site_copy.write(settings, target, MONDAY_MORNING.date())
    secrets = secrets_of(exposed_app)
    faults = [
        f"{file}: {what}"
        for file in sorted(target.rglob("*"))
        if file.is_file() and file.suffix in (".html", ".js", ".json", ".xml", ".txt", ".svg", ".csv")
        for what in leaks(file.read_text("utf-8"), secrets)
    ]
    assert not faults, "\n".join(faults[:40])


def test_the_search_of_leaks_finds_what_stands_there_in_any_writing() -> None:
    secrets = {"022091636": "number", "Rue Plantée 7": "street"}
    for text in (
        "02 209 16 36",
        "tel:+3222091636",
        "02\u00a0209\u00a016\u00a036",
        "02/209.16.36",
        "&#48;22091636",
    ):
        assert leaks(text, secrets) == ["number"], text
    assert leaks("<p>Rue Plant&eacute;e 7</p>", secrets) == ["street"]
