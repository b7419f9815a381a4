"""The social action plans: plan, theme, objective, action; who fulfils an action; what it became later.

An action's French wording is the record of a public document, verbatim.
"""

from datetime import date
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from guide.languages import Bilingual
from guide.model.accounts import Account
from guide.model.base import Base, bilingual, choice
from guide.model.directory import Organization, Service, YesNo
from guide.model.sources import Citation, SourceDocument


class PlanOrigin(StrEnum):
    OFFICIAL = "official"
    DOUBTFUL = "doubtful"


class NumberStatus(StrEnum):
    """Is the action's number printed in the document, or did we count it?"""

    PRINTED = "printed"
    POSITION = "position"
    INFERRED = "inferred"
    RESTARTED = "restarted"


class TextStatus(StrEnum):
    HELD = "held"
    DAMAGED = "damaged"
    MISSING = "missing"


class FulfilmentRole(StrEnum):
    DELIVERS = "delivers"
    CONTRIBUTES = "contributes"
    INFORMS = "informs"
    COORDINATES = "coordinates"
    FUNDS = "funds"


class FulfilmentBasis(StrEnum):
    """On what a link stands. `stated`: the organisation itself says so, in the sentence of `reason`."""

    NAMED_IN_ACTION = "named_in_action"
    NAMED_IN_REVIEW = "named_in_review"
    INFERRED = "inferred"
    STATED = "stated"


class FulfilmentState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class LineageKind(StrEnum):
    CONTINUES = "continues"
    RENEWS = "renews"
    EXTENDS = "extends"


class Progress(StrEnum):
    """How far an action is, as somebody of the commune said on a day."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


class Plan(Base):
    """A plan, with what it declares of itself (`declared_*`), to be held against what we hold."""

    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[Bilingual] = bilingual("title")
    title_translated: Mapped[str | None] = mapped_column(String(2))
    short_title: Mapped[Bilingual] = bilingual("short_title")
    publisher: Mapped[Bilingual] = bilingual("publisher")
    starts: Mapped[int] = mapped_column(Integer)
    ends: Mapped[int] = mapped_column(Integer)
    declared_actions: Mapped[int | None] = mapped_column(Integer)
    declared_themes: Mapped[int | None] = mapped_column(Integer)
    origin: Mapped[PlanOrigin] = mapped_column(choice(PlanOrigin), default=PlanOrigin.OFFICIAL)
    note: Mapped[Bilingual] = bilingual("note")
    source_id: Mapped[int] = mapped_column(ForeignKey("source_document.id"))

    source: Mapped[SourceDocument] = relationship()
    themes: Mapped[list["Theme"]] = relationship(
        cascade="all, delete-orphan", order_by="Theme.number", back_populates="plan"
    )

    @property
    def actions(self) -> list["Action"]:
        """Every action, theme by theme, in the plan's order."""
        return [action for theme in self.themes for action in theme.actions]


