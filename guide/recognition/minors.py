"""Whether somebody says that she is a minor: a model hears no figures, and an age is one."""

import re

from guide.search.analysis import fold

OLDEST, YOUNGEST = 17, 5

_I_AM = r"(?:j ?'? ?ai|moi|(?:ik|k) ?(?:ben|bn)|b[e]?n|i ?'? ?a?m|tengo|tenho|ho|am|mam|meni|мені|мне|عمري)"
_YEARS = r"(?:ans?|jaar|jr|y ?o|years?(?: old)?|anos|anni|(?:de )?ani|lat|роки|років|лет|года|سنة|سنوات)"
_ENDS = (
    r"(?= *(?:$|[^\w ]|(?:oud|je|j|jsuis|chuis?|mon|ma|mes|on|et|en|ik|k|mijn|weet|i|my|and|y|e|si|и|я)\b))"
)
"""What follows an age; « ik ben 10 jaar dakloos » and « j’ai 10 ans de rue » tell of no age."""

_OWN_AGE = re.compile(rf"\b{_I_AM}(?: [^\W\d]+)? ?(\d{{1,2}})(?: ?{_YEARS})?{_ENDS}")
_BARE_AGE = re.compile(rf"(?:^|[,;.(] ?)(\d{{1,2}}) ?{_YEARS}(?= *(?:$|[,;.)!?]))")
_CHILDREN = re.compile(r"\b(?:enfants?|fils|filles?|bebes?|kind|kinderen|zoon|dochter|baby)\b")
_MINOR = re.compile(r"(?<!enfant )\b(?:mineure?|minderjarig|underage|(?<!a )minor)\b")


def speaks_as_minor(text: str) -> bool:
    """Does somebody say her own age, and is it below 18; or that she is a minor?

    Of children somebody has with her nothing is said: a family may well need the night shelter.
    """
    plain = fold(text)
    ages = [int(age) for age in _OWN_AGE.findall(plain)]
    if not _CHILDREN.search(plain):  # an age beside them is theirs
        ages += [int(age) for age in _BARE_AGE.findall(plain)]
    return any(YOUNGEST <= age <= OLDEST for age in ages) or bool(_MINOR.search(plain))
