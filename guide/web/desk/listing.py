"""The association's desk: its listings at a glance, one listing to check, its parts to fill in, its history.

Pages only: what may be edited, what waits and what is public is decided by `guide.editing`. The pages of a part
are in `edit` and `plan_links`, those of the history in `history`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload
from werkzeug.wrappers import Response as AnyResponse
from wtforms import TextAreaField

from guide.audit import Edit
from guide.directory.freshness import Freshness, Standing, standing
from guide.directory.plain_language import Advice, advice, word_list
from guide.directory.quality import quality
from guide.directory.search_log import ways_in
from guide.editing import listings, preview, proposals, protection, reports, revisions, taking_up
from guide.editing.listings import is_team, record_of
from guide.editing.proposals import ProposalIncompleteError, Sheet
from guide.languages import LANGUAGES, Language
from guide.model import (
    OPEN_PROPOSALS,
    Account,
    Citation,
    ErrorReport,
    Organization,
    Proposal,
    ProposalState,
    Publication,
    Service,
)
from guide.plans.queries import links_of
from guide.records.paths import FieldPath, field_of, side_of
from guide.web.desk import unpublished
from guide.web.desk.listing_view import (
    find_sheet,
    needed_sheet,
    number_of,
    part_url,
    parts_of,
    reference_of,
    service_of,
    title_of,
    waiting_paths,
    who,
)
from guide.web.desk.part_forms import part_of
from guide.web.desk.pending import came_meanwhile, waiting_at
from guide.web.public.counting import write_counts
from guide.web.public.services import record_page
from guide.web.security.access_control import actor, own_path
from guide.web.ui.cards import service_url
from guide.web.ui.fields import nothing_private
from guide.web.ui.forms import N_, GuideForm, at_most, needed, sent
from guide.web.ui.request_context import guide, now, session, writing
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page, query_string, query_value

pages = Blueprint("listing", __name__)

LONGEST_WHY = 400

WITHDRAWN = "w"
"""In the desk's address after changes, or a new listing, were taken back."""


class RemoveForm(GuideForm):
    why = TextAreaField(
        N_("Pourquoi ?"),
        validators=[
            needed(lambda: _("Écrivez en quelques mots pourquoi. Par exemple : le projet est fini.")),
            at_most(LONGEST_WHY),
            nothing_private,
        ],
    )


@dataclass(frozen=True, slots=True)
class Shelf:
    """One listing on the desk's first page, with what asks for care."""

    service: Service
    standing: Standing
    proposal: Proposal | None
    answer: Proposal | None
    wanted: list[str]
    one_sided: list[str]
    reports: list[ErrorReport]

    @property
    def archived(self) -> bool:
        return self.service.publication is Publication.ARCHIVED

    @property
    def to_confirm(self) -> bool:
        return not self.archived and self.standing.state is not Freshness.FRESH


@bilingual_page(pages, "/mon-association/", "/mijn-vereniging/")
def index(lang: Language) -> str:
    """Every listing of the account's organisations with its state; all of them for the commune's people."""
    account = who()
    if is_team(account):
        return _all_listings(lang)
    services = listings.editable_by(session(), account)
    return render_template(
        "desk/listing/index.html",
        shelves=[_shelf(account, service) for service in services],
        searched=_searched(services),
        drafts=proposals.new_sheets(session(), account),
        kept=taking_up.of_account(session(), account),
        kept_url=unpublished.kept_url,
        kept_title=unpublished.title_of,
        erased=query_value("saved", lang) == unpublished.ERASED,
        withdrawn=query_value("saved", lang) == WITHDRAWN,
        organizations=account.organizations,
        to_part=lambda service, name: part_url(service.key, part_of(name), name),
    )


@bilingual_page(pages, "/mon-association/ajouter", "/mijn-vereniging/toevoegen", methods=("GET", "POST"))
def begin(lang: Language) -> str | AnyResponse:
    """A new listing: for which organisation, then its task list."""
    choices = _organizations(session(), who())
    if not sent():
        return render_template("desk/listing/begin.html", organizations=choices)
    chosen = request.form.get("organisme", choices[0].key if len(choices) == 1 else "")
    with writing() as db_session:
        author = actor(db_session)
        owner = next((one for one in _organizations(db_session, author) if one.key == chosen), None)
        if owner is None:
            abort(404)
        begun = proposals.begin(db_session, owner, Edit(author, now()))
        reference = reference_of(Sheet(None, begun, {}))
    return redirect(url_for("desk.listing.listing", ref=reference), 303)


@bilingual_page(pages, "/mon-association/services/<ref>/", "/mijn-vereniging/diensten/<ref>/")
def listing(lang: Language, ref: str) -> str | Response | AnyResponse:
    """Every line of a listing as the public will read it, each with its state and "Modifier"."""
    account = who()
    sheet = find_sheet(session(), account, ref)
    if sheet is None:
        return _given_up(account, ref)
    if ref != reference_of(sheet):
        return redirect(url_for("desk.listing.listing", ref=reference_of(sheet)), 302)
    return _check_page(account, sheet)


