"""What stands in an issuer's classes, counted without opening anything that is sealed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import col, func, select

from issuer_api.delivery import DELIVERED
from issuer_api.programmes import programmes
from issuer_api.service import Issuer
from issuer_api.tables import Cohort, Issued, Row, Subject

MOST_CLASSES: Final = 50


@dataclass(frozen=True, slots=True)
class ClassCount:
    """A class and its figures.

    Attributes:
        id: the class.
        programme: what it is taught.
        title: the programme's names by language.
        file_name: the list that was brought.
        created_at: when.
        people: rows that are neither left out nor erased.
        wrong: rows that need the registrar.
        signed: certificates that are finished.
        waiting: rows that could be signed and are not finished.
    """

    id: str
    programme: str
    title: Mapping[str, str]
    file_name: str
    created_at: datetime
    people: int
    wrong: int
    signed: int
    waiting: int


def class_counts(issuer: Issuer, slug: str, *, start: int = 0, most: int = MOST_CLASSES) -> tuple[ClassCount, ...]:
    """Return an issuer's classes with their figures, the newest first."""
    titles = {record["id"]: record["title"] for record in programmes(issuer, slug)}
    query = select(Cohort).where(Cohort.organisation == slug).order_by(col(Cohort.created_at).desc(), col(Cohort.id))
    with issuer.database.session() as session:
        cohorts = session.exec(query.offset(start).limit(most)).all()
        rows = session.exec(
            select(Row.cohort, Row.problems, Row.left_out, Issued.state)
            .join(Subject, col(Row.subject) == col(Subject.id))
            .join(Issued, (col(Issued.cohort) == col(Row.cohort)) & (col(Issued.row_number) == col(Row.number)), isouter=True)
            .where(col(Row.cohort).in_([cohort.id for cohort in cohorts]), col(Subject.wrapped_key).is_not(None))
        ).all()
    states: dict[str, Counter[str]] = {cohort.id: Counter() for cohort in cohorts}
    for cohort, problems, left_out, state in rows:
        states[cohort][_state(problems, state, left_out=left_out)] += 1
    return tuple(_count(cohort, titles[cohort.programme], states[cohort.id]) for cohort in cohorts)


def _state(problems: str, state: str | None, *, left_out: bool) -> str:
    if state == DELIVERED:
        return DELIVERED
    if left_out:
        return "left-out"
    return "wrong" if any(not problem["is_warning"] for problem in json.loads(problems)) else "waiting"


def _count(cohort: Cohort, title: Mapping[str, str], states: Mapping[str, int]) -> ClassCount:
    wrong, signed, waiting = (states.get(name, 0) for name in ("wrong", DELIVERED, "waiting"))
    return ClassCount(
        cohort.id,
        cohort.programme,
        title,
        cohort.file_name,
        cohort.created_at,
        wrong + signed + waiting,
        wrong,
        signed,
        waiting,
    )


def certificate_count(issuer: Issuer, slug: str) -> int:
    """Return how many finished certificates an issuer has."""
    query = select(func.count()).where(col(Issued.organisation) == slug, col(Issued.state) == DELIVERED)
    with issuer.database.session() as session:
        return session.exec(query).one()
