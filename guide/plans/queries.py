"""Plans and actions as the pages ask for them, each with a known number of queries."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from guide.directory.listings import safety_options
from guide.model import (
    Action,
    ActionBody,
    ActionLineage,
    ActionStanding,
    Citation,
    Fulfilment,
    FulfilmentState,
    Indicator,
    Plan,
    PlanOrigin,
    Service,
    Theme,
)


def all_plans(session: Session) -> list[Plan]:
    """Every plan, official ones first, newest first; with themes, actions and links loaded."""
    plans = session.scalars(
        select(Plan).options(
            selectinload(Plan.themes)
            .selectinload(Theme.actions)
            .selectinload(Action.fulfilments)
            .joinedload(Fulfilment.service)
        )
    )
    return sorted(plans, key=lambda plan: (plan.origin is PlanOrigin.DOUBTFUL, -plan.starts))


def whole_plans(session: Session) -> list[Plan]:
    """Every plan as `all_plans` orders them, with all that any page says of it: for whoever keeps them.

    The rows are taken out of the session: threads may share them, and whoever asks one for what was not read meets
    DetachedInstanceError.
    """
    in_action = selectinload(Plan.themes).selectinload(Theme.actions)
    in_link = in_action.selectinload(Action.fulfilments)
    service = in_link.joinedload(Fulfilment.service)
    plans = session.scalars(
        select(Plan).options(
            joinedload(Plan.source),
            selectinload(Plan.themes).selectinload(Theme.objectives),
            in_link.selectinload(Fulfilment.citations).joinedload(Citation.source),
            *(service.options(one) for one in safety_options()),
            in_action.selectinload(Action.standings),
            in_action.selectinload(Action.indicators).selectinload(Indicator.figures),
            in_action.selectinload(Action.bodies).joinedload(ActionBody.organization),
            in_action.selectinload(Action.leads_to),
            in_action.selectinload(Action.comes_from),
        )
    ).all()
    for action in (action for plan in plans for action in plan.actions):
        # What leads back is in the session already: asked for once, it stays with the rows.
        _ = action.theme.plan
        _ = [link.action for link in action.fulfilments]
        _ = [(link.from_action, link.to_action) for link in (*action.leads_to, *action.comes_from)]
    session.expunge_all()
    return sorted(plans, key=lambda plan: (plan.origin is PlanOrigin.DOUBTFUL, -plan.starts))


def plan_by_key(session: Session, key: str) -> Plan | None:
    """One plan with its themes, objectives, actions and links, or None."""
    return session.scalar(
        select(Plan)
        .where(Plan.key == key)
        .options(
            selectinload(Plan.themes).selectinload(Theme.objectives),
            selectinload(Plan.themes)
            .selectinload(Theme.actions)
            .selectinload(Action.fulfilments)
            .joinedload(Fulfilment.service),
        )
    )


def action_by_key(session: Session, plan: str, key: str) -> Action | None:
    """One action with its evidence, its sister actions, and all the actions of its plan; or None."""
    return session.scalar(
        select(Action)
        .where(Action.reference == f"{plan}/{key}")
        .options(
            joinedload(Action.theme)
            .joinedload(Theme.plan)
            .selectinload(Plan.themes)
            .selectinload(Theme.actions),
            selectinload(Action.fulfilments).joinedload(Fulfilment.service),
            selectinload(Action.fulfilments).selectinload(Fulfilment.citations).joinedload(Citation.source),
            selectinload(Action.leads_to).joinedload(ActionLineage.to_action),
            selectinload(Action.comes_from).joinedload(ActionLineage.from_action),
        )
    )


def links_of(session: Session, service: Service) -> list[Fulfilment]:
    """The plan actions a service fulfils, newest plan first, refused links left out."""
    links = session.scalars(
        select(Fulfilment)
        .where(Fulfilment.service_id == service.id, Fulfilment.state != FulfilmentState.REFUSED)
        .options(
            joinedload(Fulfilment.action).joinedload(Action.theme).joinedload(Theme.plan),
            selectinload(Fulfilment.citations).joinedload(Citation.source),
        )
    )
    return sorted(links, key=lambda link: (-link.action.theme.plan.starts, link.action.position))


def load_follow_up(session: Session, plan: Plan) -> None:
    """Fetches states, figures and bodies of all actions of a plan at once, for pages that show them all."""
    session.scalars(
        select(Action)
        .join(Action.theme)
        .where(Theme.plan_id == plan.id)
        .options(
            selectinload(Action.standings),
            selectinload(Action.indicators).selectinload(Indicator.figures),
            selectinload(Action.bodies).joinedload(ActionBody.organization),
        )
    ).all()


def load_services(session: Session, actions: Iterable[Action], options: Iterable[ORMOption]) -> None:
    """Fetches what `options` name of the services behind these actions at once, for pages that show them."""
    behind = {link.service_id for action in actions for link in action.fulfilments}
    if behind:
        session.scalars(select(Service).where(Service.id.in_(behind)).options(*options)).all()


def newest_standing(action: Action) -> ActionStanding | None:
    """What was said last of how far an action is; None when nobody said anything yet."""
    return max(action.standings, key=lambda standing: (standing.as_of, standing.position), default=None)
