"""Words of listings on a page: whatever they hold is text, in the reader's language or marked as the other one."""

import pytest
from flask import Flask

from guide.languages import Bilingual
from guide.web.ui.formatting import local

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
