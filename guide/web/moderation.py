"""The coordinator's desk: what needs care, a list each, with one click a piece of work.

The rules are those of `guide.editing`; a page reads its input, calls one function and says what was done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from werkzeug.wrappers import Response as AnyResponse
from wtforms import RadioField, StringField, TextAreaField

from guide import audit, mail
from guide.directory import search_log
from guide.directory.freshness import Freshness, Standing, asks_to_be_archived, standing
from guide.editing import (
    fulfilments,
    listings,
    merging,
    organizations,
    proposals,
    reminders,
    reports,
    review,
    revisions,
    translations,
)
from guide.editing.differences import Run, runs
from guide.editing.listings import FOLLOWING as TECHNICAL
from guide.languages import LANGUAGES, Bilingual, Language, LocalText
from guide.model import (
    Account,
    Citation,
    ErrorReport,
    Fulfilment,
    FulfilmentState,
    Mail,
    Organization,
    Proposal,
    ProposalState,
    Publication,
    Revision,
    Service,
)
from guide.web import forms, guard, record_words
from guide.web.addresses import bilingual_page, reader
from guide.web.context import now, session, writing
from guide.web.counting import write_counts
from guide.web.desk_sheet import who
from guide.web.forms import N_, GuideForm, at_most, mail_address, needed, options
from guide.web.signing import sign, signed

pages = Blueprint("moderation", __name__)

STATES = {"a-confirmer": Freshness.TO_CONFIRM, "perimees": Freshness.STALE, "jamais": Freshness.UNVERIFIED}
"""What the page of listings to confirm can be narrowed to, by the value in its address."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One path of a proposal on the page: before and after in words, and word by word where it is a text."""

    path: str
    before: list[LocalText]
    after: list[LocalText]
    words: list[Run]
    quick: bool


class AnswerForm(GuideForm):
    answer = TextAreaField(label=N_("Votre réponse à l’association"), validators=[at_most(1000)])


class LinkForm(GuideForm):
    note = StringField(label=N_("Note"), validators=[at_most(400)])
    evidence_fr = TextAreaField(label=N_("Votre preuve, en français"), validators=[at_most(400)])
    evidence_nl = TextAreaField(label=N_("Votre preuve, en néerlandais"), validators=[at_most(400)])


class OrganizationForm(GuideForm):
    name_fr = StringField(label=N_("Nom en français"), validators=[at_most(160)])
    name_nl = StringField(label=N_("Nom en néerlandais"), validators=[at_most(160)])
    description_fr = TextAreaField(label=N_("Description en français"), validators=[at_most(4000)])
    description_nl = TextAreaField(label=N_("Description en néerlandais"), validators=[at_most(4000)])
    website = StringField(label=N_("Site"), validators=[at_most(500)])
    email = StringField(label=N_("E-mail"), validators=[mail_address])
    trusted = RadioField(label=N_("Changements de téléphone, d’heures et de places"))
    secrecy = RadioField(label=N_("Tenu au secret professionnel ?"))


class ReasonForm(GuideForm):
    kept = RadioField(
        label=N_("Laquelle reste ?"), validators=[needed(lambda: _("Choisissez la fiche qui reste."))]
    )


@bilingual_page(pages, "/moderation/", "/moderatie/")
def index(lang: Language) -> str:
    """What needs care, counted; each count leads to its list."""
    today = now().date()
    ages = [standing(service, today).state for service in _published()]
    behind = {side: len(translations.to_translate(session(), side)) for side in LANGUAGES}
    return render_template(
        "moderation/index.html",
        review=review.count_waiting(session()),
        live=_count(select(func.count()).select_from(Revision).where(Revision.to_see)),
        ages={name: ages.count(state) for name, state in STATES.items()},
        behind=behind,
        reports=_count(select(func.count()).select_from(ErrorReport).where(ErrorReport.closed_at.is_(None))),
        links=_count(
            select(func.count()).select_from(Fulfilment).where(Fulfilment.state == FulfilmentState.PROPOSED)
        ),
        alone=len(reminders.organizations_without_editor(session())),
        lost=len(search_log.searches(session(), today - timedelta(days=90), without_result=True)),
        doubles=len(merging.likely_duplicates(session())),
        mails=len(mail.unsure(session(), now())),
    )


