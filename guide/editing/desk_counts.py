"""What needs the coordinator's care, counted: one function for the top of her desk."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from guide import mail
from guide.clock import BRUSSELS
from guide.directory import search_log
from guide.directory.freshness import Freshness, asks_to_be_archived, freshness
from guide.editing import calendars_to_see, fulfilments, merging, reminders, translations
from guide.languages import LANGUAGES, Language
from guide.model import (
    ErrorReport,
    Fulfilment,
    Proposal,
    ProposalState,
    Revision,
    TextState,
)

SEARCHED_SINCE = timedelta(days=90)
"""How far back the coordinator looks at what people searched."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of what waits.

    `ages`: listings that can be confirmed, by freshness; `to_archive`: of the stale, those nobody confirmed for
    more than a year; `half`: listings with a text in one language only.
    """

    proposals: int
    live: int
    reports: int
    links: int
    ages: dict[Freshness, int]
    to_archive: int
    half: int
    to_translate: dict[Language, int]
    duplicates: int
    without_editor: int
    searches: int
    mails: int


def count(session: Session, now: datetime) -> Counts:
    """Everything the desk counts, in eleven queries, however much there is."""
    today = now.astimezone(BRUSSELS).date()
    waiting = [
        select(func.count()).where(Proposal.state == ProposalState.WAITING),
        select(func.count()).where(Revision.to_see),
        select(func.count()).where(ErrorReport.closed_at.is_(None)),
        select(func.count()).select_from(Fulfilment).where(fulfilments.WAITING),
        calendars_to_see.unseen_count(),
    ]
    proposals, live, reports, links, days = session.execute(
        select(*(query.scalar_subquery() for query in waiting))
    ).one()
    published = reminders.to_confirm(session)
    ages = [freshness(service, today) for service in published]
    texts = {side: translations.to_translate(session, side) for side in LANGUAGES}
    half = {text.service.id for side in LANGUAGES for text in texts[side] if text.state is TextState.MISSING}
    return Counts(
        proposals=proposals,
        live=live + days,
        reports=reports,
        links=links,
        ages={state: ages.count(state) for state in Freshness},
        to_archive=sum(asks_to_be_archived(service, today) for service in published),
        half=len(half),
        to_translate={side: len(texts[side]) for side in LANGUAGES},
        duplicates=len(merging.likely_duplicates(session)),
        without_editor=len(reminders.organizations_without_editor(session)),
        searches=len(search_log.searches(session, today - SEARCHED_SINCE, without_result=True)),
        mails=len(mail.troubled(session, now)),
    )
