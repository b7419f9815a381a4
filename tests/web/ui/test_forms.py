"""What every form shares: one field that asks for a mail address, wherever one is asked."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import force_locale
from werkzeug.datastructures import MultiDict
from wtforms import Form, StringField

from guide.web.ui.forms import GuideForm, MailField, at_most, needed


class Asked(GuideForm):
    email = MailField("E-mail", validators=[needed(lambda: "needed"), at_most(20)])


class Offered(GuideForm):
    email = MailField("E-mail")


@pytest.fixture(scope="module", autouse=True)
def _in_french(shared_app: Flask) -> Iterator[None]:
    with shared_app.test_request_context(), force_locale("fr"):
        yield


def said(kind: type[GuideForm], typed: str) -> list[str]:
    form = kind(MultiDict({"email": typed}))
    form.validate()
    return [str(words) for words in form.email.errors]  # type: ignore[attr-defined]


def test_an_address_is_taken_as_it_is_typed_without_the_spaces_around_it() -> None:
    form = Asked(MultiDict({"email": " nom@exemple.be\u200b "}))
    assert form.validate()
    assert form.email.data == "nom@exemple.be"


def test_nothing_is_fine_where_nothing_is_needed() -> None:
    assert said(Offered, "") == []
    assert said(Asked, "") == ["needed"]


@pytest.mark.parametrize("kind", [Asked, Offered])
@pytest.mark.parametrize(
    ("typed", "words"),
    [("rené@exemple.be", "é. Nos e-mails"), ("nom@", "nom@exemple.be"), ("a b@c.be", "nom@exemple.be")],
)
def test_what_is_no_address_is_said_with_how_to_mend_it(
    kind: type[GuideForm], typed: str, words: str
) -> None:
    [told] = said(kind, typed)
    assert words in told


def test_its_own_validators_speak_first() -> None:
    assert "signes" in said(Asked, "x" * 30)[0]


def _forms(kind: type[Form]) -> Iterator[type[Form]]:
    for child in kind.__subclasses__():
        yield child
        yield from _forms(child)


def test_every_form_that_asks_for_an_address_asks_by_this_field() -> None:
    plain = {
        f"{kind.__module__}.{kind.__name__}.{name}"
        for kind in _forms(GuideForm)
        if kind.__module__.startswith("guide.")
        for name in dir(kind)
        if ("mail" in name.split("_") or "email" in name.split("_"))
        and hasattr(field := getattr(kind, name), "field_class")
        and issubclass(field.field_class, StringField)
        and not issubclass(field.field_class, MailField)
    }
    assert not plain
    asking = [kind for kind in _forms(GuideForm) if kind.__module__.startswith("guide.") and _asks(kind)]
    assert len(asking) >= 10


def _asks(kind: type[Form]) -> bool:
    return any(
        issubclass(getattr(getattr(kind, name), "field_class", object), MailField)
        for name in dir(kind)
        if not name.startswith("_")
    )
