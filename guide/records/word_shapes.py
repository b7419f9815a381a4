"""What the words of the guide look like in their files: vocabulary, panels, urgent numbers, other languages.

The rest of the records is in `shapes`; both are one description for checking, loading and exporting.
"""

import re

from guide import model
from guide.languages import LANGUAGES, SPOKEN_LANGUAGES
from guide.records.fields import (
    Both,
    BothLists,
    Choice,
    Flag,
    Keys,
    Labels,
    Line,
    PhoneNumber,
    Reference,
    Sentences,
    Words,
)
from guide.records.shape import Many, Records, Shape
from guide.records.shapes import KEY_LINE, SLOT, WEB

LANGUAGE_CODE = re.compile(r"[a-z]{2,3}")

CRISIS = Shape(
    model.Crisis,
    (
        KEY_LINE,
        Both(name="title", required=True, both=True, longest=120),
        Both(name="advice", required=True, both=True, longest=400),
        BothLists(name="steps"),
        Choice(name="first", words=model.CrisisBlock, default="danger"),
        Flag(name="today"),
        Reference(name="need", kind="needs", as_key=True),
        Keys(name="danger", kind="urgent_numbers", what="urgent number"),
        Keys(name="talk", kind="urgent_numbers", what="urgent number"),
    ),
)
WORD_GROUP = Shape(
    model.WordGroup,
    (
        Reference(name="term", kind="needs", required=True),
        Reference(name="crisis", kind="crises"),
        Flag(name="hidden"),
        Flag(name="calm"),
        Words(name="fr"),
        Words(name="nl"),
        Words(name="other"),
    ),
)
VOCABULARY = Shape(model.Vocabulary, (KEY_LINE, Many(name="groups", shape=WORD_GROUP)))
WAY = Shape(
    # Kept as it is, like the hours beside it: no table of its own.
    dict,
    (
        Choice(name="kind", words=("chat", "app", "mail"), required=True),
        Line(name="url", pattern=WEB, hint="an address that starts with https://"),
        Both(name="hours", both=True, longest=120),
    ),
)
URGENT_NUMBER = Shape(
    model.UrgentNumber,
    (
        KEY_LINE,
        Reference(name="service", kind="services"),
        PhoneNumber(name="number"),
        Both(name="name", longest=120),
        Both(name="purpose", required=True, both=True, longest=160),
        Both(name="short", both=True, longest=40),
        Choice(name="block", words=("danger", "talk", "bed", "other"), required=True),
        Flag(name="always"),
        Records(name="schedules", shape=SLOT),
        Both(name="answers", both=True, longest=200),
        Words(name="languages", allowed=SPOKEN_LANGUAGES),
        Flag(name="free"),
        Flag(name="checked"),
        Records(name="ways", shape=WAY),
    ),
)
PANEL_WORDS = (
    "help",
    "danger",
    "talk",
    "today",
    "speaks",
    "day_and_night",
    "now",
    "not_now",
    "holiday",
    "elsewhere",
    "unknown",
    "free",
    "no_voice",
    "chat",
    "app",
    "mail",
    "say",
    "not_yours",
    "below",
    "need_to_talk",
    "police",
    "bed",
    "unread",
    "helper",
)
"""The words around a crisis panel in another language, in the order of the file."""

CRISIS_IN_WORDS = Shape(
    # Kept as it is: a panel in another language stands and falls with its language.
    dict,
    (
        Reference(name="crisis", kind="crises", as_key=True, required=True),
        Line(name="title", required=True, longest=120),
        Line(name="advice", required=True),
        Words(name="says", required=True),
    ),
)
OTHER_LANGUAGE = Shape(
    model.OtherLanguage,
    (
        Line(name="code", required=True, pattern=LANGUAGE_CODE, hint="a language code such as en"),
        Line(name="name", required=True, longest=64),
        Choice(name="direction", words=("ltr", "rtl"), required=True),
        Line(name="intro", required=True),
        Line(name="call", required=True),
        Sentences(name="needs", kind="needs"),
        Labels(name="frame", names=PANEL_WORDS),
        Sentences(name="lines", kind="urgent_numbers"),
        Records(name="crises", shape=CRISIS_IN_WORDS),
    ),
)
PLAIN_WORD = Shape(
    model.PlainWord,
    (
        KEY_LINE,
        Choice(name="language", words=LANGUAGES, required=True),
        Words(name="words", required=True),
        Line(name="easier", required=True, longest=120),
        Flag(name="acronym"),
    ),
)
