"""The words that the features know: how people shorten, and who and what a word stands for.

Everything is folded (lower case, no accents). It is data: a change needs the models trained anew.
"""


def _spelled_out(lines: str) -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for line in lines.strip().splitlines():
        short, _, long = line.partition("=")
        for one in short.split():
            table[one] = tuple(long.split())
    return table


SPELLED_OUT = _spelled_out(
    """
    j = je
    m = me
    t = tu
    s = se
    c = ce
    n = ne
    d = de
    l = le
    qu k ke = que
    g jai = j ai
    jsuis chui chuis jss chu shui jsui = je suis
    jveux jvx jveu jvveux = je veux
    jpeux jpe jpeu = je peux
    jpp = je peux plus
    jfais = je fais
    jvais jvai jv = je vais
    jdois = je dois
    jsais jsai jsé = je sais
    jsp = je sais pas
    jcrois = je crois
    jcherche = je cherche
    jme = je me
    jen = j en
    jtrouve = je trouve
    jentends = j entends
    javais = j avais
    nai = n ai
    cest cé ces = c est
    cetait = c etait
    ya yak = il y a
    yaplus = il y a plus
    pa = pas
    ke = que
    ki = qui
    koi = quoi
    pk pq pcq pck pcke parsk psk = parce que
    ac avc = avec
    ds = dans
    tt = tout
    tte = toute
    ts = tous
    bcp bcq = beaucoup
    tjs tjrs tjr = toujours
    qd = quand
    qq1 qqn qlqn qqun kelkun kelkin qlq1 = quelqu un
    qqch qqc qlqch = quelque chose
    pr = pour
    mtn mnt mtnt = maintenant
    dpuis dps = depuis
    slt = salut
    svp stp = svp
    pb pbs pblm = probleme
    rdv = rendez vous
    vs = vous
    ns = nous
    ms = mais
    aprem = apres midi
    aujourdhui ajd auj = aujourd hui
    dla = de la
    deja dja = deja
    ma = ma
    mem = meme
    frr = frere
    reuf = frere
    reum daronne = mere
    reup daron = pere
    meuf = femme
    keum mec = copain
    teubé = bete
    ouf = fou
    vener = enerve
    chelou = bizarre
    nuo = nu
    tel = telephone
    gsm = telephone
    bb bebe = bebe
    mdr = rire
    kheb khem heb = ik heb
    kben kbe = ik ben
    kwil kwl = ik wil
    kga kgaan = ik ga
    kkan kan = kan
    kmoet = ik moet
    kwou = ik wou
    kzou = ik zou
    kzie = ik zie
    kzit = ik zit
    kzoek = ik zoek
    kweet = ik weet
    kvind = ik vind
    kvoel = ik voel
    khoor = ik hoor
    kdenk = ik denk
    kword = ik word
    kwas = ik was
    khad = ik had
    kslaap = ik slaap
    kdurf = ik durf
    kmis = ik mis
    ksta = ik sta
    ekik ekikke ikke = ik
    da = dat
    wa = wat
    ni nie nt = niet
    nimeer nimer niemeer = niet meer
    ng = nog
    mn mijne mijnen mne mij m'n = mijn
    zn zijne zijnen zne = zijn
    uwen = uw
    onzen = ons
    haren = haar
    ne nen = een
    ge gij gullie gulle = je
    tis = het is
    twas = het was
    tgaat = het gaat
    kzen = ik ben
    zen = zijn
    zit = zit
    moek moeke mams mamske mama ma = mama
    papa paps pa vake = papa
    efkes effe = even
    iet = iets
    niks = niets
    altij = altijd
    smorgens = morgen
    savonds = avond
    snachts = nacht
    vdg = vandaag
    wrm = waarom
    idd = inderdaad
    vr = voor
    mt = met
    eig = eigenlijk
    gwn = gewoon
    mss misch = misschien
    nr = naar
    tog = toch
    kapt = kapot
    sebiet subiet = straks
    """
)
"""Short spellings, contractions and verlan, and the words they stand for."""

_CLASSES = {
    "moi": "je j me m moi mon ma mes ik mij mijn i my jestem yo mi io mio eu meu benim ben",
    "nous": "nous notre nos on wij we ons onze",
    "partenaire": """
        mari epoux femme epouse copain copine compagnon compagne conjoint conjointe ex fiance
        fiancee amant homme man echtgenoot vrouw vriend vriendin vent partner lief liefje wederhelft
        gast
    """,
    "enfant": """
        enfant enfants fils fille fillette bebe bebes gamin gamine gosse gosses nourrisson petit
        petite petits ado garcon eleve kind kinderen kids zoon dochter baby babytje kleine kleintje
        zoontje dochtertje meisje jongen peuter kleuter tiener puber leerling kindje kindjes ket
        ketje
    """,
    "parent": """
        pere mere papa maman parents tuteur vader moeder mama ouders stiefvader stiefmoeder
        plusvader
    """,
    "famille": """
        frere soeur cousin cousine oncle tonton tante tata neveu niece broer zus zuster nonkel oom
        neef nicht familie famille broertje zusje schoonbroer schoonvader schoonmoeder
    """,
    "aine": """
        grandmere mamie mamy papy papi bobonne bomma bompa oma opa grootmoeder grootvader vieux
        vieille ainee aine bejaarde oude oudere senior resident bewoner bewoonster
    """,
    "ami": """
        ami amie amis pote potes collegue collegues voisin voisine voisins coloc colocataire
        camarade collega collegas buur buren buurman buurvrouw kameraad maat maatje beste huisgenoot
        kotgenoot
    """,
    "patron": "patron patronne chef employeur madame monsieur baas bazin werkgever mevrouw meneer",
    "il": "il elle lui eux ils hij zij ze hem haar hen",
    "quelquun": "quelquun quelqu personne dame monsieur type gars iemand mens persoon madam",
    "corps": """
        gorge cou tete bras ventre cheveux visage nez main mains jambe jambes poignet poignets doigt
        dos poitrine coeur bouche oeil yeux levres keel nek hals hoofd arm armen buik gezicht neus
        hand handen been benen pols polsen rug borst hart mond oog ogen lippen
    """,
    "maintenant": """
        maintenant la ce soir nuit tout suite immediatement direct urgent nu vannacht vanavond
        meteen onmiddellijk dringend
    """,
    "non": "pas plus rien sans aucun aucune jamais ni niet geen niets zonder nooit nergens niemand",
    "peur": "peur peurs effraye effrayee terrorisee angoisse crains bang schrik angst bange",
}
CLASS_OF: dict[str, str] = {}
"""The class a word stands for, as in « mon mari » and « mijn vent »: a partner."""
for _name, _words in _CLASSES.items():
    for _word in _words.split():
        CLASS_OF.setdefault(_word, _name)


THINGS = frozenset({"corps", "maintenant", "non", "peur"})
"""The classes that are no person."""
