"""Syllables as one hears them: what the ease of a text is counted from."""

import pytest

from guide.directory.syllables import syllables

FRENCH = """
le 1 les 1 que 1 qui 1 bonjour 2 aide 1 maison 2 logement 3 personne 2 écouter 3 famille 2 papiers 2 travail 2
gratuit 2 question 2 enfants 2 soins 1 épicerie 4 téléphone 3 heures 1 besoin 2 accueil 2 guide 1 ouvert 2 lieu 1
parlent 1 nourriture 3 bénéficiaire 4 attestation 4 association 4 sociale 2 initiative 4 étudiant 3 théâtre 2
réaliser 4 août 1 poésie 3 coordination 5 européen 4 idée 2 musée 2 pays 2 paysage 3 payer 2 voyage 2 moyen 2
yeux 1 client 2 ouvrier 3 oublier 3 février 3 quatrième 3 nuit 1 huit 1 fruit 1 juin 1 médicament 4 appartement 4
souvent 2 argent 2 urgent 2 parents 2 aident 1 donnent 1 peuvent 1 étaient 2 voient 1 aiment 1 informent 2
vraiment 2 paiement 2 langue 1 banque 1 bibliothèque 4 quelque 1 pratiquent 2 amie 2 rue 1 journée 2 bienvenue 3
pluie 1 joie 1 roue 1 monnaie 2 société 3 sociaux 2 précieux 2 mieux 1 bien 1 vieux 1 plusieurs 2 violence 2
science 1 vidéo 3 radio 2 quotidien 3 patient 2 expérience 3 mangeons 2 feuille 1 accueillir 3 maïs 2 coopérer 4
lycée 2 type 1 quatre 1 œuvre 1 sœur 1 numéro 3 rendez-vous 3 cruel 2 créer 2 réunion 3 aérer 3 femmes 1
"""
DUTCH = """
de 1 hulp 1 eten 2 huis 1 kinderen 3 gratis 2 maaltijd 2 gemeente 3 dienst 1 vrijwilliger 4 nieuws 1 ziekenhuis 3
ouderen 3 buurt 1 kruidenier 3 leeuw 1 bureau 2 sociaal 3 theater 3 museum 3 officieel 4 financiële 5 ideeën 3
coördinatie 5 geïnteresseerd 5 mooie 2 groeien 2 bijeen 2 vrouw 1 mevrouw 2 familie 3 actie 2 individueel 5
toilet 2 yoga 2 type 2 hygiëne 4 baby 2 computer 3 team 1 reageren 4 vrije 2 gebeuren 3 beide 2 nieuwe 2 zoeken 2
u 1 uw 1 auto 2 trein 1 uitkering 3 begeleiding 4 maatschappelijk 4 station 3 informatie 4 jij 1 bijzonder 3
apotheek 3 aanvragen 3 leefloon 2 drieëntwintig 4 egoïst 3 ruimte 2 materieel 4 twee 1 keuze 2 deurwaarder 3
"""


def pairs(listed: str) -> list[tuple[str, int]]:
    found = listed.split()
    return [(word, int(count)) for word, count in zip(found[::2], found[1::2], strict=True)]


@pytest.mark.parametrize(("word", "count"), pairs(FRENCH))
def test_french_syllables_are_those_one_hears(word: str, count: int) -> None:
    assert syllables(word, "fr") == count
    assert syllables(word.upper(), "fr") == count


@pytest.mark.parametrize(("word", "count"), pairs(DUTCH))
def test_dutch_syllables_are_those_one_hears(word: str, count: int) -> None:
    assert syllables(word, "nl") == count


@pytest.mark.parametrize(
    ("word", "count"), [("l’aide", 1), ("d’abord", 2), ("jusqu’à", 2), ("aujourd’hui", 3)]
)
def test_what_is_cut_short_before_an_apostrophe_is_said_with_the_next_word(word: str, count: int) -> None:
    assert syllables(word, "fr") == count


@pytest.mark.parametrize("word", ["gsm", "vzw", "ك", "-", "s"])
def test_a_word_without_vowels_has_one(word: str) -> None:
    assert syllables(word, "nl") == syllables(word, "fr") == 1
