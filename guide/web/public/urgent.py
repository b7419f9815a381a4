"""Urgent numbers: danger now, and somebody to talk to; two blocks, never mixed."""

from flask import Blueprint, render_template

from guide.directory.urgent import answering_first
from guide.languages import Language
from guide.web.ui.request_context import urgent_numbers
from guide.web.ui.urls import bilingual_page

pages = Blueprint("urgent", __name__)


@bilingual_page(pages, "/urgence", "/dringend")
def show(lang: Language) -> str:
    """Every urgent number, with whether it answers at this hour."""
    lines = answering_first(urgent_numbers(lang), lang)
    blocks = {
        block: [line for line in lines if line.block == block] for block in ("danger", "talk", "bed", "other")
    }
    return render_template("public/urgent/show.html", main_part=("urgent numbers",), blocks=blocks)
