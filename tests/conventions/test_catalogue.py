"""The Dutch catalogue: every sentence of the interface, none empty, none doubtful, the same placeholders."""

import re
import tomllib
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from guide import paths

ROOT = Path(__file__).parents[2]
FILE = paths.TRANSLATIONS / "nl" / "LC_MESSAGES" / "messages.po"
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")


@cache
def wanted() -> Catalog:
    """What templates and code ask to translate, read as [tool.babel] says."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"][
        "mappings"
    ]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in settings]
    catalogue = Catalog()
    for file, line, message, comments, context in extract_from_dir(ROOT, methods):
        catalogue.add(message, None, [(file, line)], auto_comments=comments, context=context)
    return catalogue


@cache
def dutch() -> Catalog:
    with FILE.open("rb") as file:
        return read_po(file, locale="nl")


def ids(catalogue: Catalog) -> set[str | tuple[str, ...]]:
    return {
        message.id if isinstance(message.id, str) else tuple(message.id)
        for message in catalogue
        if message.id
    }


def strings(message: Message) -> list[str]:
    """The translation, one a plural form."""
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string or ""]


def test_every_sentence_is_in_the_catalogue() -> None:
    assert len(ids(wanted())) > 200
    assert not sorted(map(str, ids(wanted()) - ids(dutch())))


def test_the_catalogue_holds_nothing_that_is_no_longer_asked() -> None:
    assert not sorted(map(str, ids(dutch()) - ids(wanted())))
    assert not dutch().obsolete


def test_no_translation_is_empty() -> None:
    empty = []
    for message in dutch():
        if message.id and not all(strings(message)):
            empty.append(message.id)
    assert not empty


def test_no_translation_is_marked_doubtful() -> None:
    assert not [message.id for message in dutch() if message.id and message.fuzzy]


def test_translations_bear_the_same_placeholders() -> None:
    wrong = []
    for message in dutch():
        if not message.id:
            continue
        if isinstance(message.id, str):
            pairs = [(message.id, strings(message)[0], True)]
        else:
            one, many = message.id
            # "Voir le service ouvert" needs no figure: the singular may leave it out, never add one.
            pairs = [(one + many, strings(message)[0], False), (many, strings(message)[1], True)]
        for french, translated, same in pairs:
            asked, given = set(_PLACEHOLDER.findall(french)), set(_PLACEHOLDER.findall(translated))
            if translated and (asked != given if same else not given <= asked):
                wrong.append((message.id, translated))
    assert not wrong


def test_translations_begin_and_end_like_the_french() -> None:
    """A lost final full stop or colon glues two sentences on a page."""
    wrong = []
    for message in dutch():
        if not isinstance(message.id, str) or not message.id or not message.string:
            continue
        for sign in (".", ":"):
            if message.id.rstrip().endswith(sign) != str(message.string).rstrip().endswith(sign):
                wrong.append((message.id, message.string))
    assert not wrong


def test_no_translation_repeats_a_long_french_sentence() -> None:
    same = [m.id for m in dutch() if isinstance(m.id, str) and len(m.id.split()) >= 4 and m.string == m.id]
    assert not same


def test_the_compiled_catalogue_is_the_written_one() -> None:
    with FILE.with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)
    for message in dutch():
        if message.id and message.string and not message.fuzzy:
            key = message.id if isinstance(message.id, str) else message.id[0]
            found = compiled.get(key)
            assert found is not None, f"not compiled: {key}"
            assert strings(found) == strings(message), "compile again: pip install -e ."


def test_french_keeps_its_marks_with_their_words() -> None:
    """A line never begins with a question mark: what stands before ? ! : ; and within « » is a no-break space."""
    loose = re.compile(r"\w [?!:;»]|« |\w[?!]$")
    found = [text for one in ids(wanted()) for text in ([one] if isinstance(one, str) else one)]
    assert not [text for text in found if loose.search(text)]


def test_each_language_has_one_kind_of_quotes() -> None:
    """« … » in French, ‘…’ in Dutch; an apostrophe is ’ in both."""
    french = [text for one in ids(wanted()) for text in ([one] if isinstance(one, str) else one)]
    assert not [text for text in french if re.search("[“”„‟‘‚‛‹›\"']", text)]
    translated = [text for message in dutch() if message.id for text in strings(message)]
    assert not [text for text in translated if re.search("[«»“”„‟‚‛‹›\"']", text)]


def test_whoever_works_in_the_field_has_one_dutch_name() -> None:
    """ "Professionals" stands in the list of publics; the plans' words and what citizens search for are theirs."""
    data = [*paths.DATA.glob("services/*.yaml"), *paths.DATA.glob("*.yaml")]
    said = {
        file.name: file.read_text(encoding="utf-8")
        for file in [FILE, *data]
        if file.name != "plain_words.yaml"
    }
    assert not [name for name, words in said.items() if re.search("hulpverlener", words, re.IGNORECASE)]
    assert "Professionals" in said["taxonomies.yaml"]


def test_where_both_kinds_of_fiche_stand_on_one_page_neither_is_called_just_fiche() -> None:
    """The coordinator's first page, her journal, the kinds of mails and of accounts."""
    plain = re.compile(r"\bfiches?\b", re.IGNORECASE)
    files = ("templates/moderation/dashboard/index.html", "guide/web/moderation/audit_log.py")
    wanted_there = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in wanted()
        if any(file in files for file, _line in message.locations)
    } | {"Fiches de service à confirmer", "Association\u00a0: tient ses fiches de service à jour"}
    named = re.compile(r"\bfiches?(-relais| de service)\b", re.IGNORECASE)
    for french in wanted_there:
        assert not plain.search(named.sub("", french)), french
        message = dutch().get(french)
        assert message is not None
        for words in strings(message):
            assert not plain.search(words), words
