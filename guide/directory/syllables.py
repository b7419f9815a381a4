"""How many syllables of a French or Dutch word are heard, counted by its vowels.

French: a final e, es and the ent of verbs is not heard; i before a vowel is a glide ("bien", "social") but not
after two consonants ("client", "ouvrier"); é, è, ë, ï always begin a syllable.
Dutch: pairs and triples of letters make one vowel (oe, ui, ij, eeuw); a letter with dots begins a syllable.
"""

import re
import unicodedata

from guide.languages import Language

_FRENCH_VOWELS = "aeiouyàâäéèêëîïôöùûüœæ"
_FRENCH_SYLLABLE = re.compile(
    rf"eau|oeu|aoû|uei|eui|oui|ai|aî|au|ay|ei|eî|ey|eu|eû|oi|oî|oy|ou|oû|où|ui|oe(?=i)|[{_FRENCH_VOWELS}]"
)
_HEARD_ENT_TEXT = (
    "absent accent accident adhérent adolescent affluent agent antécédent apparent ardent argent auvent avent "
    "bivalent cent client coefficient cohérent compétent concurrent confident confluent conscient conséquent "
    "content contingent continent convalescent convergent couvent décent dent détergent différent diligent "
    "dissident divergent efficient émergent entregent équivalent évident excellent expédient fervent fréquent "
    "gradient grandiloquent imminent impatient impertinent imprudent incident incompétent inconscient "
    "inconséquent inconvénient indécent indépendant indifférent indigent indulgent influent ingrédient "
    "innocent insolent intelligent intermittent latent lent négligent occident omniprésent onguent opulent "
    "orient parent patient permanent pertinent polyvalent précédent présent président prudent pubescent "
    "quotient récent récipient récurrent référent régent relent résident sergent serpent souvent strident "
    "subséquent talent torrent transparent trident turbulent urgent vent violent"
)
_HEARD_ENT = frozenset(_HEARD_ENT_TEXT.split())
"""Words whose final ent is heard; so is that of nearly all words in -ment and -ient."""
_MUTE_MENT_TEXT = (
    "affirment aiment allument animent arment assument blâment calment charment confirment consomment "
    "consument déclament déforment désarment dorment endorment enferment entament estiment expriment ferment "
    "filment forment fument impriment informent nomment priment proclament programment rallument réclament "
    "réforment renferment résument rythment suppriment transforment"
)
_MUTE_MENT = frozenset(_MUTE_MENT_TEXT.split())
"""Verbs whose final ent, after m, is not."""

_DUTCH_VOWELS = "aeiouyáàäâéèêëíïîóòöôúùüû"
_DUTCH_SYLLABLE = re.compile(
    rf"aai|ooi|oei|eeu|ieu|eau|aa|ee|oo|uu|ie|oe|eu|ui|ij|ei|ou|au|ai|oi|ey|ay|oy|[{_DUTCH_VOWELS}]"
)


def syllables(word: str, language: Language) -> int:
    """How many syllables are heard; at least one. Parts with a hyphen or an apostrophe are added up."""
    plain = unicodedata.normalize("NFC", word.lower()).replace("œ", "oe").replace("æ", "e")
    heard = _french_syllables if language == "fr" else _dutch_syllables
    return max(1, sum(heard(part) for part in re.split(r"[-’']", plain) if part))


def _french_syllables(word: str) -> int:
    word = _without_mute_end(word)
    word = re.sub(r"(ai|oi|ou|u|é|i)ement", r"\1ment", word)  # paiement
    word = re.sub(r"^pays", "pa-ys", word)
    word = re.sub(r"([qg])u(?=[eiyéèêëîï])|(q)u", r"\1\2", word)
    word = re.sub(r"ge(?=[aoâô])", "g", word)  # mangeons
    # Glides: y between vowels or at the beginning, i before a vowel.
    word = re.sub(rf"(?:(?<=[{_FRENCH_VOWELS}])|^)y(?=[{_FRENCH_VOWELS}])", "j", word)
    word = re.sub(r"(?<![bcdfgptv][lr])(?<![aeou])i(?=[aeouéèêëàâôœ])", "j", word)
    return len(_FRENCH_SYLLABLE.findall(word))


def _without_mute_end(word: str) -> str:
    """The word without its final e, es or the ent of a verb; whole when nothing would be left to hear."""
    cut = word
    if word.endswith("ent"):
        before = word[:-3]
        if before.endswith("m"):
            mute = word in _MUTE_MENT
        elif before.endswith("i"):
            mute = before.endswith(("ai", "oi"))  # étaient, voient; but bient-, client
        else:
            mute = word not in _HEARD_ENT
        cut = before if mute else word
    elif word.endswith(("e", "es")):
        cut = word.removesuffix("s")[:-1]
    if cut != word and cut.endswith(("qu", "gu")):
        cut = cut[:-1]  # langue, pratiquent
    return cut if any(letter in _FRENCH_VOWELS for letter in cut) else word


def _dutch_syllables(word: str) -> int:
    word = re.sub(r"qu(?=[aeio])", "kw", word)
    word = re.sub(r"eum(?=s?$)", "e-um", word)  # museum
    word = re.sub(r"^team", "tiem", word)
    word = re.sub(rf"(?:(?<![{_DUTCH_VOWELS}])|^)y(?=[aeou])", "j", word)  # yoga
    return len(_DUTCH_SYLLABLE.findall(word))
