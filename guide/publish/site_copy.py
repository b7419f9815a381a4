"""The public guide as files that open without a server, from a stick: pages made ready, one after the other.

What needs a server goes: forms (but the search, which a script answers), links to pages that are not in the
copy, and whatever was true at one hour only. What is left finds its files by relative addresses.
"""

import html
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

Place = Callable[[str], str | None]
"""From an address of the site ('/fr/services/huys', '/static/…') to its file in the copy; None: not in it."""

FILES = "files"
"""The folder of style sheets, scripts and fonts inside the copy."""
VOID = frozenset({"meta", "link", "img", "br", "input", "hr", "wbr"})
PASSING = frozenset({"at-this-hour", "today-word", "chips", "filters"})
"""Classes of what was true only when the page was made, or asks the server for another page."""
LONELY = ("li", "p", "nav")
"""What is not worth standing there once the link inside it is gone."""
_STATIC = re.compile(r"/static/[0-9a-f]+/(.+)")
_SYMBOL = re.compile(r'<symbol id="([^"]+)"(.*?)</symbol>', re.DOTALL)


class Node:
    """An element: its attributes in their order, its children (elements, and text as it is written in HTML)."""

    __slots__ = ("attributes", "children", "empty", "tag")

    def __init__(self, tag: str, attributes: dict[str, str | None], empty: bool = False) -> None:
        self.tag = tag
        self.attributes = attributes
        self.empty = empty
        self.children: list[Node | str] = []

    def get(self, name: str) -> str:
        """An attribute's value; '' when it is absent or has none."""
        return self.attributes.get(name) or ""

    @property
    def classes(self) -> set[str]:
        """The names in its `class`."""
        return set(self.get("class").split())

    def all(self) -> Iterator["Node"]:
        """This element and every one below it, in the order of the page."""
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.all()

    def text(self) -> str:
        """What is written in it, without the elements, still as HTML."""
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)

    def written(self) -> str:
        """It and all in it, as HTML."""

        inside = "".join(child if isinstance(child, str) else child.written() for child in self.children)
        if not self.tag:
            return inside
        names = "".join(
            f" {name}" if value is None else f' {name}="{html.escape(value)}"'
            for name, value in self.attributes.items()
        )
        if self.empty:
            return f"<{self.tag}{names}>" if self.tag in VOID else f"<{self.tag}{names}/>"
        return f"<{self.tag}{names}>{inside}</{self.tag}>"


class _Reader(HTMLParser):
    """Our own pages, in which every element is closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.root = Node("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, dict(attrs), empty=tag in VOID)
        self._open[-1].children.append(node)
        if not node.empty:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Node(tag, dict(attrs), empty=True))

    def handle_endtag(self, tag: str) -> None:
        if self._open[-1].tag != tag:
            raise ValueError(f"</{tag}> where <{self._open[-1].tag}> is open")
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self.handle_data(f"<!{decl}>")


def read(page: str) -> Node:
    """The page as a tree. Raises ValueError when an element is not closed."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    # The parser writes SVG names in lower case; one name of ours has a capital.
    for node in reader.root.all():
        if "viewbox" in node.attributes:
            node.attributes = {
                ("viewBox" if name == "viewbox" else name): value for name, value in node.attributes.items()
            }
    return reader.root


def links(page: Node) -> list[str]:
    """Where the page's links lead on this site, without the place on the page."""
    found = (node.get("href").partition("#")[0] for node in page.all() if node.tag == "a")
    return [link for link in found if link.startswith("/")]


def assets(page: Node) -> set[str]:
    """The static files that a page loads; its drawings are put into it instead."""
    found = {
        node.get("src") or node.get("href") for node in page.all() if node.tag in ("script", "link", "img")
    }
    return {address for address in found if address.startswith("/static/")}


def file_of(address: str) -> str:
    """The file of an address: '/fr/' → 'fr/index.html', '/fr/services/?page=2' → 'fr/services/page-2.html'."""
    static = _STATIC.fullmatch(address)
    if static:
        return f"{FILES}/{static[1]}"
    parts = urlsplit(address)
    path, number = parts.path.lstrip("/"), parts.query.partition("=")[2]
    if number:
        return f"{path}page-{number}.html"
    if not path or path.endswith("/"):
        return f"{path}index.html"
    return path if "." in path.rpartition("/")[2] else f"{path}.html"


def relative(target: str, file: str) -> str:
    """From one file of the copy to another."""
    return posixpath.relpath(target, posixpath.dirname(file) or ".")


def style(css: str, file: str) -> str:
    """A style sheet whose files stand beside it in the copy."""
    return re.sub(r"url\((/static/[^)]+)\)", lambda found: f"url({relative(file_of(found[1]), file)})", css)


@dataclass(frozen=True, slots=True)
class CopiedPage:
    """What one page of the copy gets beside what it says.

    `file` is its own, `search` the one that its search box opens, `note` the line (HTML) with date and web address,
    `scripts` are files loaded before the page's own.
    """

    file: str
    search: str
    note: str
    scripts: Iterable[str] = ()


