"""What was typed in a form that could not be saved: nobody has to write it twice.

Carried along, it stands in the page or in a signed field of the sign-in. Shown again it is only of a form of our
own page (its token was right), and only in the answer to the very request that bore it.
"""

import re
from dataclasses import dataclass

from flask import g, request

from guide.editing.listings import EDITABLE, TEXTS
from guide.languages import LANGUAGES, Language
from guide.model import PeriodKind
from guide.records.paths import path_to
from guide.web.security.policy import LARGEST
from guide.web.security.signing import sign, signed
from guide.web.ui import record_labels
from guide.web.ui.forms import FORM_LIFE, NEVER_KEPT, NEVER_SHOWN, TOKEN
from guide.web.ui.translating import gettext as _

LISTED = ("phones", "addresses", "closures", "email", "website", "relay_email", "documents")
"""Fields of a listing that are no text in two languages, and in which people write."""

CHOSEN = ("which", "day", "days", "address", "key", "remove", "always")
"""Controls of a line of several in which nobody writes."""

LONGEST_KEPT = LARGEST - 64 * 1024
"""How many bytes of signed words the sign-in carries; the rest of its request is for its own fields."""

_SIGNED = re.compile(r"[\w.=-]{40,}")
"""What only a machine wrote: a token, a signed field."""


@dataclass(frozen=True, slots=True)
class Typed:
    """Something that was written, what its field is called ('' when nobody knows), and its language ('' likewise)."""

    label: str
    words: str
    side: str


def is_our_form() -> None:
    """The token of the form was right: what stands in it was written on a page of ours."""
    g.own_form = True


def typed_values() -> list[tuple[str, str]]:
    """What was typed, to be carried along in the page itself and nowhere else: never passwords or codes."""
    dropped = (TOKEN, *NEVER_KEPT)
    return [(name, value) for name, value in request.form.items(multi=True) if name not in dropped]


def keep(path: str, values: list[tuple[str, str]]) -> str:
    """What was typed for this path, as one signed field of the sign-in: nobody else can put words into it.

    '' when that would be longer than the sign-in takes.
    """
    text = sign("kept", [path, values])
    return text if len(text) <= LONGEST_KEPT else ""


def kept(text: str) -> tuple[str, list[tuple[str, str]]] | None:
    """The path and what was typed for it; None when there is nothing, or nothing of ours."""
    found = signed("kept", text, FORM_LIFE) if text else None
    return (str(found[0]), [(str(name), str(value)) for name, value in found[1]]) if found else None


def typed_words() -> list[Typed]:
    """What somebody wrote in the form of this request, in its order; [] when it was no form of ours."""
    if request.method != "POST" or not g.get("own_form"):
        return []
    found = [
        _shown(name, value.strip())
        for name, value in request.form.items(multi=True)
        if value.strip() and not name.startswith("_") and name not in NEVER_SHOWN
    ]
    g.personal = True
    return [one for one in found if one is not None]


def _shown(name: str, words: str) -> Typed | None:
    stem = name.partition("-")[0]
    text, _dash, side = re.sub(r".*-", "", name).rpartition("_")
    language: Language | None = next((one for one in LANGUAGES if one == side), None)
    if name.rpartition("-")[2] in CHOSEN and stem != name:
        return None
    if stem in list(PeriodKind):
        return Typed(_("Calendrier de l’année"), words, language or "")
    if stem in LISTED:
        return Typed(record_labels.field_label(path_to(stem)), words, language or "")
    if stem.partition("_")[0] in ("visit", "phone", "own") and stem != name:
        return Typed(record_labels.field_label(path_to("schedules")), words, "")
    if text in TEXTS or text in LISTED:
        label = record_labels.field_label(path_to(text, language or ""))
        return Typed(label, words, language or "")
    if stem in EDITABLE or _SIGNED.fullmatch(words) or not re.search(r"\s", words):
        # A box that was ticked, a choice, a number: nobody wrote it.
        return None
    return Typed(
        {"answer": _("Votre réponse"), "why": _("Pourquoi ?"), "pourquoi": _("Pourquoi ?")}.get(name, ""),
        words,
        language or "",
    )