class Theme(Base):
    """A theme of a plan; its finding and objective are in our own words."""

    __tablename__ = "theme"
    __table_args__ = (UniqueConstraint("plan_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(64))
    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[Bilingual] = bilingual("name")
    name_translated: Mapped[str | None] = mapped_column(String(2))
    finding: Mapped[Bilingual] = bilingual("finding")
    objective: Mapped[Bilingual] = bilingual("objective")

    plan: Mapped[Plan] = relationship(back_populates="themes")
    objectives: Mapped[list["Objective"]] = relationship(
        cascade="all, delete-orphan", order_by="Objective.number"
    )
    actions: Mapped[list["Action"]] = relationship(
        cascade="all, delete-orphan", order_by="Action.position", back_populates="theme"
    )

    def sub_objective(self, number: int | None) -> "Objective | None":
        """The sub-objective with this number within the theme, if the plan has one."""
        return next((objective for objective in self.objectives if objective.number == number), None)


class Objective(Base):
    """A sub-objective printed above its actions (27 in the plan of 2015; the PASAP has none)."""

    __tablename__ = "objective"

    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id", ondelete="CASCADE"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    text: Mapped[Bilingual] = bilingual("text")


class Action(Base):
    """One action of a plan. `key` is unique within the plan and is the last part of its address."""

    __tablename__ = "action"

    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    key: Mapped[str] = mapped_column(String(64))
    reference: Mapped[str] = mapped_column(String(128), unique=True)
    number: Mapped[str] = mapped_column(String(16))
    objective: Mapped[int | None] = mapped_column(Integer)
    number_status: Mapped[NumberStatus] = mapped_column(choice(NumberStatus))
    text: Mapped[Bilingual] = bilingual("text")
    text_status: Mapped[TextStatus] = mapped_column(choice(TextStatus))
    note: Mapped[Bilingual] = bilingual("note")
    service_expected: Mapped[YesNo | None] = mapped_column(choice(YesNo))

    theme: Mapped[Theme] = relationship(back_populates="actions")
    standings: Mapped[list["ActionStanding"]] = relationship(
        cascade="all, delete-orphan", order_by="ActionStanding.position"
    )
    indicators: Mapped[list["Indicator"]] = relationship(
        cascade="all, delete-orphan", order_by="Indicator.position"
    )
    bodies: Mapped[list["ActionBody"]] = relationship(
        cascade="all, delete-orphan", order_by="ActionBody.position"
    )
    fulfilments: Mapped[list["Fulfilment"]] = relationship(
        back_populates="action", cascade="all, delete-orphan", passive_deletes=True
    )
    leads_to: Mapped[list["ActionLineage"]] = relationship(
        foreign_keys="ActionLineage.from_action_id",
        back_populates="from_action",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
    comes_from: Mapped[list["ActionLineage"]] = relationship(
        foreign_keys="ActionLineage.to_action_id",
        back_populates="to_action",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )


class ActionStanding(Base):
    """What became of an action, as of a day, with a sentence of evidence; the newest counts."""

    __tablename__ = "action_standing"

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    progress: Mapped[Progress] = mapped_column(choice(Progress))
    as_of: Mapped[date] = mapped_column(Date)
    evidence: Mapped[Bilingual] = bilingual("evidence")
    url: Mapped[str | None] = mapped_column(String(500))


class Indicator(Base):
    """Something of an action that is counted: from where, to where, and the figures of the years.

    "From 164 to 200 article 60 contracts": `baseline` 164, `target` 200, both with their year.
    """

    __tablename__ = "indicator"

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    name: Mapped[Bilingual] = bilingual("name")
    baseline: Mapped[int | None] = mapped_column(Integer)
    baseline_year: Mapped[int | None] = mapped_column(Integer)
    target: Mapped[int | None] = mapped_column(Integer)
    target_year: Mapped[int | None] = mapped_column(Integer)

    figures: Mapped[list["IndicatorFigure"]] = relationship(
        cascade="all, delete-orphan", order_by="IndicatorFigure.year"
    )


class IndicatorFigure(Base):
    """What an indicator stood at in a year, and who says so."""

    __tablename__ = "indicator_figure"
    __table_args__ = (UniqueConstraint("indicator_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id", ondelete="CASCADE"), index=True)
    year: Mapped[int] = mapped_column(Integer)
    value: Mapped[int] = mapped_column(Integer)
    source: Mapped[str | None] = mapped_column(String(300))


class ActionBody(Base):
    """Who is responsible for an action: an organisation of the guide, or a body by its name."""

    __tablename__ = "action_body"

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id", ondelete="SET NULL"))
    name: Mapped[Bilingual] = bilingual("name")

    organization: Mapped[Organization | None] = relationship()


class Fulfilment(Base):
    """The link "this service fulfils this action": how, on what evidence, confirmed or proposed.

    `decided_on` and `decision_note`: when the coordinator confirmed or refused it here, and why. One that is
    refused without a day was taken back by its own people. `author`: who proposed it here.
    """

    __tablename__ = "fulfilment"
    __table_args__ = (UniqueConstraint("service_id", "action_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id", ondelete="CASCADE"), index=True)
    role: Mapped[FulfilmentRole] = mapped_column(choice(FulfilmentRole))
    basis: Mapped[FulfilmentBasis] = mapped_column(choice(FulfilmentBasis))
    state: Mapped[FulfilmentState] = mapped_column(choice(FulfilmentState))
    reason: Mapped[Bilingual] = bilingual("reason")
    decided_on: Mapped[date | None] = mapped_column(Date)
    decision_note: Mapped[str | None] = mapped_column(String(400))

    service: Mapped[Service] = relationship()
    author: Mapped[Account | None] = relationship(secondary="fulfilment_author", uselist=False)
    action: Mapped[Action] = relationship(back_populates="fulfilments")
    citations: Mapped[list[Citation]] = relationship(
        cascade="all, delete-orphan", order_by="Citation.position"
    )


class FulfilmentAuthor(Base):
    """Who proposed a link here, to be told what became of it; a link of the data files has none."""

    __tablename__ = "fulfilment_author"

    fulfilment_id: Mapped[int] = mapped_column(
        ForeignKey("fulfilment.id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)


class ActionLineage(Base):
    """What an action of one plan became in a later one. All are proposed, read from the two texts."""

    __tablename__ = "action_lineage"
    __table_args__ = (UniqueConstraint("from_action_id", "to_action_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    from_action_id: Mapped[int] = mapped_column(ForeignKey("action.id", ondelete="CASCADE"), index=True)
    to_action_id: Mapped[int] = mapped_column(ForeignKey("action.id", ondelete="CASCADE"), index=True)
    kind: Mapped[LineageKind] = mapped_column(choice(LineageKind))
    note: Mapped[Bilingual] = bilingual("note")

    from_action: Mapped[Action] = relationship(foreign_keys=[from_action_id], back_populates="leads_to")
    to_action: Mapped[Action] = relationship(foreign_keys=[to_action_id], back_populates="comes_from")
