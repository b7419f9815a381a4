"""A search that tells of a crisis, in an address that tells nothing: its words sealed, for ten minutes.

An address stays where others look: in the bar, in the history, on a shared computer. Such a search is therefore
answered by a redirect to the same page with the words encrypted by the site's key. Browsers list the address that
a redirect leads to, and not the one that was asked first; of the redirects 303 is the one that is never kept and
always leads to a GET. Nothing is stored here: the address holds the words, only the guide can read them, and it
does so for ten minutes. Every link of the page carries the sealed words, and none the words themselves.
"""

import base64
from datetime import timedelta

from flask import current_app

from guide.crypto import UnsealError, seal, unseal
from guide.directory.understanding import LONGEST_QUERY, legible
from guide.languages import Language
from guide.web.ui.request_context import now
from guide.web.ui.urls import query_values

LIFE = timedelta(minutes=10)
PURPOSE = "sealed-search"
BLOCK = 128
"""Bytes up to whose multiple the words are filled: the length of an address says little of theirs."""
LONGEST_SEALED = 1300
"""Characters of the longest address part that `seal_words` can make, and a little more."""


def typed_words(lang: Language) -> str:
    """The words that stand open in the address; '' for none. Given twice, they are one text: none is passed over."""
    return " ".join(query_values("q", lang)).strip()


def seal_words(words: str) -> str:
    """The words and this moment, encrypted: letters, digits, '-' and '_', at most LONGEST_SEALED of them.

    The words as a search reads them: signs that it drops would take the place of others. Of long words it holds two
    letters more than a search takes, so that the page still says that it cut them.
    """
    text = f"{int(now().timestamp())} {legible(words)[: LONGEST_QUERY + 2]}"
    text += " " * (-len(text.encode()) % BLOCK)
    sealed = seal(current_app.config["SECRET_KEY"], PURPOSE, PURPOSE, text)
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def open_words(sealed: str) -> str | None:
    """The words again; None when they were not sealed by this guide, were changed, or are older than LIFE."""
    if len(sealed) > LONGEST_SEALED:
        return None
    try:
        packed = base64.b64decode(sealed + "=" * (-len(sealed) % 4), altchars=b"-_", validate=True)
        text = unseal(current_app.config["SECRET_KEY"], PURPOSE, PURPOSE, packed)
        moment, _, words = text.partition(" ")
        age = now().timestamp() - int(moment)
    except (UnsealError, ValueError):
        return None
    # A clock that was set back makes a seal of the future: it is kept for no longer either.
    return words.rstrip() if abs(age) <= LIFE.total_seconds() else None