@bilingual_page(pages, "/moderation/propositions/", "/moderatie/voorstellen/")
def proposals_list(lang: Language) -> str:
    """The proposals that wait, oldest first."""
    return render_template("moderation/proposals.html", waiting=review.waiting(session()), title=_title)


@bilingual_page(
    pages,
    "/moderation/propositions/<int(max=9999999):number>",
    "/moderatie/voorstellen/<int(max=9999999):number>",
    methods=("GET", "POST"),
)
def proposal(lang: Language, number: int) -> str | Response | AnyResponse:
    """Before and after, field by field; accept what is ticked, ask for a correction, or refuse."""
    found = session().get(Proposal, number)
    if found is None or found.state is ProposalState.DRAFT:
        abort(404)
    form = AnswerForm(request.form if request.method == "POST" else None)
    verb = request.form.get("quoi", "")
    chosen = request.form.getlist("champ") if request.method == "POST" else None
    if forms.sent() and form.validate():
        try:
            with writing() as opened:
                done = _answer(opened, number, verb, chosen or [], form)
            if done:
                return redirect(url_for("moderation.proposals_list", fait=verb), 303)
        except review.AlreadyDecided:
            form.problems.append(_("Quelqu’un a déjà répondu à cette proposition, ou elle a été retirée."))
        except review.NothingLeft:
            form.problems.append(_("Cochez au moins un changement à publier."))
        except proposals.NotReady as lacking:
            names = ", ".join(record_words.field_label(name) for name in lacking.missing)
            form.problems.append(_("Il manque encore : %(names)s.", names=names))
        except revisions.UnsoundRecord:
            form.problems.append(
                _(
                    "Un changement ne va plus avec le reste de la fiche. Demandez une correction à l’association."
                )
            )
        session().expire_all()
        found = session().get_one(Proposal, number)
    page = render_template(
        "moderation/proposal.html",
        proposal=found,
        name=_title(found),
        changes=_shown(found),
        chosen=chosen,
        form=form,
        open=found.state is ProposalState.WAITING,
    )
    return make_response(page, 422 if form.went_wrong else 200)


@bilingual_page(pages, "/moderation/en-ligne", "/moderatie/online", methods=("GET", "POST"))
def live(lang: Language) -> str | AnyResponse:
    """Changes that went live by themselves; looked at, one by one or all that are ticked."""
    if request.method == "POST":
        with writing() as opened:
            me = guard.actor(opened)
            for number in _numbers("revision"):
                revision = opened.get(Revision, number)
                if revision is not None and revision.to_see:
                    revision.to_see = False
                    audit.record(
                        opened,
                        f"account:{me.id}",
                        "change_seen",
                        f"service:{revision.service.key}",
                        f"version {revision.number}",
                        now=now(),
                    )
        return redirect(url_for("moderation.live", fait="vu"), 303)
    found = revisions.to_see(session())
    return render_template(
        "moderation/live.html",
        found=[(revision, _revised(revision)) for revision in found],
    )


