"""Help to choose: a question a page, the answers in the address, then the services that fit and why.

Plain pages and links; no cookie, and nothing of the answers is stored.
"""

from flask import Blueprint, abort, g, render_template, url_for

from guide.directory.choosing import Answer, Bearing, Candidate, Reason, answers_in, choose
from guide.directory.listing import Listing
from guide.directory.urgent import PANEL_OF_NEED
from guide.languages import Language, other
from guide.model import AskedFact, TaxonomyTerm
from guide.web.ui import discretion
from guide.web.ui.cards import Card
from guide.web.ui.labels import language_name
from guide.web.ui.paging import address_of_page, page_of
from guide.web.ui.request_context import (
    catalogue,
    crisis_panels,
    listings,
    need_with_slug,
    now,
    questions,
    session,
)
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page, query_string, query_value, reader

pages = Blueprint("choosing", __name__)


@bilingual_page(pages, "/besoins/<slug>/questions", "/noden/<slug>/vragen")
def ask(lang: Language, slug: str) -> str:
    """The next question of a need, or, with all answered, who fits; the address holds the answers so far."""
    need = need_with_slug(slug, lang)
    asked = questions(need) if need is not None else []
    if need is None or not asked:
        abort(404)
    answers = answers_in(query_value("answers", lang), len(asked))
    g.alternate_values = {"slug": need.slug.side(other(lang))}
    discretion.mark(need.page_is_sensitive)
    # The answers are the reader's own: no search engine and no shared cache keeps them.
    g.personal = bool(answers)
    crisis = crisis_panels([PANEL_OF_NEED[need.key]] if need.key in PANEL_OF_NEED else [], lang)
    if len(answers) < len(asked):
        return render_template(
            "public/choosing/ask.html",
            need=need,
            crisis=crisis,
            question=asked[len(answers)],
            number=len(answers) + 1,
            count=len(asked),
            choices=[
                (_("Oui"), _url(need, [*answers, Answer.YES])),
                (_("Non"), _url(need, [*answers, Answer.NO])),
                (_("Je ne sais pas"), _url(need, [*answers, Answer.UNKNOWN])),
            ],
            back=_url(need, answers[:-1]) if answers else None,
            rest=_url(need, answers + [Answer.UNKNOWN] * (len(asked) - len(answers))),
        )
    found = catalogue().help_with(need.key, lang, now().date())
    chosen = choose(session(), need, found, asked, answers, now())
    groups = [
        (_("Conviennent à ce que vous avez dit"), chosen.fitting),
        (_("Peuvent aussi vous aider") if chosen.fitting else _("Peuvent vous aider"), chosen.also),
        (_("Ne conviennent peut-être pas"), chosen.less),
    ]
    page = page_of([(title, one) for title, candidates in groups for one in candidates], lang)
    shown = {one.key: one for one in listings(one.service for _title, one in page.items)}
    return render_template(
        "public/choosing/result.html",
        need=need,
        crisis=crisis,
        said=[
            (question.yes if answer is Answer.YES else question.no, _url(need, answers[:place]))
            for place, (question, answer) in enumerate(zip(asked, answers, strict=True))
            if answer is not Answer.UNKNOWN
        ],
        groups=[
            (
                title,
                [
                    _explained(one, shown[one.service.key])
                    for own, one in page.items
                    if own == title and one.service.key in shown  # an edit may just have taken one away
                ],
            )
            for title, _candidates in groups
        ],
        page=page,
        page_url=lambda number: address_of_page(number, lang, answers="".join(answers)),
        again=_url(need, []),
        here=_url(need, answers),
    )


def _url(need: TaxonomyTerm, answers: list[Answer]) -> str:
    return url_for("public.choosing.ask", slug=need.slug.side(reader())) + query_string(
        {"answers": "".join(answers)}, reader()
    )


def _explained(one: Candidate, listing: Listing) -> tuple[Card, list[str], list[str]]:
    """A service as a card that also says what is not known of the answers, why it fits and why it might not."""
    return (
        Card(listing, to_ask=[_to_ask(reason) for reason in one.of(Bearing.ASK)]),
        [_because(reason) for reason in one.of(Bearing.FITS)],
        [_because(reason) for reason in one.of(Bearing.MAY_NOT)],
    )


def _because(reason: Reason) -> str:
    """One sentence: what was said, and the fact of the record that it meets."""
    return _(
        "Parce que vous avez dit « %(said)s » : %(fact)s.",
        said=reason.said.localized(reader()).words,
        fact=_fact(reason),
    )


def _fact(reason: Reason) -> str:
    fits = reason.bearing is Bearing.FITS
    names = ", ".join(name.localized(reader()).words for name in reason.names)
    spoken = ", ".join(language_name(code) for code in reason.languages)
    words = {
        AskedFact.TOPIC: _("c’est pour ceci : %(names)s", names=names)
        if fits
        else _("c’est surtout pour ceci : %(names)s", names=names),
        AskedFact.PUBLIC: _("c’est pour ce public : %(names)s", names=names)
        if fits
        else _("c’est surtout pour ce public : %(names)s", names=names),
        AskedFact.LANGUAGE: _("on y parle %(spoken)s", spoken=spoken),
        AskedFact.FREE: _("c’est gratuit") if fits else _("ce n’est pas gratuit"),
        AskedFact.PAPERS: _("on ne demande pas de papiers") if fits else _("on demande des papiers"),
        AskedFact.WALK_IN: _("vous y allez sans rendez-vous") if fits else _("il faut un rendez-vous"),
        AskedFact.REFERRAL: _("un travailleur social doit vous y envoyer"),
        AskedFact.OPEN_NOW: _("c’est ouvert à cette heure") if fits else _("c’est fermé à cette heure"),
        AskedFact.RESIDENT: _("c’est aussi pour les autres communes"),
    }
    if reason.fact is AskedFact.RESIDENT and not (fits and reason.answer is Answer.NO):
        return _("c’est pour les habitants de Jette") if fits else _("c’est seulement pour Jette")
    return words[reason.fact]


def _to_ask(reason: Reason) -> str:
    """What nobody knows yet, in words."""
    return {
        AskedFact.LANGUAGE: _(
            "si on y parle %(spoken)s", spoken=", ".join(language_name(code) for code in reason.languages)
        ),
        AskedFact.RESIDENT: _("si c’est aussi pour les autres communes"),
        AskedFact.FREE: _("le prix"),
        AskedFact.PAPERS: _("s’il faut des papiers"),
        AskedFact.WALK_IN: _("s’il faut un rendez-vous"),
        AskedFact.OPEN_NOW: _("si c’est ouvert"),
    }[reason.fact]
