"""A certificate to look at before anything is signed: made like the real one and marked; nothing is reserved or stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from issuer_api.cohorts import cohort_report
from issuer_api.documents import Award, Place, build
from issuer_api.errors import UnknownThingError
from issuer_api.issuing import request_of
from issuer_api.organisations import organisation
from issuer_api.paper import CertificatePaper, build_paper, designed
from issuer_api.programmes import course_start, programme
from issuer_api.service import Issuer
from web.links import LinkCode

_NO_CODE: Final = ("0",)


def row_preview(issuer: Issuer, slug: str, cohort_id: str, number: int, language: str) -> CertificatePaper:
    """Return the page that a row's certificate would be.

    Raises:
        UnknownThingError: this issuer has no such class, or the row is not ready.
    """
    report = cohort_report(issuer, slug, cohort_id)
    row = next((row for row in report.ready if row.number == number), None)
    if row is None:
        raise UnknownThingError(f"row {number} is not ready to be looked at")
    course = programme(issuer, slug, report.programme)
    return _preview(issuer, slug, course, request_of(course, report.id, row).award, language)


def specimen(issuer: Issuer, slug: str, programme_id: str, language: str) -> CertificatePaper:
    """Return the page of a programme's certificate, with nobody's name.

    Raises:
        UnknownThingError: this issuer has no such training programme.
    """
    return specimen_of(issuer, slug, programme(issuer, slug, programme_id), language)


def specimen_of(issuer: Issuer, slug: str, course: Mapping[str, Any], language: str, *names: str) -> CertificatePaper:
    """Return the page of a certificate by a programme's record, stored or not, with nobody's name, or these names.

    Raises:
        UnknownThingError: it is a form for work.
    """
    if course["kind"] != "training":
        raise UnknownThingError("this is a form for work; it has no certificate of its own")
    award = Award(
        names or (issuer.pages.text("en", "issuer.specimen.name"),),
        issuer.clock().date(),
        str(course["number"]),
        course_start(course),
    )
    return _preview(issuer, slug, course, award, language)


def _preview(issuer: Issuer, slug: str, course: Mapping[str, Any], award: Award, language: str) -> CertificatePaper:
    did, centre = organisation(issuer, slug)
    today: date = issuer.clock().date()
    document = build(did, centre["name"], course, award, Place(f"{issuer.base_url}/status/preview", 0), today)
    blank = LinkCode(issuer.base_url, "L", "A" * 13, bytes(16))
    paper = build_paper(issuer.pages, document, centre, course, blank, None)
    instead, mark = (issuer.pages.text(language, f"issuer.preview.{key}") for key in ("code", "mark"))
    large = _NO_CODE if issuer.codec() else ()
    return replace(designed(issuer, slug, paper, course), qr=_NO_CODE, offline=large, short="", code_words=instead, mark=mark)
