"""What the OpenAPI document says of answers that are problems (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field

from web.problems import PROBLEM_JSON

Answers = dict[int | str, dict[str, Any]]
"""The `responses` of an operation, by status."""


class Problem(BaseModel):
    """What went wrong, for programs: a problem document (RFC 9457)."""

    type: str = Field(description="names the kind of problem; compare this", examples=["https://comity.example/problems#NOT_FOUND"])
    title: str = Field(description="the kind in the reader's language", examples=["There is no such page"])
    status: int = Field(examples=[404])
    detail: str = Field(description="what was wrong this time", examples=["sunder-bay-care has no class 'x'"])
    pointer: str = Field(description="JSON Pointer to the member that is wrong; empty for the whole", examples=["/programme"])


def problems(*statuses: int) -> Answers:
    """Return the rows of an operation's `responses` for these statuses."""
    content = {PROBLEM_JSON: {"schema": Problem.model_json_schema()}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}
