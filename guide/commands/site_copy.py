"""`guide export --format site FOLDER`: the public guide as files, for a stick that opens without a server."""

import html
import json
from datetime import date, datetime, time
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from guide import paths
from guide.app import create_app
from guide.clock import BRUSSELS
from guide.directory import figures
from guide.languages import LANGUAGES, Language
from guide.publish import site_copy
from guide.sentences import sentences
from guide.settings import SettingError, Settings
from guide.web.ui.urls import QUERY_NAMES

COPIED = frozenset(
    {
        "public.home.door",
        "public.home.index",
        "public.services.results",
        "public.services.service",
        "public.services.benefit",
        "public.services.project",
        "public.needs.show",
        "public.organizations.show",
        "public.urgent.show",
        "public.rights.show",
        "public.languages.show",
        "public.map.show",
        "public.plans.index",
        "public.plans.show",
        "public.plans.action",
        "public.plans.picture",
        "public.plans.report",
        "public.about.about",
        "public.about.help_page",
        "public.about.accessibility",
        "public.about.privacy",
        "public.about.open_data",
        "public.offline.search",
    }
)
"""The pages of a copy: those that tell something by themselves. A link to any other is taken out."""
START = ("/", "/fr/", "/nl/", "/fr/hors-ligne/chercher", "/nl/offline/zoeken")
LICENCE = "vendor/fonts/OFL.txt"


def write(settings: Settings, folder: Path, day: date) -> int:
    """Writes the copy of this day into an empty folder; gives the number of files. Raises SettingError, OSError.

    The same database and day give the same bytes.
    """
    if settings.site_url is None:
        raise SettingError(
            "GUIDE_SITE_URL: every page of a copy says where the guide of today is. "
            "Write the address as https://guide.example.be, then run the command again."
        )
    if folder.exists() and any(folder.iterdir()):
        raise SettingError(
            f"{folder} is not empty. Name a new folder, so that no old page stays in the copy."
        )
    noon = datetime.combine(day, time(12), BRUSSELS)
    app = create_app(settings, clock=lambda: noon)
    try:
        files = _Copy(app, settings.site_url, day).files()
    finally:
        app.extensions["guide"].index.wait()
        app.extensions["guide"].engine.dispose()
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return len(files)


class _Copy:
    """The pages as a visitor without cookies gets them, each made ready to lie in its file."""

    def __init__(self, app: Flask, site_url: str, day: date) -> None:
        self._matcher = app.url_map.bind("localhost")
        self._client = app.test_client()
        self._address = urlsplit(site_url).netloc
        self._day = day
        self._pages: dict[str, site_copy.Node] = {}

    def files(self) -> dict[str, bytes]:
        """Every file of the copy by its path."""
        self._collect()
        assets: set[str] = set()
        sprite = (paths.STATIC / "img/sprite.svg").read_text(encoding="utf-8")
        made: dict[str, bytes] = {}
        for address, page in sorted(self._pages.items()):
            assets |= site_copy.assets(page)
            lang: Language = "nl" if address.startswith("/nl/") else "fr"
            file = site_copy.file_of(address)
            search = site_copy.file_of(self._of(lang, "public.offline.search"))
            note = self._note(*(LANGUAGES if address == "/" else (lang,)))
            scripts = [self._words_of(lang)] if file == search else []
            copied = site_copy.CopiedPage(file, search, note, scripts)
            made[file] = site_copy.page_of_copy(page, copied, self._place, sprite).encode()
        for address in sorted(assets):
            file = site_copy.file_of(address)
            content = self._get(address)
            made[file] = (
                site_copy.style(content.decode(), file).encode() if file.endswith(".css") else content
            )
        made[site_copy.file_of(f"/static/0/{LICENCE}")] = (paths.STATIC / LICENCE).read_bytes()
        for lang in LANGUAGES:
            made[self._words_of(lang)] = self._words(lang)
        return made

    def _collect(self) -> None:
        todo = list(START)
        while todo:
            address = todo.pop(0)
            if address in self._pages or not self._is_copied(address):
                continue
            page = site_copy.read(self._get(address).decode())
            self._pages[address] = page
            todo += site_copy.links(page)

    def _is_copied(self, address: str) -> bool:
        parts = urlsplit(address)
        if any(name not in QUERY_NAMES["page"].values() for name, _ in parse_qsl(parts.query)):
            return False
        return self._endpoint(parts.path) in COPIED

    def _endpoint(self, path: str) -> str:
        try:
            return str(self._matcher.match(path)[0])
        except (HTTPException, RequestRedirect):
            return ""

    def _place(self, address: str) -> str | None:
        if address in self._pages or address.startswith("/static/"):
            return site_copy.file_of(address)
        parts = urlsplit(address)
        asked = dict(parse_qsl(parts.query))
        if list(asked) == ["q"] and self._endpoint(parts.path) == "public.services.results":
            lang: Language = "nl" if parts.path.startswith("/nl/") else "fr"
            return f"{site_copy.file_of(self._of(lang, 'public.offline.search'))}?{parts.query}"
        return None

    def _of(self, lang: Language, endpoint: str) -> str:
        return self._matcher.build(endpoint, {"lang": lang})

    def _get(self, address: str) -> bytes:
        # Nobody looked: what a machine copies is not counted.
        answer = self._client.get(address, headers={"Host": "localhost", "DNT": "1"})
        if answer.status_code != 200:
            raise SettingError(f"The page {address} answers {answer.status_code}; nothing was written.")
        return answer.get_data()

    def _note(self, *langs: Language) -> str:
        """The day of the copy and where today's guide is, in each language."""
        lines = []
        for lang in langs:
            _ = sentences(lang)
            words = _(
                "Copie du %(date)s. Le guide d’aujourd’hui : %(address)s",
                date=figures.short_date(self._day, lang),
                address=self._address,
            )
            lines.append(f'<span lang="{lang}">{html.escape(words)}</span>')
        return "<br>".join(lines)

    def _words_of(self, lang: Language) -> str:
        return f"{site_copy.FILES}/guide-{lang}.js"

    def _words(self, lang: Language) -> bytes:
        """The guide to search, as a script: a page of a file may not fetch anything."""
        kept = json.loads(self._get(self._of(lang, "public.offline.data")))
        search = site_copy.file_of(self._of(lang, "public.offline.search"))
        for service in kept["services"]:
            service["path"] = site_copy.relative(site_copy.file_of(service["path"]), search)
        text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
        return f"window.GUIDE={text};\n".encode()
