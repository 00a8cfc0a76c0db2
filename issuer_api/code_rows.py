"""What many certificates of this house have in common, as rows for the tables of codes: a code names a row instead of holding it.

Nothing of a person is among them: they are read from specimens, and from lists of what a certificate may say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, get_args

from sqlmodel import col, func, select

import schemas
from credentials.qr import Profile, rows_for
from issuer_api.documents import Award, Place, build
from issuer_api.names import LANGUAGES
from issuer_api.organisations import organisation, slugs
from issuer_api.programmes import course_start
from issuer_api.records import Attestation
from issuer_api.service import Issuer
from issuer_api.tables import Programme, StatusListRow

Row = tuple[str, Any]
_HOURS: Final = range(1, 101)
_DAY: Final = date(2026, 1, 1)
_SPECIMEN: Final = Award(("Specimen",), _DAY, "0", None, {"alignment": ()})


def code_rows(issuer: Issuer, profiles: Sequence[Profile], states: Iterable[str]) -> Iterator[Row]:
    """Yield (table, value) of everything that certificates of this deployment's issuers may share.

    Args:
        issuer: the house.
        profiles: say what is named by rows.
        states: codes of the parties.
    """
    yield from _fixed(states)
    for slug in slugs(issuer):
        yield from _of_issuer(issuer, slug, profiles)


def _fixed(states: Iterable[str]) -> Iterator[Row]:
    yield from (("languages", tag) for tag in LANGUAGES)
    yield from (("directions", direction) for direction in ("rtl", "ltr"))
    yield from (("smallNumbers", hours) for hours in _HOURS)
    yield from (("countries", code) for code in states)
    yield from (("bases", basis) for basis in get_args(Attestation.model_fields["attestation_basis"].annotation))
    yield ("achievementTypes", "Certificate")
    for entry in schemas.classification_entries():
        yield ("alignments", {"type": ["Alignment"], **entry})
        yield ("entries", {"type": ["ClassificationEntry"], **entry})


def _of_issuer(issuer: Issuer, slug: str, profiles: Sequence[Profile]) -> Iterator[Row]:
    did, record = organisation(issuer, slug)
    with issuer.database.session() as session:
        listed = select(func.max(StatusListRow.number)).where(StatusListRow.organisation == slug)
        newest: int = session.exec(listed).one() or 0
        versions = select(Programme).where(Programme.organisation == slug).order_by(col(Programme.id), col(Programme.version))
        programmes = [json.loads(row.record) for row in session.exec(versions).all()]
    stems = [f"{issuer.base_url}/status/{slug}-{number}" for number in range(1, max(newest, 1) + 2)]  # the next one too
    yield from (("stems", stem) for stem in stems)
    for programme in programmes:
        specimen = build(did, record["name"], programme, _award(programme), Place(stems[0], 0), _DAY)
        yield from _rows_of(specimen, profiles)


def _award(programme: Mapping[str, Any]) -> Award:
    work = programme["kind"] == "work"
    return _SPECIMEN if work else Award(_SPECIMEN.names, _DAY, _SPECIMEN.number, course_start(programme))


def _rows_of(specimen: Mapping[str, Any], profiles: Sequence[Profile]) -> Iterator[Row]:
    """Yield the rows that profiles would name for a specimen."""
    yield from (row for profile in profiles for row in rows_for(profile, specimen) if row[0] != "stems")
