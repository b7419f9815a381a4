"""Templates: none orphaned, no unused macro, only literal texts to translate, nothing let through unescaped."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

from guide import paths

TEMPLATES = sorted(
    file.relative_to(paths.TEMPLATES).as_posix() for file in paths.TEMPLATES.rglob("*") if file.is_file()
)
CODE = sorted((Path(__file__).parents[2] / "guide").rglob("*.py"))
TRANSLATING = {"_", "gettext", "ngettext", "lazy_gettext"}


@cache
def parsed(app: Flask, name: str) -> nodes.Template:
    return app.jinja_env.parse((paths.TEMPLATES / name).read_text(encoding="utf-8"), name)


def named(node: nodes.Node) -> str:
    """The template a tag names; every one of ours is a literal."""
    assert isinstance(node, nodes.Const), "templates are named by literals"
    return str(node.value)


@cache
def words_of_code() -> frozenset[str]:
    """Every text that stands in the code by itself."""
    return frozenset(
        node.value
        for file in CODE
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def rendered() -> set[str]:
    """The templates that code names: pages by their path, mails by their kind."""
    words = words_of_code()
    pages = {word for word in words if re.fullmatch(r"[\w/]+/\w+\.(html|xml)", word)}
    mails = {name for name in TEMPLATES if name.startswith("mail/") and name[5:-4] in words}
    return pages | mails


def imports(tree: nodes.Template) -> Iterator[tuple[str, str]]:
    """(template, alias) of each `import … as …`."""
    for tag in tree.find_all(nodes.Import):
        yield named(tag.template), tag.target


def test_every_template_is_used(app: Flask) -> None:
    used = rendered()
    for name in TEMPLATES:
        tree = parsed(app, name)
        for tag in tree.find_all((nodes.Extends, nodes.Import, nodes.FromImport, nodes.Include)):
            used.add(named(tag.template))  # type: ignore[attr-defined]
        used |= {
            call.args[0].value
            for call in tree.find_all(nodes.Call)
            if isinstance(call.node, nodes.Name) and call.node.name == "in_side"
        }
    assert used == set(TEMPLATES)


def test_every_macro_is_used(app: Flask) -> None:
    used: set[tuple[str, str]] = set()
    for name in TEMPLATES:
        tree = parsed(app, name)
        aliases = {alias: source for source, alias in imports(tree)}
        for tag in tree.find_all(nodes.FromImport):
            for item in tag.names:
                used.add((named(tag.template), item[0] if isinstance(item, tuple) else item))
        for call in tree.find_all(nodes.Call):
            target = call.node
            if isinstance(target, nodes.Name):
                used.add((name, target.name))
            elif isinstance(target, nodes.Getattr) and isinstance(target.node, nodes.Name):
                used.add((aliases.get(target.node.name, ""), target.attr))
    defined = {(name, macro.name) for name in TEMPLATES for macro in parsed(app, name).find_all(nodes.Macro)}
    assert not sorted(defined - used)


def test_every_import_of_a_template_is_used(app: Flask) -> None:
    unused = []
    for name in TEMPLATES:
        tree = parsed(app, name)
        names = {node.name for node in tree.find_all(nodes.Name)}
        unused += [(name, alias) for _, alias in imports(tree) if alias not in names]
    assert not unused


def test_only_macros_that_exist_are_called(app: Flask) -> None:
    macros = {name: {macro.name for macro in parsed(app, name).find_all(nodes.Macro)} for name in TEMPLATES}
    missing = []
    for name in TEMPLATES:
        tree = parsed(app, name)
        aliases = {alias: source for source, alias in imports(tree)}
        for access in tree.find_all(nodes.Getattr):
            if isinstance(access.node, nodes.Name) and access.node.name in aliases:
                source = aliases[access.node.name]
                if access.attr not in macros[source]:
                    missing.append((name, source, access.attr))
    assert not missing


@pytest.mark.parametrize("name", TEMPLATES)
def test_only_literal_texts_are_translated(app: Flask, name: str) -> None:
    for call in parsed(app, name).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in TRANSLATING:
            texts = call.args[:2] if call.node.name == "ngettext" else call.args[:1]
            assert texts
            for text in texts:
                assert isinstance(text, nodes.Const), (
                    f"line {call.lineno}: a text to translate is not a literal"
                )
                assert isinstance(text.value, str)


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_filter_is_applied_to_a_literal(app: Flask, name: str) -> None:
    tree = parsed(app, name)
    context = nodes.EvalContext(app.jinja_env, name)
    for used in tree.find_all(nodes.Filter):
        if used.node is None:
            continue
        try:
            used.node.as_const(context)
        except nodes.Impossible:
            continue
        pytest.fail(f"line {used.lineno}: |{used.name} on a literal is folded when the template is compiled")


@pytest.mark.control("C16")
@pytest.mark.parametrize("name", TEMPLATES)
def test_nothing_is_let_through_unescaped(app: Flask, name: str) -> None:
    tree = parsed(app, name)
    assert not [
        used.lineno for used in tree.find_all(nodes.Filter) if used.name in ("safe", "tojson", "xmlattr")
    ]
    assert not list(tree.find_all((nodes.ScopedEvalContextModifier, nodes.EvalContextModifier)))


@pytest.mark.control("C16")
def test_only_two_filters_the_sentences_of_the_catalogue_and_what_templates_made_are_markup() -> None:
    makers = {
        file.relative_to(paths.TEMPLATES.parent).as_posix()
        for file in CODE
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and node.id == "Markup"
    }
    # `kept_pages` unpacks what a template made before, in which all was escaped that had to be.
    assert makers == {
        "guide/web/ui/formatting.py",
        "guide/web/ui/kept_pages.py",
        "guide/web/ui/translating.py",
    }


@pytest.mark.parametrize("file", CODE, ids=lambda file: file.as_posix().rpartition("guide/")[2])
def test_code_translates_only_literals(file: Path) -> None:
    for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in TRANSLATING:
            texts = call.args[:2] if getattr(call.func, "id", "") == "ngettext" else call.args[:1]
            assert all(isinstance(t, ast.Constant) and isinstance(t.value, str) for t in texts), call.lineno


class _Loose(HTMLParser):
    """The words of a template outside its tags; script and code hold none for readers."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._silent += tag in ("code", "script") or dict(attrs).get("lang") == "en"  # type: ignore[call-overload]

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag in ("code", "script", "a"):
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words += re.findall(r"[^\W\d_]{3,}", data)


def test_no_text_of_a_template_stands_outside_the_catalogue() -> None:
    names = {"SMS", "WhatsApp", "OpenStreetMap", "contributors", "liste"}
    for name in TEMPLATES:
        if (
            not name.endswith(".html") or name == "public/home/chooser.html"
        ):  # the chooser speaks both languages at once
            continue
        source = (paths.TEMPLATES / name).read_text(encoding="utf-8")
        source = re.sub(r"\{% block \w+_class %\}.*?\{% endblock %\}", " ", source)
        reader = _Loose()
        reader.feed(re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", source, flags=re.S))
        reader.close()
        assert not set(reader.words) - names, f"{name}: words that nobody can translate"
