"""Results, and the page of one record: service, help line, benefit, or what a plan calls a project."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from guide.directory.finding import Filters, Found, SearchQuery, find
from guide.directory.freshness import hours_are_current
from guide.directory.hours import closures_from, hours_year
from guide.directory.hours_in_words import holidays_lines
from guide.directory.labels import Vocabulary, label
from guide.directory.listing import AnyFacts, AnyListing, ListedLink, listed_link
from guide.directory.listings import listings_by_key, service_options
from guide.directory.search_log import NOTHING, Words, countable, is_of_vocabulary
from guide.directory.suggesting import suggest
from guide.directory.sureness import sureness
from guide.directory.tongues import is_in_other_script, understood_first
from guide.directory.understanding import Understanding, understand
from guide.directory.unknown import is_asked_by_phone, unknown_nouns, unknown_words
from guide.directory.vocabulary import Lexicon
from guide.editing.listings import may_edit, successor
from guide.languages import LANGUAGES, Language
from guide.model import Organization, Publication, Role, Service
from guide.plans.coverage import standing_of
from guide.plans.queries import links_of
from guide.publish.qr import qr_svg
from guide.referrals.receivers import can_receive, services_that_receive, takes_paper
from guide.search import analysis
from guide.search.engine import SearchReader
from guide.web.public.counting import count_search, count_way_in
from guide.web.public.filters import as_filters, asked_filters, chips, for_worker, selects
from guide.web.public.sealed_search import open_words, seal_words, typed_words
from guide.web.public.urgent_view import home_numbers
from guide.web.security.access_control import signed_in
from guide.web.ui import discretion
from guide.web.ui.cards import FAMILIES, asked_about, cards, first_need, made_here, service_url
from guide.web.ui.hours_table import hours_tables, phone_tables
from guide.web.ui.kept_pages import is_known_address, is_own, of_search
from guide.web.ui.labels import access_label, language_name
from guide.web.ui.list_cookie import kept_codes
from guide.web.ui.request_context import (
    catalogue,
    content_revision,
    crisis_panels,
    guide,
    listings,
    needs,
    now,
    open_now,
    opening_of,
    session,
    tongue,
)
from guide.web.ui.sharing import share_links
from guide.web.ui.urls import QUERY_NAMES, absolute, bilingual_page, query_string, query_value, reader

pages = Blueprint("services", __name__)

MOST_SUGGESTIONS = 8
MOST_PANELS = 2
PROFESSIONALS = (Role.SOCIAL_WORKER, Role.COORDINATOR, Role.ADMINISTRATOR)
"""Who reads the notes for professionals."""


@bilingual_page(pages, "/services/", "/diensten/")
def results(lang: Language) -> str | Response | AnyResponse:
    """What a search found, or every service; never an empty page, never an error, whatever was typed.

    One that tells of a crisis or of distress is sent on to an address that does not hold its words.
    """
    raw = typed_words(lang)
    sealed = "" if raw else query_value("sealed", lang)
    if sealed:
        unsealed = open_words(sealed)
        if unsealed is None:
            return _no_longer_kept(lang)
        raw = unsealed
    asked = asked_filters(lang)
    page_text = query_value("page", lang)
    page = int(page_text) if page_text.isascii() and page_text.isdigit() and len(page_text) < 5 else 1
    # Words in an address belong to whoever typed them: no shared cache keeps them, and a search engine is
    # led to the page without them.
    g.personal = bool(raw)
    filters = as_filters(asked)

    def answer(engine: SearchReader, lexicon: Lexicon) -> tuple[Found | None, Words, bool, bool]:
        """What was found, which of its words may be counted, whether many write it so, and whether the index had
        seen all changes before it was asked; nothing of secret words that stand open."""
        sees_all = engine.revision() == content_revision()
        meant = understand(raw, lang, lexicon, engine)
        if meant.is_secret and not sealed:
            return None, NOTHING, False, False
        usual = not sealed and is_of_vocabulary(raw, meant, lang, lexicon)
        return _find(engine, lexicon, meant, lang, filters, page), countable(meant, lexicon), usual, sees_all

    found, words, usual, sees_all = guide().index.ask(session(), now().date(), answer, content_revision())
    if found is None:
        return _sealed_away(raw, asked, page, lang)
    meant = found.understanding
    counted = None
    if raw and page == 1 and not asked and not sealed:
        counted = (words, lang, found.total > 0)
        count_search(*counted)
    everybodys = sees_all and (usual or not meant.query) and not sealed and is_known_address()
    if usual:
        of_search(counted)
    if not sees_all:
        is_own()  # what the index has not seen yet is missing on it
    # Words in the site's other language are answered in it: the panel is for whoever typed them.
    side = meant.spoken if meant.spoken in LANGUAGES else lang
    crisis = crisis_panels(meant.crises, side)[:MOST_PANELS]
    alone = meant.alone and bool(crisis)
    # A shared computer's history must stay neutral: the title carries the count, never the words.
    # A search may be listed, under the address without its words; what somebody typed in despair may not.
    g.unlisted = bool(crisis) or bool(sealed)
    discretion.mark(bool(sealed) or _is_about_what_is_sensitive(found, asked.get("need", "")))
    discretion.show_organizations(found.organizations)
    discretion.show(found.services)
    spoken = tongue(meant.spoken)
    # How the search stands in the addresses of this page, the other language's too.
    address = {"sealed": sealed} if sealed else {"q": meant.query}
    g.alternate_query = address
    return render_template(
        "public/services/results.html",
        # Where a means to die was looked for, no page repeats the words.
        query="" if meant.alone else meant.query,
        address=[(QUERY_NAMES[name][lang], value) for name, value in address.items() if value],
        repeat=not (meant.holds_hidden_words or meant.alone),
        found=found,
        cards_part=("results", request.full_path) if everybodys else None,
        items=lambda: cards(listings(found.services), meant if meant.query else None),
        crisis=[understood_first(panel, spoken.code) for panel in crisis] if spoken else crisis,
        side=side,
        tongue=spoken,
        other_script=is_in_other_script(meant.query),
        alone=alone,
        calm=not crisis and bool(raw) and (meant.distress or not found.total),
        chips=chips(found, asked, address, lang),
        selects=selects(found, asked, lang),
        asked=asked,
        also=_also_searched(found),
        situations=[need for need in needs() if need.first_row] if not found.total else [],
        filter_name=lambda name: QUERY_NAMES[name][lang],
        clear_url=_results_url(address, {}, 1, lang),
        print_url=_print_url(found.services, lang),
        page_url=lambda number: _results_url(address, asked, number, lang),
    )


def _results_url(address: Mapping[str, str], asked: Mapping[str, str], page: int, lang: Language) -> str:
    """The results of this search, with these filters, at this page."""
    numbered = {"page": str(page)} if page > 1 else {}
    return url_for("public.services.results") + query_string({**address, **asked, **numbered}, lang)


def _sealed_away(raw: str, asked: Mapping[str, str], page: int, lang: Language) -> AnyResponse:
    """Sends on to the same search with its words sealed (`sealed_search`)."""
    return redirect(_results_url({"sealed": seal_words(raw)}, asked, page, lang), 303)


def _no_longer_kept(lang: Language) -> Response:
    """A sealed search whose time is over, or that is none of ours: the numbers to call, and an empty search box."""
    discretion.mark()
    g.personal = True
    lines = home_numbers(lang)
    return make_response(render_template("public/services/no_longer_kept.html", lines=lines), 410)


def _is_about_what_is_sensitive(found: Found, need: str) -> bool:
    """Was a sensitive need chosen or named? Then the page is sensitive whatever was found."""
    if any(one.page_is_sensitive for one in needs() if one.key == need):
        return True
    if not found.understanding.query:
        return False
    named = set(found.understanding.terms) | set(found.understanding.needs)
    terms = [term for one in needs() for term in (one, *one.topics)]
    return any(term.is_sensitive and term.key in named for term in terms)


def _print_url(services: Sequence[AnyFacts], lang: Language) -> str:
    """The choices of paper with the services of this page as a list."""
    codes = ",".join(service.short_code for service in services)
    return url_for("public.printing.index") + query_string({"list": codes}, lang)


def _find(
    engine: SearchReader, lexicon: Lexicon, meant: Understanding, lang: Language, filters: Filters, page: int
) -> Found:
    receiving = [one.key for one in services_that_receive(session())] if for_worker() else []
    query = SearchQuery(meant, lang, now(), filters, page, receiving)
    return find(session(), engine, lexicon, query, catalogue(), open_now())


@bilingual_page(pages, "/services/<key>", "/diensten/<key>")
def service(lang: Language, key: str) -> str | Response | AnyResponse:
    """A service or help line."""
    return _record(key, "public.services.service")


@bilingual_page(pages, "/aides/<key>", "/steun/<key>")
def benefit(lang: Language, key: str) -> str | Response | AnyResponse:
    """Help in money or in kind."""
    return _record(key, "public.services.benefit")


@bilingual_page(pages, "/projets/<key>", "/projecten/<key>")
def project(lang: Language, key: str) -> str | Response | AnyResponse:
    """A tool, programme or measure that a plan names."""
    return _record(key, "public.services.project")


@bilingual_page(pages, "/suggestions", "/suggesties")
def suggestions(lang: Language) -> Response:
    """Words that begin like the last word typed, as a JSON list, for browsers with a script."""
    words = analysis.written_words(query_value("q", lang)[:60], lang)
    found: list[str] = []
    if words:
        found = guide().index.ask(
            session(),
            now().date(),
            lambda engine, lexicon: suggest(engine, lexicon, words[-1], lang, MOST_SUGGESTIONS),
            content_revision(),
        )
    answer = jsonify(found)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _record(key: str, family: str) -> str | Response | AnyResponse:
    if signed_in() is None:
        for listing in listings_by_key(session(), [key]):
            if FAMILIES[listing.kind] != family:
                return redirect(service_url(listing), 301)
            return record_page(listing, session())
    record = session().scalar(select(Service).where(Service.key == key).options(*service_options()))
    if record is None or record.publication in (Publication.DRAFT, Publication.IN_REVIEW):
        abort(404)
    discretion.show([record])
    taken_over = successor(session(), record)
    if taken_over is not None:
        return redirect(service_url(taken_over), 301)
    if FAMILIES[record.kind] != family:
        return redirect(service_url(record), 301)
    if record.publication is Publication.ARCHIVED:
        need = first_need(record)
        near = catalogue().help_with(need.key, reader(), now().date()).first[:3] if need else []
        return make_response(
            render_template("public/services/gone.html", record=record, near=cards(listings(near))), 410
        )
    return record_page(record, session())


def record_page(record: AnyListing, db_session: Session, preview_of: str = "") -> str:
    """The page of a record; at the desk (`preview_of`: its reference there) as the public would see it.

    Of a stored listing everything is known, without another statement.

    What is for professionals is shown to social workers and coordinators who are signed in, to nobody else; of
    a listing that is for professionals the public reads what it is, and no way to reach it.
    """
    discretion.show([record])
    account = None if preview_of else signed_in()
    service = record if isinstance(record, Service) else None
    editor = account is not None and service is not None and may_edit(account, service)
    professional = account is not None and account.role in PROFESSIONALS
    told = record.is_public or professional or editor or bool(preview_of)
    if not told:
        g.unlisted = True
    count_way_in(record)
    in_list = record.short_code in kept_codes()
    today = now().date()

    def content() -> dict[str, Any]:
        """What stands in the main part of the page."""
        address = absolute(url_for("public.short_links.follow", code=record.short_code))
        return {
            "made_here": made_here(record),
            "referral_url": _referral_url(record) if not preview_of else "",
            "sheet_url": _sheet_url(record) if not preview_of else "",
            "told": told,
            "for_professionals": professional,
            "may_edit": editor,
            "may_refer": account is not None
            and account.role is Role.SOCIAL_WORKER
            and service is not None
            and can_receive(service),
            "opening": opening_of(record),
            "hours": hours_tables(record, now()),
            "phone_hours": phone_tables(record, now()),
            "holidays": holidays_lines(record, reader(), today),
            "closures": closures_from(record, today),
            "sureness": sureness(record, today, reader()),
            "asked": asked_about(record),
            "unknown": unknown_words(unknown_nouns(record, reader(), today), reader()),
            "by_phone": is_asked_by_phone(record),
            "wheelchair": label(Vocabulary.WHEELCHAIR, record.wheelchair, reader())
            if record.wheelchair
            else "",
            "hours_current": hours_are_current(record, today),
            "hours_year": hours_year(record),
            "links": [(link, standing_of(record.state, link.state)) for link in _links(record, db_session)],
            "own_organization": _has_own_organization(record, db_session),
            "in_list": in_list,
            "short_url": address,
            "share": share_links([record]),
            "qr": qr_svg(address),
            "access": [access_label(mode) for mode in record.access_modes],
            "spoken": [language_name(code) for code in record.languages],
            "missing_texts": [side for side in LANGUAGES if not record.summary.has(side)],
            "printed": today,
        }

    return render_template(
        "public/services/show.html",
        main_part=("record", record.key, in_list) if service is None and not preview_of else None,
        content=content,
        record=record,
        need=first_need(record),
        preview_of=preview_of,
        canonical_path=service_url(record),
    )


def _links(record: AnyListing, db_session: Session) -> Sequence[ListedLink]:
    if not isinstance(record, Service):
        return record.links
    return [listed_link(link) for link in links_of(db_session, record)]


def _has_own_organization(record: AnyListing, db_session: Session) -> bool:
    """Does an organization with the key of this record have a page?"""
    if not isinstance(record, Service):
        return record.is_organization
    return db_session.scalar(select(Organization.id).where(Organization.key == record.key)) is not None


def _referral_url(record: AnyListing) -> str:
    """Where a social worker makes a sheet for this service; '' when it takes none."""
    if not takes_paper(record):
        return ""
    return url_for("referrals.paper.new") + query_string({"service": record.key}, reader())


def _sheet_url(record: AnyListing) -> str:
    """The record on one page to print; '' when the public has no list it could stand in."""
    return url_for("public.printing.sheet", key=record.key) if record.is_public else ""


def _also_searched(found: Found) -> list[str]:
    """Names of the needs and topics the words named: what "we also searched" may repeat to the reader."""
    side = reader()
    names: dict[str, str] = {}
    for need in needs():
        for term in (need, *need.topics):
            names[term.key] = term.name.localized(side).words
    return [names[key] for key in found.understanding.understood if key in names][:3]
