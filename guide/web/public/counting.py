"""Counts searches and the ways they lead, for desks: never a person, never an address (see `search_log`)."""

from urllib.parse import parse_qs, urlsplit

from flask import current_app, request

from guide.directory.listing import AnyListing
from guide.directory.search_log import Words, countable_words
from guide.languages import LANGUAGES, Language
from guide.search import analysis
from guide.web.security.access_control import cookie_name
from guide.web.ui.kept_pages import RESULTS
from guide.web.ui.request_context import guide, now, session
from guide.web.ui.urls import QUERY_NAMES, referrer, site_url

LONGEST_QUERY = 200


def count_search(words: Words, lang: Language, found_any: bool) -> None:
    """Counts the search that is being answered."""
    if _may_count():
        guide().tally.search(words, lang, found_any, now())


def count_way_in(record: AnyListing) -> None:
    """Counts which words led here, when the visitor comes from our own results. Never for a sensitive record."""
    page = referrer()
    if (
        record.is_sensitive
        or not _may_count()
        or page.netloc not in (request.host, urlsplit(site_url()).netloc)
    ):
        return
    for lang in LANGUAGES:
        if page.path == RESULTS[lang]:
            asked = parse_qs(page.query).get(QUERY_NAMES["q"][lang], [""])[0][:LONGEST_QUERY]
            typed = analysis.words(asked, lang)
            words = guide().index.ask(
                session(),
                now().date(),
                lambda engine, lexicon, typed=typed: countable_words(typed, lexicon.surfaces),  # type: ignore[misc]
            )
            guide().tally.way_in(record.id, words, lang, now())


def write_counts() -> None:
    """Adds what was counted so far to the database, so that the page being made shows it."""
    guide().tally.flush(now())
    session().rollback()  # what is read from here on is read anew


def _may_count() -> bool:
    """A page that is looked at by a visitor who has not asked to be left uncounted; not by who works here."""
    return (
        request.method == "GET"
        and request.headers.get("DNT") != "1"
        and request.headers.get("Sec-GPC") != "1"
        and cookie_name() not in request.cookies
        and not current_app.config.get("COUNT_NOTHING")
    )