@bilingual_page(
    pages,
    "/mon-association/services/<ref>/confirmer",
    "/mijn-vereniging/diensten/<ref>/bevestigen",
    methods=("POST",),
)
def confirm(lang: Language, ref: str) -> AnyResponse:
    """ "C’est juste": the listing is confirmed today."""
    with writing() as db_session:
        account = actor(db_session)
        service = service_of(db_session, account, ref)
        if service.publication is Publication.PUBLISHED:
            revisions.confirm(db_session, service, Edit(account, now()))
    return redirect(own_path(request.form.get("retour", "")) or url_for("desk.listing.index"), 303)


@bilingual_page(
    pages,
    "/mon-association/services/<ref>/envoyer",
    "/mijn-vereniging/diensten/<ref>/versturen",
    methods=("POST",),
)
def send(lang: Language, ref: str) -> str | Response | AnyResponse:
    """A new listing goes to the coordinator; or the page says what is still missing, with links."""
    try:
        with writing() as db_session:
            account = actor(db_session)
            sheet = needed_sheet(db_session, account, ref, hold=True)
            if sheet.service is None:
                proposals.send_new(db_session, sheet, Edit(account, now()))
    except ProposalIncompleteError as lacking:
        found = needed_sheet(session(), who(), ref)
        return make_response(_check_page(who(), found, lacking.missing), 422)
    return redirect(url_for("desk.listing.listing", ref=ref), 303)


@bilingual_page(
    pages,
    "/mon-association/services/<ref>/retirer",
    "/mijn-vereniging/diensten/<ref>/intrekken",
    methods=("POST",),
)
def withdraw(lang: Language, ref: str) -> AnyResponse:
    """The change that waits is taken back; what is public stays. A new listing is given up."""
    with writing() as db_session:
        account = actor(db_session)
        sheet = needed_sheet(db_session, account, ref, hold=True)
        if sheet.proposal is not None:
            proposals.withdraw(db_session, sheet.proposal, Edit(account, now()))
        done = query_string({"saved": WITHDRAWN if sheet.proposal is not None else ""}, lang)
        new = sheet.service is None
    there = url_for("desk.listing.index") if new else url_for("desk.listing.listing", ref=ref)
    return redirect(there + done, 303)


@bilingual_page(
    pages,
    "/mon-association/services/<ref>/supprimer",
    "/mijn-vereniging/diensten/<ref>/verwijderen",
    methods=("GET", "POST"),
)
def remove(lang: Language, ref: str) -> str | Response | AnyResponse:
    """ "Ce service n’existe plus": the listing is archived, with a reason; its address names others."""
    service = service_of(session(), who(), ref)
    if service.publication is Publication.ARCHIVED:
        return redirect(url_for("desk.listing.listing", ref=ref), 303)
    form = RemoveForm(request.form if request.method == "POST" else None)
    if sent() and form.validate():
        with writing() as db_session:
            account = actor(db_session)
            held = listings.locked(db_session, service_of(db_session, account, ref).id)
            came = waiting_at(db_session, held).unsaid
            if not came and held.publication is not Publication.ARCHIVED:
                proposals.archive(db_session, held, Edit(account, now(), form.why.data or ""))
        if not came:
            return redirect(url_for("desk.listing.listing", ref=ref), 303)
        form.problems.append(came_meanwhile())
    page = render_template(
        "desk/listing/remove.html",
        service=service,
        form=form,
        longest=LONGEST_WHY,
        waiting=waiting_at(session(), service),
    )
    return make_response(page, 422 if form.has_errors else 200)


@bilingual_page(
    pages,
    "/mon-association/services/<ref>/remettre",
    "/mijn-vereniging/diensten/<ref>/terugzetten",
    methods=("POST",),
)
def ask_back(lang: Language, ref: str) -> AnyResponse:
    """An archived listing is to come back: at once for a coordinator, else it is asked."""
    with writing() as db_session:
        account = actor(db_session)
        service = service_of(db_session, account, ref)
        if service.publication is Publication.ARCHIVED and not service.merged_into:
            if is_team(account):
                proposals.republish(db_session, service, Edit(account, now()))
            else:
                proposals.ask_back(db_session, service, Edit(account, now()))
    return redirect(url_for("desk.listing.listing", ref=ref), 303)


@bilingual_page(pages, "/mon-association/services/<ref>/apercu", "/mijn-vereniging/diensten/<ref>/voorbeeld")
def look(lang: Language, ref: str) -> str:
    """The listing as the public will see it once everything is accepted; the switch shows the other language."""
    with Session(guide().engine, autoflush=False) as scratch:
        # Nothing of this session is ever written: the listing is filled in only to be looked at.
        sheet = needed_sheet(scratch, who(), ref)
        shown = preview.as_service(scratch, sheet)
        return record_page(shown, scratch, preview_of=reference_of(sheet))


def _shelf(account: Account, service: Service) -> Shelf:
    record = record_of(service)
    return Shelf(
        service,
        standing(service, now().date()),
        proposals.open_for(session(), service),
        proposals.last_answer(session(), service),
        listings.wanted(record),
        listings.one_sided(record),
        reports.open_reports(session(), account, service),
    )


