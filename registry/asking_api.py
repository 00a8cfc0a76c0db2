"""The same for programs, such as a wallet: ask a state to decide on a certificate, and see how the case stands."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Header
from pydantic import BaseModel, ConfigDict, Field

from registry.cases import LONGEST_LINE, LONGEST_NOTE, MOST_PAPERS, ask, case
from registry.service import Registry

Document = Annotated[dict[str, Any], Field(description="a secured credential, exactly as it was received")]
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=22,
        max_length=64,
        pattern="^[A-Za-z0-9_-]+$",
        description="128 random bits that nobody else has; the same request with it again gives the case that it made",
    ),
]


class CaseRequest(BaseModel):
    """What a person asks a state."""

    model_config = ConfigDict(extra="forbid")
    state: str = Field(max_length=8, examples=["XC"])
    certificate: Document
    papers: list[Document] = Field(default_factory=list, max_length=MOST_PAPERS)
    contact: str = Field(default="", max_length=LONGEST_LINE)
    note: str = Field(default="", max_length=LONGEST_NOTE)


def router(registry: Registry) -> APIRouter:
    """Return the endpoints."""
    routes = APIRouter(tags=["trust bundle"])

    @routes.post("/registry/api/v1/cases", status_code=201)
    def ask_by_program(asked: CaseRequest, key: Key = "") -> dict[str, str]:
        """Ask a state to decide; the answer names the address at which the case is read, which nobody guesses."""
        certificate, *papers = (_spelled(document) for document in (asked.certificate, *asked.papers))
        name = ask(registry, asked.state, certificate, asked.contact, asked.note, papers, key=key)
        return {"id": name, "standing": f"/registry/api/v1/cases/{name}"}

    @routes.get("/registry/api/v1/cases/{name}")
    def standing(name: str) -> dict[str, Any]:
        """Return how a case stands (`waiting` or `decided`), when an answer is due, and the decision, which may be withdrawn."""
        found = case(registry, name)
        return {
            "id": found.id,
            "state": found.state,
            "standing": found.standing,
            "askedAt": found.asked_at.isoformat(),
            "dueAt": found.due_at.isoformat(),
            "decidedAt": found.decided_at.isoformat() if found.decided_at else None,
            "withdrawnAt": found.withdrawn_at.isoformat() if found.withdrawn_at else None,
            "decision": found.decision,
        }

    return routes


def _spelled(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()
