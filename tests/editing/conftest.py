"""A small scenario to edit in: one organisation, its editor, a coordinator, one sound listing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from guide.editing.listings import record_of
from guide.languages import Bilingual
from guide.model import (
    Account,
    AccountState,
    Membership,
    Organization,
    Role,
    Service,
    TaxonomyTerm,
    TextState,
)
from tests import databases, factories

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

session = databases.session_of_each_kind


@dataclass
class Scenario:
    session: Session
    organization: Organization
    editor: Account
    coordinator: Account
    service: Service
    need: TaxonomyTerm

    @property
    def record(self) -> dict[str, Any]:
        return record_of(self.service)


def make_account(role: Role, *organizations: Organization, **values: Any) -> Account:
    number = next(factories._numbers)
    return Account(
        **{
            "email": f"personne{number}@maison.example",
            "name": f"Personne {number}",
            "language": "fr",
            "role": role,
            "state": AccountState.ACTIVE,
            "created_at": NOW,
            "memberships": [Membership(organization=organization) for organization in organizations],
        }
        | values
    )


@pytest.fixture
def scenario(session: Session) -> Scenario:
    organization = factories.organization(key="maison", name=Bilingual("La Maison", "Het Huis"))
    need = factories.need("faim")
    editor, coordinator = make_account(Role.EDITOR, organization), make_account(Role.COORDINATOR)
    service = factories.service(
        key="soupe",
        organization=organization,
        summary=Bilingual("Un repas chaud.", "Een warme maaltijd."),
        text_state=Bilingual(TextState.CURRENT, TextState.CURRENT),
        attributes=[factories.filed(need)],
    )
    session.add_all([organization, need, editor, coordinator, service])
    session.commit()
    return Scenario(session, organization, editor, coordinator, service, need)


@pytest.fixture
def another_editor(scenario: Scenario) -> Callable[[], Account]:
    def make() -> Account:
        account = make_account(Role.EDITOR, scenario.organization)
        scenario.session.add(account)
        scenario.session.flush()
        return account

    return make