def page_of_copy(tree: Node, page: CopiedPage, place: Place, sprite: str) -> str:
    """One page of the copy, as HTML; the tree that was read is used up. `sprite` holds the guide's drawings."""
    file = page.file
    _drop(tree, _needs_server)
    for node in list(tree.all()):
        if node.tag == "form":
            wanted = [name for name in node.attributes if name == "role" or name.startswith("data-")]
            form: dict[str, str | None] = {
                "class": "search",
                "action": relative(page.search, file),
                "method": "get",
                **{name: node.attributes[name] for name in wanted if name != "data-guide"},
            }
            node.attributes = form
        elif node.tag == "input":
            node.attributes = {k: v for k, v in node.attributes.items() if k not in ("list", "data-suggest")}
    _lead(tree, file, place)
    for node in tree.all():
        node.children = [child for child in node.children if not _is_unused(child)]
        if "today" in node.classes:
            del node.attributes["class"]
    _load(tree, file, place, page.scripts)
    _draw(tree, sprite)
    _note(tree, page.note)
    return tree.written()


def _needs_server(node: Node) -> bool:
    if node.tag == "form":
        return node.get("role") != "search"
    return bool(node.classes & PASSING) or node.tag == "datalist" or "data-read" in node.attributes


def _drop(node: Node, unwanted: Callable[[Node], bool]) -> None:
    """Takes elements out, and what was there only for them."""
    kept: list[Node | str] = []
    for child in node.children:
        if isinstance(child, Node):
            if unwanted(child):
                continue
            had_elements = any(isinstance(inner, Node) for inner in child.children)
            _drop(child, unwanted)
            if child.tag in LONELY and had_elements and _is_bare(child):
                continue
        kept.append(child)
    node.children = kept


def _is_bare(node: Node) -> bool:
    return not node.text().strip() and not any(inner.empty for inner in node.all())


def _lead(tree: Node, file: str, place: Place) -> None:
    """Links to files of the copy; a link that leads to none is taken out with what stands only for it."""
    lost: set[int] = set()
    for node in tree.all():
        link = node.get("href")
        if node.tag != "a" or not link.startswith("/"):
            continue
        address, _, where = link.partition("#")
        target = place(address)
        if target is None:
            lost.add(id(node))
            continue
        path, question, query = target.partition("?")
        node.attributes["href"] = relative(path, file) + question + query + (f"#{where}" if where else "")
    _drop(tree, lambda node: id(node) in lost)


def _is_unused(child: Node | str) -> bool:
    """What a page says of itself to search engines and to the worker."""
    if isinstance(child, str):
        return False
    if child.tag == "link":
        return child.get("rel") not in ("stylesheet", "icon")
    return child.tag == "meta" and child.get("name") == "robots"


def _load(tree: Node, file: str, place: Place, scripts: Iterable[str]) -> None:
    sensitive = any("data-leave" in node.attributes for node in tree.all())
    for node in tree.all():
        kept: list[Node | str] = []
        for child in node.children:
            if isinstance(child, Node) and child.tag == "script":
                child.attributes.pop("data-worker", None)
                child.attributes.pop("data-forget", None)
                if child.get("src").endswith("js/site.js") and not sensitive:
                    continue
            kept.append(child)
        node.children = kept
        # A browser checks no sum of a file that comes from a folder, and then does not load it.
        node.attributes.pop("integrity", None)
        for name in ("src", "href"):
            if node.tag in ("script", "link") and node.get(name).startswith("/"):
                node.attributes[name] = relative(place(node.get(name)) or "", file)
    head = next(node for node in tree.all() if node.tag == "head")
    head.children += [Node("script", {"src": relative(script, file), "defer": None}) for script in scripts]
    # Scripts run in their order: the guide's words must be there before who searches them.
    head.children.sort(key=lambda child: isinstance(child, Node) and child.get("src").endswith("offline.js"))
    own = {node.get("href").rpartition("/")[2] for node in head.all() if node.tag == "link"}
    if "offline.css" not in own:
        sheet = relative(f"{FILES}/css/offline.css", file)
        head.children.append(Node("link", {"rel": "stylesheet", "href": sheet}, empty=True))


def _draw(tree: Node, sprite: str) -> None:
    """Puts the drawings a page uses into it: a browser takes none from another file of a stick."""
    used: set[str] = set()
    for node in tree.all():
        if node.tag == "use":
            name = node.get("href").partition("#")[2]
            used.add(name)
            node.attributes["href"] = f"#i-{name}"
    symbols = "".join(
        f'<symbol id="i-{found[1]}"{found[2]}</symbol>'
        for found in _SYMBOL.finditer(sprite)
        if found[1] in used
    )
    body = next(node for node in tree.all() if node.tag == "body")
    body.children.insert(0, f'<svg hidden aria-hidden="true">{symbols}</svg>')


def _note(tree: Node, note: str) -> None:
    body = next(node for node in tree.all() if node.tag == "body")
    place = next(
        number
        for number, child in enumerate(body.children)
        if isinstance(child, Node) and child.tag == "header"
    )
    body.children.insert(place + 1, f'<div class="wrap kept-line"><p>{note}</p></div>')
