"""What danger a query tells of: as somebody reviewed its words, or as they are heard."""

from collections.abc import Sequence

from guide.directory.urgent import NIGHT_SHELTER
from guide.directory.vocabulary import NEEDS_OF_DISTRESS, Lexicon
from guide.recognition.hearing import METHOD, PANEL_OF, Heard, hearing
from guide.recognition.minors import speaks_as_minor
from guide.search import analysis

PANEL_OF_MINOR = "child"


def dangers(text: str, counted: Sequence[str], lexicon: Lexicon) -> Heard:
    """What danger a query tells of: as it was reviewed, when the vocabulary holds it whole; else as it is heard.

    `counted`: its features, as `Hearing` counts them.
    """
    said = tuple(analysis.words(text, "fr"))
    reviewed = lexicon.reviewed.get(said)
    if reviewed == "":
        return Heard()
    if not any(letter.isalpha() for letter in text):
        return Heard((reviewed,) if reviewed else ())
    heard = hearing().dangers(text, counted)
    if reviewed is not None:
        # The vocabulary knows the panel, and not that a means is looked for.
        looks_for_means = METHOD in heard.dangers and reviewed == PANEL_OF[METHOD]
        return Heard((METHOD if looks_for_means else reviewed,))
    need = lexicon.ordinary.get(said)
    if need is not None:
        heard = _of_ordinary_words(heard, _crises_within(said, lexicon), need)
    return _for_minor(heard) if NIGHT_SHELTER in heard.dangers and speaks_as_minor(text) else heard


def _of_ordinary_words(heard: Heard, within: set[str], need: str) -> Heard:
    """Somebody has looked at these words and found no danger in them: at most a sign of distress.

    But where words of a danger stand among them (`within`) and the models hear that very danger, it is not hidden.
    """
    if within & set(heard.dangers):
        return heard
    return Heard(distress=heard != Heard() and (need in NEEDS_OF_DISTRESS or bool(within)))


def _crises_within(said: Sequence[str], lexicon: Lexicon) -> set[str]:
    """The crises whose words stand in a row among these."""
    rows = (tuple(said[start:end]) for start in range(len(said)) for end in range(start + 1, len(said) + 1))
    return {crisis for row in rows if (crisis := lexicon.reviewed.get(row))}


def _for_minor(heard: Heard) -> Heard:
    """The night shelter takes no child: whoever is one and has no bed is led to the lines for the young."""
    led = (PANEL_OF_MINOR if danger == NIGHT_SHELTER else danger for danger in heard.dangers)
    return Heard(tuple(dict.fromkeys(led)))
