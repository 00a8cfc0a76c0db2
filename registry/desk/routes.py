"""Every room of the desk below the state's own address."""

from __future__ import annotations

from fastapi import APIRouter

from registry.desk import applications, cases, centres, changes, endorsements, home, issued, lists, rules
from registry.service import Registry
from web.joining import join


def router(registry: Registry) -> APIRouter:
    """Return the addresses of the states' desks."""
    pages = APIRouter()
    for module in (home, applications, centres, issued, rules, cases, endorsements, changes, lists):
        join(pages, module.router(registry))
    return pages