@bilingual_page(pages, "/moderation/fiches", "/moderatie/fiches", methods=("GET", "POST"))
def listings_list(lang: Language) -> str | AnyResponse:
    """Listings by how long ago they were confirmed; confirm those that are ticked, after a call."""
    if request.method == "POST":
        confirmed = 0
        with writing() as opened:
            me = guard.actor(opened)
            for key in request.form.getlist("fiche"):
                service = listings.find(opened, me, key)
                if service is not None and service.publication is Publication.PUBLISHED:
                    revisions.confirm(opened, listings.locked(opened, service.id), actor=me, now=now())
                    confirmed += 1
        state = request.form.get("etat", "")
        return redirect(url_for("moderation.listings_list", etat=state or None, fait=confirmed), 303)
    today = now().date()
    asked = request.args.get("etat", "")
    found: list[tuple[Service, Standing, bool]] = []
    for service in _published():
        age = standing(service, today)
        if age.state is not Freshness.FRESH and STATES.get(asked, age.state) is age.state:
            found.append((service, age, asks_to_be_archived(service, today)))
    found.sort(key=lambda row: (row[1].assured is not None, row[1].assured, row[0].key))
    return render_template("moderation/listings.html", found=found, asked=asked, states=STATES)


@bilingual_page(pages, "/moderation/signalements", "/moderatie/meldingen")
def reports_list(lang: Language) -> str:
    """The errors that visitors reported and nobody closed, oldest first."""
    return render_template("moderation/reports.html", found=reports.open_reports(session(), who()))


@bilingual_page(pages, "/moderation/liens", "/moderatie/koppelingen", methods=("GET", "POST"))
def links(lang: Language) -> str | Response | AnyResponse:
    """Proposed links to actions: confirm or refuse each, with a note."""
    form = LinkForm(request.form if request.method == "POST" else None)
    at = 0
    if forms.sent():
        at = next(iter(_numbers("lien")), 0)
        if form.validate():
            state = {"confirmer": FulfilmentState.CONFIRMED, "refuser": FulfilmentState.REFUSED}.get(
                request.form.get("quoi", "")
            )
            try:
                with writing() as opened:
                    link = opened.get(Fulfilment, at)
                    if link is None or state is None:
                        abort(404)
                    evidence = Bilingual(form.evidence_fr.data or None, form.evidence_nl.data or None)
                    fulfilments.decide(
                        opened,
                        link,
                        state,
                        form.note.data or "",
                        guard.actor(opened),
                        now(),
                        evidence or None,
                    )
                return redirect(url_for("moderation.links", fait=request.form.get("quoi")), 303)
            except fulfilments.CannotConfirm:
                form.evidence_fr.errors = [
                    _(
                        "Ce lien est notre lecture des textes. Pour le confirmer, écrivez une phrase de preuve."
                    )
                ]
    page = render_template("moderation/links.html", found=fulfilments.proposed(session()), form=form, at=at)
    return make_response(page, 422 if form.went_wrong else 200)


@bilingual_page(pages, "/moderation/doublons", "/moderatie/dubbels")
def duplicates(lang: Language) -> str:
    """Pairs of listings that look like one."""
    return render_template(
        "moderation/duplicates.html", pairs=merging.likely_duplicates(session()), services=_published()
    )


@bilingual_page(
    pages, "/moderation/doublons/reunir", "/moderatie/dubbels/samenvoegen", methods=("GET", "POST")
)
def merge(lang: Language) -> str | Response | AnyResponse:
    """Two listings side by side; which stays; then the addresses of the other lead to it."""
    keys = [request.values.get("a", ""), request.values.get("b", "")]
    pair = [
        session().scalar(
            select(Service).where(Service.key == key, Service.publication == Publication.PUBLISHED)
        )
        for key in keys
    ]
    first, second = pair
    if first is None or second is None or first.id == second.id:
        return redirect(url_for("moderation.duplicates", fait="deux"), 303)
    form = ReasonForm(request.form if request.method == "POST" else None)
    form.kept.choices = options((one.key, one.name.into(reader()).words) for one in (first, second))
    if forms.sent() and form.validate():
        gone = second if form.kept.data == first.key else first
        kept = first if gone is second else second
        with writing() as opened:
            merging.merge(
                opened,
                opened.get_one(Service, gone.id),
                opened.get_one(Service, kept.id),
                guard.actor(opened),
                now(),
            )
        return redirect(url_for("moderation.duplicates", fait="reuni"), 303)
    before, after = listings.record_of(first), listings.record_of(second)
    shown = [
        (
            path,
            record_words.lines(path, listings.value_at(before, path)),
            record_words.lines(path, listings.value_at(after, path)),
        )
        for path in listings.differing(before, after)
        if path not in (*TECHNICAL, "key", "short_code")
    ]
    page = render_template("moderation/merge.html", first=first, second=second, form=form, shown=shown)
    return make_response(page, 422 if form.went_wrong else 200)


