"""The registrar's pages."""

from __future__ import annotations

from fastapi import APIRouter

from issuer_api.service import Issuer


def router(issuer: Issuer) -> APIRouter:
    """Return the pages."""
    assert issuer  # noqa: S101
    return APIRouter()
