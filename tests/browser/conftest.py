"""A real browser on a real server: the system's Chromium, and the loaded guide on loopback."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.running import served

ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


PATIENCE = 60_000
"""Milliseconds that a page is waited for: a busy machine is no fault, and waiting costs nothing where it works."""

expect.set_options(timeout=PATIENCE)


def followed(page: Page, selector: str) -> None:
    """Clicks the first such element and waits for the page it leads to: a click alone comes back when that begins."""
    with page.expect_navigation():
        page.locator(selector).first.click()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            # Playwright's own event loop and sockets warn when they are collected; nothing of ours.
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))
            item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))


def executable() -> str:
    """The system's Chromium; without one the test is skipped."""
    found = os.environ.get("GUIDE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        message = "no Chromium: put it on the path or name it by GUIDE_CHROMIUM"
        if "browser" in os.environ.get("GUIDE_TEST_REQUIRE", ""):
            pytest.fail(message)
        pytest.skip(message)
    return found


def arguments() -> list[str]:
    """What it is started with."""
    # Chromium refuses its sandbox to root, and only then may it be given up.
    return [*ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else ARGUMENTS


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=arguments())
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(app: Flask) -> Iterator[str]:
    """The address of the running guide."""
    with served(app) as address:
        yield address


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], str]]:
    """Runs an application of the test's own for as long as the test lasts; gives its address."""
    with ExitStack() as running:
        yield lambda app: running.enter_context(served(app))


@pytest.fixture
def visit(chromium: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Opens a page as a visitor: width, colour scheme, with or without JavaScript.

    The page remembers in `elsewhere` every request that did not go to the site itself.
    """
    contexts: list[BrowserContext] = []

    def open_page(
        path: str, width: int = 360, scheme: str = "light", script: bool = False, height: int = 800
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            java_script_enabled=script,
            base_url=site,
            locale="fr-BE",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def pdf_pages(tmp_path: Path) -> Callable[[Page, str], int]:
    """How many sheets a page prints on."""
    from pypdf import PdfReader

    def count(page: Page, paper: str) -> int:
        target = tmp_path / "page.pdf"
        page.pdf(path=str(target), format=paper, prefer_css_page_size=False)
        return len(PdfReader(target).pages)

    return count
