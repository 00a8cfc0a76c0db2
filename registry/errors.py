"""What may go wrong in the states' house, and the HTTP status of each."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from credentials.errors import COMITY, VCError
from registry.drafts import SignaturesMissingError
from registry.witnessing import LogRewrittenError
from registry.working_copy import ChangedMeanwhileError, LintError


class WaitsAlreadyError(VCError):
    """An application of this centre waits already."""

    type = COMITY + "APPLICATION_WAITS"
    title = "problem.application-waits"


STATUS: Final[Mapping[type[VCError], HTTPStatus]] = MappingProxyType(
    {
        ChangedMeanwhileError: HTTPStatus.CONFLICT,
        WaitsAlreadyError: HTTPStatus.CONFLICT,
        SignaturesMissingError: HTTPStatus.CONFLICT,
        LintError: HTTPStatus.UNPROCESSABLE_ENTITY,
        LogRewrittenError: HTTPStatus.CONFLICT,
    }
)
"""Class of a problem to its HTTP status."""
