"""The coordinator's desk: what needs care, counted, and a list for each, with one click a piece of work.

The rules are those of `guide.editing`; a page reads its input, calls one function and says what was done.
"""

from flask import Blueprint, render_template

from guide.editing import desk_counts
from guide.languages import Language
from guide.referrals import holding
from guide.web.moderation import organizations
from guide.web.moderation.common import SLICES, slice_url
from guide.web.ui.request_context import now, session
from guide.web.ui.urls import bilingual_page

pages = Blueprint("dashboard", __name__)


@bilingual_page(pages, "/moderation/", "/moderatie/")
def index(lang: Language) -> str:
    """What needs care, counted; each count leads to its list."""
    return render_template(
        "moderation/dashboard/index.html",
        counts=desk_counts.count(session(), now()),
        unheld=len(holding.unheld(session(), now())),
        slice_urls={name: slice_url(name, lang) for name in SLICES},
        without_editor_url=organizations.without_editor_url(lang),
    )
