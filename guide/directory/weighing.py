"""Which words of a query are its matter, which only order the answers, and which carry the question.

"Quel est le numéro de téléphone de la maison communale" asks for the town hall: what carries the question
("numéro", "téléphone") is searched only when nothing else is said. "Gratuit" and "Jette" order the answers. In
a long query a word that stands in many listings orders them too.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from guide.directory.vocabulary import Meaning, QueryWord
from guide.search.engine import Clause, SearchReader, SearchRequest, Term


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


LONG = 3
"""From so many things asked on, common words are weak."""
SENTENCE = 6
"""From so many words on a query is a sentence."""
COMMON, COMMON_BESIDE_MEANING = 0.2, 0.06
"""The share of all services that hold a common word; beside a need that the words name, one is common sooner."""
AT_LEAST = 3
"""A word that so few services hold is never common, however small the guide."""

CARRIERS = _listed(
    """
    numero numeros num tel telephone telephones telephoner telephonique adresse adresses adresser
    coordonnees contact contacts contacter contacte contactez joindre appeler appelle appelez horaire
    horaires heure heures ouverture ouvert ouverte ouverts ouvre site web website mail email mails info
    infos information informations renseignement renseignements renseigner question questions explication
    expliquer explique trouver trouve trouvent trouverais chercher recherche recherches rechercher
    cherchons obtenir avoir savoir savez saurait connaitre connais connait connaissez existe existent
    possible possibilite pouvez pourriez pourrait pourrais pourrai puis-je aimerais aimerait voudrait
    souhaite souhaiterais vouloir demander demande demandez dire dites dis aller vais va-t-on aider aidez
    aidera aiderait conseiller conseillez donner donne donnez recevoir auriez sauriez quelqu'un quelqu
    quelque quelques quelquun gens chose choses truc quoi endroit endroits lieu lieux place places ici la-
    bas situation svp stp plait merci bonsoir salut madame monsieur habite habitons maintenant
    actuellement urgent vite rapidement toujours encore aussi vraiment tres bien mieux apres avant pendant
    petit petite autre autres nummer nummers telefoon telefoonnummer telefoonnummers telnr telefoneren
    telefonisch adres adressen contacteren contacteer contactgegevens gegevens bellen bel belt bereiken
    bereik opbellen vormen uur uren openingsuren openingstijden openingsuur open informatie inlichtingen
    vraag vragen uitleg uitleggen vertellen zeg zeggen zegt vind vinden vindt gevonden krijgen krijg
    krijgt kreeg weten weet ken kent kennen bestaat bestaan mogelijk mogelijkheid helpen help helpt
    geholpen geef geven geeft kunt zoekt plaats plaatsen plek plekken ergens iemand mensen ding dingen
    situatie alstublieft alsjeblieft aub dank nu momenteel dringend snel mevrouw meneer goeiedag goedendag
    hallo ga gaan gaat komen terecht naartoe heen waarheen hebt eens even woon gewoon maken laten echt
    goed beter tijdens kleine klein andere eigenlijk misschien niks
    """
)
"""Words that carry a question in either language, folded. A phrase of the vocabulary that holds another word too
("adresse de référence", "numéro d’urgence") is matter all the same."""

QUALIFIERS = _listed(
    """
    gratuit gratuite gratuits gratuites gratuitement cher jette jettois jettoise bruxelles bruxellois
    proche pres proximite coin internet aide aides service services association associations organisme
    organismes gratis goedkoop goedkope kosteloos duur brussel brussels dichtbij buurt hulp dienst
    diensten vereniging verenigingen organisatie organisaties
    """
)
"""Words of price and place, and what every listing is: they order the answers to what is asked beside them."""

CIRCUMSTANCES = _listed(
    """
    famille familles enfant enfants fils fille filles bebe mere maman pere papa parents frere soeur mari
    femme femmes ami amie amis copain copine voisin voisine jour jours nuit matin midi soir semaine week-
    end dimanche samedi mois an ans gezin familie kind kinderen zoon dochter baby moeder mama vader papa
    ouders broer zus man vrouw vrouwen vriend vriendin vrienden buur buurman buurvrouw dag dagen nacht
    ochtend middag namiddag avond week weekend zondag zaterdag maand maanden jaar
    """
)
"""For whom and when: told in passing in a sentence, and the matter of a few words ("sport pour femmes")."""

SMALL_WORDS = CARRIERS | QUALIFIERS | CIRCUMSTANCES
"""What is no slip of the pen, though no listing may hold it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A clause to be weighed: the places of the words it stands for, and whether the vocabulary knew them."""

    clause: Clause
    covers: frozenset[int]
    understood: bool


def is_carrier(word: QueryWord) -> bool:
    """Does the word carry a question, whatever is asked?"""
    return word.surface in CARRIERS


def matter(words: Sequence[QueryWord]) -> frozenset[int]:
    """The places of the words that say what is asked; of a query that only carries one, all that ask at all."""
    asking = frozenset(place for place, word in enumerate(words) if word.is_content)
    return frozenset(place for place in asking if not is_carrier(words[place])) or asking


def core(words: Sequence[QueryWord]) -> frozenset[int]:
    """The matter without what only qualifies it; all of it when nothing else is left."""
    said = matter(words)
    passing = QUALIFIERS | CIRCUMSTANCES if len(words) >= SENTENCE else QUALIFIERS
    return (
        frozenset(
            place
            for place in said
            if words[place].surface not in passing and not words[place].surface.isdigit()
        )
        or said
    )


def named(words: Sequence[QueryWord], meanings: Sequence[Meaning]) -> tuple[Meaning, ...]:
    """The names of services that are the whole query, beside words that carry or qualify it."""
    asked = core(words)
    return tuple(
        meaning
        for meaning in meanings
        if meaning.phrase.term and meaning.phrase.need is None and asked and asked <= meaning.covers
    )


def says_nothing(
    group: Sequence[Meaning], covers: Collection[int], words: Sequence[QueryWord], said: Collection[int]
) -> bool:
    """Does a phrase only carry the question? "Téléphone" in "le téléphone de la commune" asks for no telephone,
    and a stop word is not heard in a third language ("is" is Turkish for work)."""
    if any(place in said for place in covers):
        return False
    foreign = all(meaning.phrase.language is None for meaning in group)
    return (foreign and bool(said)) or any(is_carrier(words[place]) for place in covers)


def weighed(drafts: Sequence[Draft], words: Sequence[QueryWord], engine: SearchReader) -> tuple[Clause, ...]:
    """The clauses, those that only order the answers marked as weak."""
    strong = core(words)
    understood = any(draft.understood and draft.covers & strong for draft in drafts)
    limit = COMMON_BESIDE_MEANING if understood else COMMON
    long = len(drafts) >= LONG
    clauses: list[Clause] = []
    for draft in drafts:
        passing = not draft.covers & strong and any(words[place].is_content for place in draft.covers)
        weak = passing or (
            long and not draft.understood and is_common(draft.clause.alternatives, engine, limit)
        )
        clauses.append(replace(draft.clause, weak=True) if weak else draft.clause)
    return tuple(clauses)


def is_common(terms: Collection[Term], engine: SearchReader, limit: float = COMMON) -> bool:
    """Do more than this share of the services hold one of these terms?"""
    services = SearchRequest(scope={"type": ["service"]}, limit=0)
    holders = engine.search(replace(services, clauses=(Clause(tuple(terms)),))).total
    return holders > max(AT_LEAST, limit * engine.search(services).total)
