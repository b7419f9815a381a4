"""After saving, the desk says what could be easier to read; it never refuses."""

from flask import Flask

from tests.people import someone

KEY = "caba-jette"


def test_a_hard_text_is_saved_and_advice_is_given(instance, make_app) -> None:
    guide_app: Flask = make_app(instance)
    client = someone(guide_app, "editor", KEY)
    page = client.get(f"/fr/mon-association/services/{KEY}/a-propos")
    forms = [element.attributes for element in page.all("form")]
    form = next(one["id"] for one in forms if "a-propos" in one["action"])
    answer = client.submit(
        page,
        form,
        summary_fr="Les bénéficiaires du RIS sollicitent une attestation afin de manger.",
    )
    assert answer.status == 303
    shown = client.get(answer.headers["Location"])
    assert "Plus facile à lire ?" in shown.words
    for words in ("bénéficiaires", "personne aidée", "RIS", "revenu d’intégration sociale", "afin de"):
        assert words in shown.words
