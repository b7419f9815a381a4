"""The coordinator's desk: what needs care, counted, and a list for each, with one click a piece of work.

The rules are those of `guide.editing`; a page reads its input, calls one function and says what was done. The
pages themselves are in `moderation_review`, `moderation_protection`, `moderation_lists`, `moderation_merge`,
`moderation_houses`, `moderation_journal`, `moderation_referrals` and `moderation_tables`.
"""

from flask import Blueprint, render_template

from guide.editing import desk_counts
from guide.languages import Language
from guide.referrals import holding
from guide.web import (
    moderation_houses,
    moderation_journal,
    moderation_lists,
    moderation_merge,
    moderation_protection,
    moderation_referrals,
    moderation_review,
    moderation_tables,
)
from guide.web.addresses import bilingual_page
from guide.web.context import now, session
from guide.web.moderation_parts import SLICES, slice_url

pages = Blueprint("moderation", __name__)

FORM = ("GET", "POST")


@bilingual_page(pages, "/moderation/", "/moderatie/")
def index(lang: Language) -> str:
    """What needs care, counted; each count leads to its list."""
    return render_template(
        "moderation/index.html",
        counts=desk_counts.count(session(), now()),
        unheld=len(holding.unheld(session(), now())),
        slice_urls={name: slice_url(name, lang) for name in SLICES},
        without_editor_url=moderation_houses.without_editor_url(lang),
    )


proposals_list = bilingual_page(pages, "/moderation/propositions/", "/moderatie/voorstellen/")(
    moderation_review.proposals_list
)
proposal = bilingual_page(
    pages,
    "/moderation/propositions/<int(max=9999999):number>",
    "/moderatie/voorstellen/<int(max=9999999):number>",
    FORM,
)(moderation_review.proposal)
live = bilingual_page(pages, "/moderation/en-ligne", "/moderatie/online", FORM)(moderation_review.live)

listings_list = bilingual_page(pages, "/moderation/fiches", "/moderatie/fiches", FORM)(
    moderation_lists.listings_list
)
protect = bilingual_page(
    pages, "/moderation/fiches/<key>/protection", "/moderatie/fiches/<key>/bescherming", FORM
)(moderation_protection.protect)
reports_list = bilingual_page(pages, "/moderation/signalements", "/moderatie/meldingen", FORM)(
    moderation_lists.reports_list
)
links = bilingual_page(pages, "/moderation/liens", "/moderatie/koppelingen", FORM)(moderation_lists.links)
mails = bilingual_page(pages, "/moderation/messages", "/moderatie/berichten", FORM)(moderation_lists.mails)
referrals = bilingual_page(
    pages, "/moderation/fiches-relais/sans-suivi", "/moderatie/doorverwijzingen/zonder-opvolging"
)(moderation_referrals.referrals)
searches = bilingual_page(pages, "/moderation/recherches", "/moderatie/zoekopdrachten")(
    moderation_lists.searches
)

duplicates = bilingual_page(pages, "/moderation/doublons", "/moderatie/dubbels")(moderation_merge.duplicates)
merge = bilingual_page(pages, "/moderation/doublons/reunir", "/moderatie/dubbels/samenvoegen", FORM)(
    moderation_merge.merge
)
separate = bilingual_page(pages, "/moderation/doublons/separer", "/moderatie/dubbels/scheiden", ("POST",))(
    moderation_merge.separate
)

organizations_list = bilingual_page(pages, "/moderation/organismes/", "/moderatie/organisaties/", FORM)(
    moderation_houses.organizations_list
)
organization = bilingual_page(pages, "/moderation/organismes/<key>", "/moderatie/organisaties/<key>", FORM)(
    moderation_houses.organization
)

journal = bilingual_page(pages, "/moderation/journal", "/moderatie/logboek")(moderation_journal.journal)

table = bilingual_page(
    pages,
    f"/moderation/tableaux/<{moderation_tables.one_of('fr')}:name>.csv",
    f"/moderatie/tabellen/<{moderation_tables.one_of('nl')}:name>.csv",
)(moderation_tables.table)
