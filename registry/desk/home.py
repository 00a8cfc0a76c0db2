"""What waits at a state's desk."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from registry.applications import applications
from registry.cases import cases
from registry.desk.office import enter, room
from registry.service import Registry


def router(registry: Registry) -> APIRouter:
    """Return the first page of the desk."""
    pages = room()

    @pages.get("")
    def home(request: Request, code: str) -> Response:
        office = enter(registry, request, code)
        return office.show(
            "home",
            applications=applications(registry.database, code),
            proposals=registry.approvals.listed(office.organisation),
            cases=cases(registry, code),
            unpublished=office.changed(),
        )

    return pages
