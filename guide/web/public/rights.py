"""Your rights: how to ask for help, the receipt, the delay, urgent help, appeal, who may come along."""

from flask import Blueprint, render_template

from guide.languages import Language
from guide.web.ui.urls import bilingual_page

pages = Blueprint("rights", __name__)


@bilingual_page(pages, "/vos-droits", "/uw-rechten")
def show(lang: Language) -> str:
    """What is not confirmed by the CPAS bears its mark on the page."""
    return render_template("public/rights/show.html")
