"""The word lists behind the analysis: stop words, irregular forms, Dutch compound parts.

Everything here is already folded (lower case, no accents). It is data.
A change of any list changes `analysis.ANALYSIS_VERSION`, so that the index is rebuilt.

Two decisions of the field:

- Negations (`ne`, `pas`, `plus`, `niet`, `geen`, `niets`) are stop words: « plus de toit » asks for `toit`.
  `sans` and `zonder` are not: they name people (« sans abri », « zonder papieren »).
- Dutch `was` (laundry), `les` (lesson) and `arm` (poor) and French `ete` (summer) stay words.
"""


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


STOP_WORDS: dict[str, frozenset[str]] = {
    "fr": _listed(
        """
        a ai aie as au aucun aucune aux avec avez avoir avons besoin bonjour c ca car ce cela celle
        celles celui ces cet cette ceux cherche cherchons chez comme comment d dans de des dois doit
        donc dont du elle elles en entre es est et etaient etais etait etant etes etre eu eux faire
        fait faut il ils j jamais je jusqu l la laquelle le lequel les leur leurs lors lorsqu lui m
        ma mais me meme merci mes moi mon n ne ni nos notre nous on ont or ou par pas peu peut peux
        plus pour pouvez pouvoir puis puisqu qu quand que quel quelle quelles quels qui quoi quoiqu
        rien s sa sais se ses si soit sommes son sont suis sur svp t ta te tes toi ton tous tout
        toute toutes tres trop tu un une va vais veut veux voici voila vos votre voudrais vous vu y
        """
    ),
    "nl": _listed(
        """
        aan al alle alles als altijd bedankt ben bent bij d daar dan dat de der des deze die dit
        doen doet door dus echt een elk elke en er erg geen graag had hadden heb hebben hebt heeft
        hem hen het hier hij hoe hun iemand iets ik in is ja je jij jou jouw jullie kan kun kunnen
        kunt m maar mag me mee meer men met mij mijn moet moeten n na naar niemand niet niets nodig
        nog nooit nu of om omdat onder ons onze ook op over r s t te tegen toch tot u uit uw van
        veel via voor waar waarom wanneer want wat we weer wel welke wie wij wil willen wilt word
        worden wordt z ze zeer zich zij zijn zo zoek zoeken zou zouden
        """
    ),
}

# Cut from the front of a French word: l'aide, d'urgence, qu'un, jusqu'au.
ELISIONS: frozenset[str] = _listed("l d j m t s c n qu jusqu lorsqu puisqu quoiqu")
# Words that keep their apostrophe.
WHOLE_WITH_APOSTROPHE: frozenset[str] = frozenset({"aujourd'hui"})

# French words that end in s or x in the singular too, or that Snowball would confuse with another word
# (cours/cour, mois/moi, loyer/loi): they are their own stem.
FRENCH_OWN_STEM: frozenset[str] = _listed(
    """
        acces ailleurs apres avis bas bois bras bus chaux choix colis concours corps cours croix
        dans depuis deux discours divers dos doux encens faux fils fois fonds gaz gros heureux hors
        jamais logis loi loyer mars mois nez noix ours paix panier papier parcours pays permis poids
        prix proces puits recours reins repas riz roux sans secours sens sport succes tapis taux
        temps toujours toux tres velours voix
        """
)
# French plurals that no rule of ours or of Snowball brings back to the singular.
FRENCH_IRREGULAR: dict[str, str] = {
    "travaux": "travail",
    "baux": "bail",
    "vitraux": "vitrail",
    "yeux": "oeil",
    "maux": "mal",
    "impayee": "impaye",
    "payer": "paye",
    "payes": "paye",
    "payee": "paye",
    "payees": "paye",
    "lettre": "lettre",
    "cieux": "ciel",
}
# Plurals in -x whose singular only loses the x.
FRENCH_PLURAL_X: frozenset[str] = _listed(
    """
        adieux aveux bijoux cailloux cheveux choux dieux enjeux feux genoux hiboux jeux lieux
        milieux neveux pneux poux voeux
        """
)

DUTCH_IRREGULAR: dict[str, str] = {
    "centra": "centrum",
    "musea": "museum",
    "kinderen": "kind",
    "kinders": "kind",
    "eieren": "ei",
    "kledij": "kleding",
    "kleren": "kleding",
    "steden": "stad",
    "schepen": "schip",
    "leden": "lid",
    "eten": "eten",
    "lezen": "lezen",
    "lees": "lezen",
    "energies": "energie",
    "baby": "baby",
    "babys": "baby",
}

# Parts of Dutch compounds met in social listings. A word is split only when parts cover it entirely,
# so ziekenhuis and gemeentehuis, whose second part is deliberately missing, stay whole.
DUTCH_PARTS: frozenset[str] = _listed(
    """
        advies advocaat afval alcohol alfabetisering apotheek appartement arts asiel auto baby bad
        balie bar bed bedeling begeleider begeleiding beheer bemiddelaar bemiddeling beperking
        beroeps bibliotheek bijstand boeken brief budget bus buurt centrum coach computer cultuur
        cursus dag dakloos daklozen dienst dienstverlening digitale documentatie dokter dorp douche
        drugs eet elektriciteit energie factuur familie fiets gas gebruikers geestelijke gemeenschap
        geweld gezin gezins gezondheid groep handicap hoek hospitaal huisarts huiswerk hulp huur
        huurder inburgering informatie inlichting integratie interim internet jeugd jongeren
        juridische kamer kamp kantoor keuken kind kinder klacht klachten klas kleding kleuter kosten
        kruidenier leef les lessen lijn loket loon maaltijd machine mantel markt meter meubel
        migranten mobiliteit moes nacht nood onderneming ondersteuning ontmoeting ontwikkeling
        opleiding opvang ouder ouderen pakket papier papieren partner pensioen permanentie peuter
        plaats plein premie prijs psycho punt recht rekening restaurant rolstoel ruimte rust salon
        school schrijver schuld senioren slaap slachtoffer soep speel speelgoed sport stage starters
        steun straat stroom studio subsidie taal tand tarief tegemoetkoming tehuis telefoon
        therapeut therapie thuis tiener toelage toilet tolk tuin uitkering uitstap uitzend vakantie
        verblijf verlener verlening verpleegkundige verpleging verslaving vertaler vertaling vervoer
        verzekering vluchteling vluchtelingen voedsel vorming vrijwilliger vrijwilligers waarborg
        was wasserette water werk werker wijk winkel wonen woning woon zelf ziekenfonds ziekte
        zoekende zoeker zorg zwem
        """
)
DUTCH_LINKS: tuple[str, ...] = ("", "s", "en", "n", "er", "e")