def _all_listings(lang: Language) -> str:
    services = session().scalars(
        select(Service).options(
            selectinload(Service.citations).joinedload(Citation.source), joinedload(Service.organization)
        )
    )
    open_changes = session().scalars(
        select(Proposal.service_id).where(
            Proposal.state.in_(OPEN_PROPOSALS), Proposal.service_id.is_not(None)
        )
    )
    named = sorted(services, key=lambda service: service.name.localized(lang).words.casefold())
    return render_template(
        "desk/listing/all.html",
        listings=[(service, standing(service, now().date())) for service in named],
        changing=set(open_changes),
        withdrawn=query_value("saved", lang) == WITHDRAWN,
    )


def _organizations(db_session: Session, account: Account) -> Sequence[Organization]:
    """For whom an account may add a listing: its own organisations; any for the commune's people."""
    if is_team(account):
        found = db_session.scalars(select(Organization)).all()
        return sorted(found, key=lambda one: one.name.localized("fr").words.casefold())
    return account.organizations


def _check_page(account: Account, sheet: Sheet, missing: Sequence[str] = ()) -> str:
    service = sheet.service
    saved = query_value("saved", g.lang)
    waiting = waiting_paths(sheet)
    known = set(listings.paths())
    done = [path for path in map(FieldPath, saved.split(",")) if path in known]
    live = [path for path in done if path not in waiting]
    return render_template(
        "desk/listing/listing.html",
        sheet=sheet,
        ref=reference_of(sheet),
        title=title_of(sheet),
        service=service,
        public_url=service_url(service) if service is not None else "",
        parts=parts_of(sheet),
        waiting=waiting,
        saved=bool(saved) and saved != WITHDRAWN,
        withdrawn=saved == WITHDRAWN,
        saved_live=live,
        saved_public=[path for path in live if listings.public_reads(service, path)],
        saved_inside=[path for path in live if not listings.public_reads(service, path)],
        saved_waiting=[path for path in done if path in waiting],
        advice=_advice(sheet, done),
        quality=quality(service, now().date(), in_a_plan=bool(links_of(session(), service)))
        if service is not None
        else None,
        ways_in=_ways_in(service) if service is not None else [],
        to_part=lambda path: part_url(reference_of(sheet), part_of(field_of(path)), field_of(path)),
        standing=standing(service, now().date()) if service is not None else None,
        archived=service is not None and service.publication is Publication.ARCHIVED,
        answer=proposals.last_answer(session(), service) if service is not None else None,
        kept=taking_up.of_listing(session(), account, service) if service is not None else [],
        kept_url=unpublished.kept_url,
        kept_title=unpublished.title_of,
        organization=service.organization
        if service is not None
        else sheet.proposal and sheet.proposal.organization,
        open_reports=reports.open_reports(session(), account, service) if service is not None else [],
        undecided=service is not None
        and protection.lacking(session(), record_of(service), record_of(service)),
        missing=[(name, part_url(reference_of(sheet), part_of(name), name)) for name in missing],
        team=is_team(account),
    )


def _searched(services: Sequence[Service]) -> list[tuple[str, str]]:
    """(word, language): the words that led most often to any of these listings, the most first."""
    write_counts()
    counts: Counter[tuple[str, str]] = Counter()
    for service in services:
        for word, side, count in ways_in(session(), service, f"{now() - timedelta(days=90):%Y-%m}"):
            counts[word, side] += count
    return [found for found, _count in counts.most_common(12)]


def _ways_in(service: Service) -> list[tuple[str, str, int]]:
    """Which searched words led to this listing in the last three months, the most first."""
    write_counts()
    return ways_in(session(), service, f"{now() - timedelta(days=90):%Y-%m}")[:12]


def _advice(sheet: Sheet, paths: Sequence[FieldPath]) -> list[tuple[str, str, list[Advice]]]:
    """What could be easier to read in the texts that were just saved: (path, its language, advice)."""
    found: list[tuple[str, str, list[Advice]]] = []
    names = " ".join((sheet.record.get("name") or {}).values())
    for path in paths:
        side = side_of(path)
        words = listings.value_at(sheet.record, path)
        if side in LANGUAGES and isinstance(words, str) and field_of(path) != "name":
            language: Language = "nl" if side == "nl" else "fr"
            notes = advice(words, language, word_list(session(), language), names)
            if notes:
                found.append((path, side, notes))
    return found


def _given_up(account: Account, ref: str) -> Response:
    """A new listing that was refused or given up says so, with the coordinator's words; anything else is 404."""
    number = number_of(ref)
    former = proposals.former(session(), account, number) if number is not None else None
    if former is None or former.service_id is not None:
        # What became a listing is found there, by those who may edit it.
        abort(404)
    sheet = Sheet(None, former, dict(former.record))
    refused = former.state is ProposalState.REFUSED
    text = taking_up.find(session(), account, former.id)
    page = render_template(
        "desk/listing/closed.html",
        proposal=former,
        title=title_of(sheet),
        refused=refused,
        parts=parts_of(sheet),
        text=text,
        may_erase=text is not None and unpublished.may_erase(account, former),
    )
    return make_response(page, 410)
