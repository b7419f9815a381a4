"""Words proposed while typing and after a slip, on every engine."""

from guide.search.engine import Document


def test_suggestions_are_the_most_frequent_words_of_living_listings(engine, listing):
    engine.rebuild([listing("a", "soupe soin"), listing("b", "soupe"), listing("c", "sommeil sommeil")], 1)
    assert engine.suggest("SO", "fr") == ["soupe", "soin", "sommeil"]
    assert engine.suggest("so", "fr", limit=1) == ["soupe"]
    assert engine.suggest("s", "fr") == engine.suggest("so", "nl") == []
    engine.delete(["a", "b"], 2)
    assert engine.suggest("so", "fr") == ["sommeil"]


def test_near_words_are_spelt_nearly_so(engine, listing):
    engine.rebuild(
        [
            listing("a", "ordinateur soupe pain"),
            listing("b", "souper ordinateurs soupe"),
            listing("c", "main"),
        ],
        1,
    )
    assert engine.near("ordinnateur", "fr") == ["ordinateur", "ordinateurs"]
    assert engine.near("soupr", "fr") == ["soupe", "souper"]
    assert engine.near("opupe", "fr") == []  # two changes: too far for five letters
    assert engine.near("osupe", "fr") == ["soupe"]  # two letters exchanged are one change
    assert engine.near("pain", "fr") == ["main"]  # never itself
    assert engine.near("pai", "fr") == engine.near("ordinnateur", "nl") == []
    engine.delete(["c"], 2)
    assert engine.near("pain", "fr") == []


def test_known_words_are_those_of_listings(engine, listing):
    engine.rebuild([listing("a", "soupe")], 1)
    assert engine.knows("Soupe", "fr")
    assert not engine.knows("soupe", "nl")
    assert not engine.knows("", "fr")


def test_a_suggestion_is_written_as_most_people_write_it(engine):
    def held(identifier, *words):
        return Document(identifier, words={"fr": words})

    engine.rebuild(
        [
            held("a", "école", "médiation"),
            held("b", "école", "ecole"),
            held("c", "œuvre"),
            held("d", "suivi"),
        ],
        1,
    )
    assert engine.suggest("ecol", "fr") == engine.suggest("École", "fr") == ["école"]
    assert engine.suggest("oe", "fr") == engine.suggest("œu", "fr") == ["œuvre"]
    assert engine.suggest("su", "fr") == ["suivi"]
    assert engine.knows("ecole", "fr")
    assert engine.near("mediatoin", "fr") == ["mediation"]
    engine.delete(["a"], 2)
    assert engine.suggest("medi", "fr") == []