@bilingual_page(pages, "/moderation/organismes/", "/moderatie/organisaties/")
def organizations_list(lang: Language) -> str:
    """The organisations: who looks after them, whom we trust."""
    alone = {house.key for house in reminders.organizations_without_editor(session())}
    found = session().scalars(select(Organization).order_by(Organization.key)).all()
    return render_template("moderation/organizations.html", found=found, alone=alone)


@bilingual_page(
    pages, "/moderation/organismes/<key>", "/moderatie/organisaties/<key>", methods=("GET", "POST")
)
def organization(lang: Language, key: str) -> str | Response | AnyResponse:
    """One organisation: its words, whether it is trusted, whether it is bound by professional secrecy."""
    house = session().scalar(select(Organization).where(Organization.key == key))
    if house is None:
        abort(404)
    stands = organizations.record_of(house)
    form = OrganizationForm(
        request.form if request.method == "POST" else None, data=organizations.flat(stands)
    )
    form.trusted.choices = options(
        [("yes", _("En ligne tout de suite, montrés après")), ("no", _("Relus avant d’être publics"))]
    )
    form.secrecy.choices = options([("yes", _("Oui")), ("no", _("Non")), ("", _("Pas encore su"))])
    conflict: list[str] = []
    if forms.sent() and form.validate():
        wanted = organizations.from_flat(
            {field.name: field.data or "" for field in form if field.name != guard.TOKEN}
        )
        try:
            with writing() as opened:
                conflict = organizations.save(
                    opened,
                    opened.get_one(Organization, house.id),
                    wanted,
                    signed(f"seen:organization:{key}", request.form.get("vu", ""), guard.FORM_LIFE),
                    guard.actor(opened),
                    now(),
                )
        except organizations.Unsound as unsound:
            for name in unsound.fields:
                form[name].errors = [_("Cette valeur ne va pas. Vérifiez-la.")] if name in form else []
        if conflict:
            form.problems.append(
                _(
                    "Quelqu’un d’autre a changé ceci entre-temps. Voici ses mots ; les vôtres sont dans les cases."
                )
            )
            session().expire_all()
            stands = organizations.record_of(session().get_one(Organization, house.id))
        elif not form.went_wrong:
            return redirect(url_for("moderation.organization", key=key, fait="oui"), 303)
    page = render_template(
        "moderation/organization.html",
        house=house,
        form=form,
        seen=sign(f"seen:organization:{key}", stands),
        theirs={name: organizations.flat(stands).get(name, "") for name in conflict},
        people=_people_of(house),
        services=[one for one in house.services if one.publication is Publication.PUBLISHED],
    )
    return make_response(page, 422 if form.went_wrong else 200)


@bilingual_page(pages, "/moderation/messages", "/moderatie/berichten", methods=("GET", "POST"))
def mails(lang: Language) -> str | AnyResponse:
    """Mails that were perhaps not sent: send again, or drop."""
    if request.method == "POST":
        with writing() as opened:
            me = guard.actor(opened)
            for number in _numbers("message"):
                row = opened.get(Mail, number)
                if row is None or row.sent_at is not None:
                    continue
                verb = "mail_dropped" if request.form.get("quoi") == "jeter" else "mail_sent_again"
                if verb == "mail_dropped":
                    mail.drop(opened, row)
                elif not mail.send_again(opened, row, now()):
                    continue  # it is on its way, or was sent meanwhile
                audit.record(opened, f"account:{me.id}", verb, f"mail:{number}", now=now())
        return redirect(url_for("moderation.mails", fait="oui"), 303)
    return render_template("moderation/mails.html", found=mail.unsure(session(), now()))


