"""Texts that stay with their author, in a real browser: axe, 320 and 1280 pixels, both languages, light and dark."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from guide.audit import Edit
from guide.editing import review
from guide.languages import Language
from guide.model import Membership, Proposal, Role
from tests.browser.axe import faults_at
from tests.browser.conftest import PATIENCE, followed
from tests.people import add_account, make_account, signed_in_client
from tests.running import app_on_copy, served
from tests.web.desks import Desk

SHOTS = os.environ.get("GUIDE_SHOTS", "")


@pytest.fixture(scope="module", params=["fr", "nl"])
def kept(
    request: pytest.FixtureRequest, loaded: Path, tmp_path_factory: pytest.TempPathFactory, chromium: Browser
) -> Iterator[tuple[Desk, Page, Callable[[str], None]]]:
    """A desk with a text that was refused and another that waits; her browser, and what checks the open page."""
    lang: Language = request.param
    with app_on_copy(loaded, tmp_path_factory.mktemp(f"kept-{lang}")) as app, served(app) as address:
        numbers = {
            role: add_account(app, role, "caba-jette" if role is Role.EDITOR else None, language=lang)
            for role in (Role.EDITOR, Role.COORDINATOR)
        }
        desk = Desk(app, lang, signed_in_client(app, numbers[Role.EDITOR]))
        refused(desk)
        page = opened(chromium, address, app, desk)

        def check(what: str) -> None:
            if SHOTS:
                for width in (360, 1280):
                    page.set_viewport_size({"width": width, "height": 900})
                    page.screenshot(path=f"{SHOTS}/{what}-{lang}-{width}.png", full_page=True)
            assert faults_at(page, 320, 1280) == [], what

        yield desk, page, check
        page.context.close()


def refused(desk: Desk) -> None:
    """Two texts and the hours, refused with a reason; the summary has changed since."""
    values = {"summary_fr": "Une épicerie pour tous.", "summary_nl": "Een kruidenier voor iedereen."}
    desk.save("about", **values)
    desk.save("hours", **{"visit-MO-0-from": "7h", "visit-MO-0-to": "8h"})
    with desk.database() as session:
        boss = make_account(session, Role.COORDINATOR)
        [proposal] = session.scalars(select(Proposal))
        review.refuse(session, proposal, Edit(boss, desk.now, "Trop long. Dites d’abord qui peut venir."))
    desk.save("about", client=desk.coordinator(), summary_fr="L’épicerie du quartier, pour tous.")


def opened(chromium: Browser, address: str, app: Flask, desk: Desk) -> Page:
    context = chromium.new_context(
        base_url=address,
        viewport={"width": 360, "height": 800},
        bypass_csp=True,
        color_scheme="dark" if desk.lang == "nl" else "light",
    )
    context.set_default_timeout(PATIENCE)
    cookie = desk.editor.http.get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
    return context.new_page()


def test_axe_finds_nothing_where_a_text_is_kept_and_taken_up(
    kept: tuple[Desk, Page, Callable[[str], None]],
) -> None:
    desk, page, check = kept
    page.goto(desk.index)
    check("index")
    page.goto(desk.path())
    check("listing")
    followed(page, f"a[href*='/{'textes' if desk.lang == 'fr' else 'teksten'}/']")
    check("kept")
    followed(page, "a[href*='#champ-summary']")
    check("form")
    page.goto(desk.path("remove"))
    check("remove")
    page.goto(desk.path("about"))
    page.fill("#summary_fr", "Mots écrits pendant que le compte change.")
    with desk.database() as session:
        for row in session.scalars(select(Membership)):
            session.delete(row)
    followed(page, "#part .form-actions button")
    check("typed")
