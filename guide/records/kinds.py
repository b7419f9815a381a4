"""The kinds of data file: where each is, the shape of its records, and how a record is found again.

`KINDS` is in loading order: a record may refer only to kinds that stand before its own, and to its own kind.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from guide import model
from guide.records.shape import Shape
from guide.records.shapes import (
    FULFILMENT,
    LINEAGE,
    MAP_FEATURE,
    NEED,
    ORGANIZATION,
    PLAN,
    QUESTION_SET,
    SELECTION,
    SERVICE,
    SOURCE,
    TAXONOMY_TERM,
)
from guide.records.word_shapes import CRISIS, OTHER_LANGUAGE, PLAIN_WORD, URGENT_NUMBER, VOCABULARY


@dataclass(frozen=True)
class Kind:
    """A kind of record: where its files are, its shape, its key, and its object in the database.

    layout: `folder` (one file a record, named by its key), `list` (one file, a list of records), or
    `groups` (one file a record, whose only content is the list `groups`).
    optional: came after the first release, so a folder that an older guide wrote lacks it: that is no fault.
    """

    name: str
    place: str
    layout: Literal["folder", "list", "groups"]
    shape: Shape
    key: Callable[[Mapping[str, Any]], str] = lambda record: str(record.get("key"))
    find: Callable[[Session, str], Any] = lambda session, key: None
    parts: Callable[[Mapping[str, Any]], Mapping[str, list[str]]] = lambda record: {}
    optional: bool = False


def _by(column: InstrumentedAttribute[str]) -> Callable[[Session, str], Any]:
    return lambda session, key: session.scalar(select(column.class_).where(column == key))


def _term(taxonomies: tuple[str, ...]) -> Callable[[Session, str], Any]:
    def find(session: Session, key: str) -> Any:
        taxonomy, _, name = key.rpartition(":")
        return session.scalar(
            select(model.TaxonomyTerm).where(
                model.TaxonomyTerm.taxonomy.in_([taxonomy] if taxonomy else taxonomies),
                model.TaxonomyTerm.key == name,
            )
        )

    return find


def _fulfilment(session: Session, key: str) -> Any:
    service, action = key.split(" ", 1)
    return session.scalar(
        select(model.Fulfilment)
        .join(model.Service)
        .join(model.Action)
        .where(model.Service.key == service, model.Action.reference == action)
    )


def _lineage(session: Session, key: str) -> Any:
    before, after = (
        select(model.Action.id).where(model.Action.reference == reference).scalar_subquery()
        for reference in key.split(" ", 1)
    )
    return session.scalar(
        select(model.ActionLineage).where(
            model.ActionLineage.from_action_id == before, model.ActionLineage.to_action_id == after
        )
    )


def _maps(value: Any) -> list[Mapping[str, Any]]:
    """The maps of a list that was not checked yet; nothing when it is no list."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _topics(need: Mapping[str, Any]) -> Mapping[str, list[str]]:
    return {"needs": [str(topic.get("key")) for topic in _maps(need.get("topics"))]}


def _actions(plan: Mapping[str, Any]) -> Mapping[str, list[str]]:
    return {
        "actions": [
            f"{plan.get('key')}/{action.get('key')}"
            for theme in _maps(plan.get("themes"))
            for action in _maps(theme.get("actions"))
        ]
    }


def _taxonomy(term: Mapping[str, Any]) -> Mapping[str, list[str]]:
    return {str(term.get("taxonomy")): [str(term.get("key"))]}


KINDS: tuple[Kind, ...] = (
    Kind("sources", "sources.yaml", "list", SOURCE, find=_by(model.SourceDocument.key)),
    Kind(
        "taxonomies",
        "taxonomies.yaml",
        "list",
        TAXONOMY_TERM,
        key=lambda record: f"{record.get('taxonomy')}:{record.get('key')}",
        find=_term(("publics", "neighbourhoods", "areas")),
        parts=_taxonomy,
    ),
    Kind("needs", "needs.yaml", "list", NEED, find=_term(("needs",)), parts=_topics),
    Kind("organizations", "organizations", "folder", ORGANIZATION, find=_by(model.Organization.key)),
    Kind("services", "services", "folder", SERVICE, find=_by(model.Service.key)),
    Kind("urgent_numbers", "urgent_numbers.yaml", "list", URGENT_NUMBER, find=_by(model.UrgentNumber.key)),
    Kind("crises", "crises.yaml", "list", CRISIS, find=_by(model.Crisis.key)),
    Kind("vocabulary", "vocabulary", "groups", VOCABULARY, find=_by(model.Vocabulary.key)),
    Kind("plans", "plans", "folder", PLAN, find=_by(model.Plan.key), parts=_actions),
    Kind(
        "fulfilments",
        "fulfilments.yaml",
        "list",
        FULFILMENT,
        key=lambda record: f"{record.get('service')} {record.get('action')}",
        find=_fulfilment,
    ),
    Kind(
        "lineage",
        "lineage.yaml",
        "list",
        LINEAGE,
        key=lambda record: f"{record.get('from')} {record.get('to')}",
        find=_lineage,
    ),
    Kind(
        "other_languages",
        "other_languages.yaml",
        "list",
        OTHER_LANGUAGE,
        key=lambda record: str(record.get("code")),
        find=_by(model.OtherLanguage.code),
    ),
    Kind(
        "plain_words",
        "plain_words.yaml",
        "list",
        PLAIN_WORD,
        find=_by(model.PlainWord.key),
        optional=True,
    ),
    Kind("questions", "questions", "folder", QUESTION_SET, find=_by(model.QuestionSet.key), optional=True),
    Kind("selections", "selections", "folder", SELECTION, find=_by(model.Selection.key), optional=True),
    Kind("map", "map.yaml", "list", MAP_FEATURE, find=_by(model.MapFeature.key)),
)
