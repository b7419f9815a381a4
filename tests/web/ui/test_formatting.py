"""Words of listings on a page: whatever they hold is text, in the reader's language or marked as the other one."""

import pytest
from flask import Flask

from guide.languages import Bilingual
from guide.web.ui.formatting import local, unbroken

EVIL = 'Soupe & <b onclick="x">pain</b>\''
SAFE = "Soupe &amp; &lt;b onclick=&#34;x&#34;&gt;pain&lt;/b&gt;&#39;"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (Bilingual(EVIL, "Soep"), SAFE),
        (Bilingual(None, EVIL), f'<span lang="nl">{SAFE}</span>'),
        (Bilingual(), ""),
        (None, ""),
    ],
)
def test_words_are_text_also_where_they_fell_back_to_the_other_language(
    app: Flask, text: Bilingual | None, shown: str
) -> None:
    with app.test_request_context("/fr/"):
        app.preprocess_request()
        assert local(text) == shown


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (
            "lundi 8h30\u00a0–\u00a012h, 13h\u00a0–\u00a016h.",
            "lundi <8h30\u00a0–\u00a012h>, <13h\u00a0–\u00a016h>.",
        ),
        ("maandag 9\u00a0–\u00a012\u00a0uur (a)", "maandag <9\u00a0–\u00a012\u00a0uur> (a)"),
        ("20h\u00a0–\u00a08h le lendemain", "<20h\u00a0–\u00a08h> le lendemain"),
        ("Jour et nuit, 7 jours sur 7.", "Jour et nuit, 7 jours sur 7."),
    ],
)
def test_hours_stay_on_one_line(words: str, shown: str) -> None:
    marked = shown.replace("<", '<span class="nw">').replace(">.", "</span>.")
    marked = marked.replace(">,", "</span>,").replace("> ", "</span> ")
    assert unbroken(words) == marked.removesuffix(">") + ("</span>" if shown.endswith(">") else "")
    assert "<b>" not in unbroken(f"<b>{words}")
