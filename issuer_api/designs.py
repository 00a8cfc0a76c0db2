"""Designs of certificates: tried on the real page before they are kept with a programme's next version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from issuer_api.errors import InvalidRecordError
from issuer_api.history import COMMAND_LINE
from issuer_api.looking import specimen_of
from issuer_api.paper import picture_and_faults
from issuer_api.programmes import define_programme, programme
from issuer_api.service import Issuer

_DOTS: Final = 80


def tried(issuer: Issuer, slug: str, course: Mapping[str, Any], language: str) -> tuple[bytes, tuple[str, ...]]:
    """Return the page of a programme's record as a PNG, with a name in two scripts, and which texts have no place on it.

    Raises:
        UnknownThingError: it is a form for work.
        InvalidRecordError: its design names a logo that the issuer has not brought.
    """
    names = [issuer.pages.text(one, "issuer.specimen.name") for one in ("en", "ar")]
    return picture_and_faults(specimen_of(issuer, slug, course, language, *names), issuer.fonts, dots_per_inch=_DOTS)


def check_design(issuer: Issuer, slug: str, course: Mapping[str, Any]) -> None:
    """Raise unless everything that a record's design says has its place on the page.

    Raises:
        InvalidRecordError: something has not; points at the design and names it.
    """
    if course.get("design") is None or course.get("kind") != "training":
        return
    if faults := tried(issuer, slug, course, "en")[1]:
        raise InvalidRecordError(f"design: too long for the page: {', '.join(faults)}", pointer="/design")


def put_design(
    issuer: Issuer, slug: str, programme_id: str, design: Mapping[str, Any] | None, *, by: str = COMMAND_LINE
) -> dict[str, Any]:
    """Make a programme's next version with a design, or without one, and return its record.

    Raises:
        UnknownThingError: this issuer has no such training programme.
        InvalidRecordError: the design is not as it must be, or a text has no place.
    """
    before = {name: value for name, value in programme(issuer, slug, programme_id).items() if name != "design"}
    record = before | ({"design": dict(design)} if design is not None else {})
    define_programme(issuer, slug, record, by=by, check=check_design)
    return record
