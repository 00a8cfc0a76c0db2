"""What is issued under the state's name, day by day, with what should make somebody look."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request, Response

from registry.desk.office import enter, room
from registry.monitor import KEPT_DAYS, SHOWN_DAYS, newest_heads, watched
from registry.service import Registry


def router(registry: Registry) -> APIRouter:
    """Return the page of the counts."""
    pages = room()

    @pages.get("/issued")
    def issued(request: Request, code: str) -> Response:
        office, bundle, today = enter(registry, request, code), registry.bundle(), registry.clock().date()
        since = today - timedelta(days=KEPT_DAYS)
        listed = [issuer for issuer in bundle.issuers.values() if issuer.state == code]
        centres = [watched(issuer, registry.issued_by_day(issuer.did, since), today) for issuer in listed]
        return office.show(
            "issued",
            centres=sorted(centres, key=lambda one: (not one.alarms, -one.total, one.issuer.slug)),
            heads=newest_heads(bundle.log_heads, code),
            shown_days=SHOWN_DAYS,
        )

    return pages
