"""The checks every fetched page goes through (tests/pages.py) see what is wrong and read as a strict parser does."""

import html5lib
import pytest
from flask import Response

from tests.markup import form_values, read
from tests.pages import Page, PageClient, check_html, check_markup

PAGE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>Une page</title><link rel="icon" href="/i.svg"></head>
<body><main id="a"><h1>Une page</h1>
<p class="x">Un mot</p>
<form id="f" action="/envoi"><input type="hidden" name="_jeton" value="1">
<label for="q">Mot</label><input id="q" name="q" value="&#34;1 &lt; 2&#34;">
<label for="t">Texte</label><textarea id="t" name="t">
Une ligne
une autre</textarea>
<label for="s">Choix</label><select id="s" name="s">
<option value="1">un</option><option value="2" selected>deux</option></select>
<label><input type="checkbox" name="non" id="c"></label><label for="c">Non</label>
</form><table><tr><td>un</td></tr></table></main><script src="/s.js"></script></body></html>"""

FAULTS = {
    "a tag left open": ("Un mot", "<b>Un mot"),
    "a tag closed twice": ("</p>", "</p></p>"),
    "tags that cross": ("Un mot", "<b>Un <i>mot</b></i>"),
    "a block within a line": ('<p class="x">Un mot</p>', "<p><div>Un mot</div></p>"),
    "an attribute given twice": ('class="x"', 'class="x" class="y"'),
    "a quote within a value": ('class="x"', 'class="x"y"'),
    "a bare quote": ('class="x"', "class=x'y"),
    "a bare sign": ("Un mot", "Un &mot"),
    "an unknown sign": ('class="x"', 'class="&inconnu;"'),
    "a field of a table outside its cells": ("<table>", '<table><input type="text" id="c">'),
    "a sign no page may hold": ("Un mot", "Un\x01mot"),
    "a comment that does not end": ("Un mot", "<!-- Un mot"),
    "a form within a form": ('<label for="q">', '<form></form><label for="q">'),
}
"""What is changed in the page above, and makes it invalid."""

OTHERS = {
    "no lang": (' lang="fr"', ""),
    "another lang": ('lang="fr"', 'lang="en"'),
    "no title": ("<title>Une page", "<title> "),
    "no heading": ("<h1>Une page</h1>", ""),
    "two headings": ("<h1>Une page</h1>", "<h1>Une</h1><h1>page</h1>"),
    "a jump of headings": ("<p class", "<h3>Trop bas</h3><p class"),
    "an id twice": ('class="x"', 'id="a"'),
    "a field without label": ('for="q"', 'for="z"'),
    "an area without label": ('for="t"', 'for="z"'),
    "a choice without label": ('for="s"', 'for="z"'),
    "a style": ('class="x"', 'style="color:red"'),
    "a handler": ('class="x"', 'onclick="a()"'),
    "a script within": ('<script src="/s.js">', "<script>a()"),
    "a script from elsewhere": ('src="/s.js"', 'src="https://cdn.example/s.js"'),
    "an icon from elsewhere": ('href="/i.svg"', 'href="//cdn.example/i.svg"'),
}
"""What makes it valid, and still wrong."""


def page(html: str) -> Page:
    return Page(Response(html, mimetype="text/html"))  # type: ignore[arg-type]


def test_a_page_in_order_passes() -> None:
    check_html(page(PAGE))


@pytest.mark.parametrize(("old", "new"), (FAULTS | OTHERS).values(), ids=FAULTS | OTHERS)
def test_every_fault_is_seen_beside_a_page_that_is_built_alike(old: str, new: str) -> None:
    check_html(page(PAGE.replace("Un mot", "Deux mots")))
    assert PAGE.count(old) >= 1
    with pytest.raises(AssertionError):
        check_html(page(PAGE.replace(old, new, 1)))


@pytest.mark.parametrize(("old", "new"), FAULTS.values(), ids=FAULTS)
def test_what_is_invalid_never_passes_for_a_page_that_is_not(old: str, new: str) -> None:
    check_markup(PAGE)
    for words in ("Un mot", "Un autre, bien plus long", " "):
        with pytest.raises(AssertionError, match="invalid HTML"):
            check_markup(PAGE.replace(old, new, 1).replace("Une page", words))


@pytest.mark.parametrize("words", ["Une page", "a > b", "c’est « dit »", "&amp; &#39;", "l'autre", '="x" y'])
def test_words_alone_make_no_page_invalid(words: str) -> None:
    check_markup(PAGE.replace("Un mot", words))


@pytest.mark.parametrize(
    "path", ["/", "/fr/services/?q=faim", "/nl/doorverwijzing/papier", "/fr/carte", "/fr/services/caba-jette"]
)
def test_a_page_is_read_as_a_strict_parser_reads_it(client: PageClient, path: str) -> None:
    html = client.get(path).html
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    # The parser adds the bodies of tables, and writes the names of drawings in two cases.
    strict = [
        (
            element.tag.rpartition("}")[2].lower(),
            {name.lower(): value for name, value in element.attrib.items()},
            "".join(element.itertext()).strip(),
        )
        for element in tree.iter()
        if isinstance(element.tag, str) and element.tag != "tbody"
    ]
    found = read(html)
    assert [(element.tag, element.attributes, element.text.strip()) for element in found] == strict


def test_a_form_is_sent_as_a_browser_sends_it_untouched() -> None:
    assert form_values(PAGE, "f") == form_values(PAGE, "/envoi")
    assert form_values(PAGE, "f") == (
        "/envoi",
        {"_jeton": ["1"], "q": ['"1 < 2"'], "t": ["Une ligne\r\nune autre"], "s": ["2"]},
    )