@bilingual_page(pages, "/moderation/recherches", "/moderatie/zoekopdrachten")
def searches(lang: Language) -> str:
    """What people searched in the last ninety days, and what found nothing."""
    write_counts()
    since = now().date() - timedelta(days=90)
    return render_template(
        "moderation/searches.html",
        lost=search_log.searches(session(), since, without_result=True)[:100],
        found=search_log.searches(session(), since)[:100],
    )


@bilingual_page(pages, "/moderation/journal", "/moderatie/logboek")
def journal(lang: Language) -> str:
    """The last hundred entries of the audit log; of one thing when it is named."""
    about = request.args.get("objet", "")[:160]
    found = audit.latest(session(), about or None)
    numbers = {int(e.actor.rpartition(":")[2]) for e in found if e.actor.rpartition(":")[2].isdigit()}
    names = {
        account.id: account.name or account.email
        for account in session().scalars(select(Account).where(Account.id.in_(numbers)))
    }
    return render_template("moderation/journal.html", found=found, names=names, about=about)


def _answer(opened: Session, number: int, verb: str, chosen: Sequence[str], form: AnswerForm) -> bool:
    """Does what the pressed button says; False when an answer in words was needed and is missing."""
    found = opened.get_one(Proposal, number)
    me, words = guard.actor(opened), form.answer.data or ""
    if verb == "publier":
        paths = None if found.service_id is None else chosen
        review.accept(opened, found, me, now(), paths=paths, note=words)
        return True
    if not words:
        form.answer.errors = [_("Écrivez à l’association pourquoi, ou ce qu’il faut corriger.")]
        return False
    if verb == "corriger":
        review.ask_correction(opened, found, me, words, now())
        return True
    if verb == "refuser":
        review.refuse(opened, found, me, words, now())
        return True
    abort(400)


def _shown(found: Proposal) -> list[Shown]:
    return [
        _change(change.path, change.before, change.after)
        for change in review.changes(session(), found)
        if change.path not in TECHNICAL
    ]


def _revised(revision: Revision) -> list[Shown]:
    before = revisions.record_before(session(), revision)
    return [
        _change(path, listings.value_at(before, path), listings.value_at(revision.record, path))
        for path in revision.fields
        if path not in TECHNICAL
    ]


def _change(path: str, before: object, after: object) -> Shown:
    texts = isinstance(before, str) and isinstance(after, str)
    return Shown(
        path,
        record_words.lines(path, before),
        record_words.lines(path, after),
        runs(str(before), str(after)) if texts else [],
        listings.field_of(path) in listings.QUICK,
    )


def _title(found: Proposal) -> str:
    """What a proposal is about: the name of its listing."""
    name = found.record.get("name") or {}
    return str(name.get(reader()) or next(iter(name.values()), "") or _("Fiche sans nom"))


def _published() -> list[Service]:
    return list(
        session().scalars(
            select(Service)
            .where(Service.publication == Publication.PUBLISHED)
            .order_by(Service.key)
            .options(
                selectinload(Service.citations).joinedload(Citation.source), joinedload(Service.organization)
            )
        )
    )


def _people_of(house: Organization) -> list[Account]:
    return list(
        session().scalars(
            select(Account).where(Account.memberships.any(organization_id=house.id)).order_by(Account.email)
        )
    )


def _numbers(name: str) -> list[int]:
    """The whole numbers sent under this name; what is none is left aside."""
    return [
        int(value)
        for value in request.form.getlist(name)
        if value.isascii() and value.isdigit() and len(value) < 10
    ]


def _count(query: object) -> int:
    return int(session().scalar(query) or 0)  # type: ignore[call-overload]
