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


class KeyReusedError(VCError):
    """The idempotency key came before with another request."""

    type = COMITY + "IDEMPOTENCY_KEY_REUSED"
    title = "problem.key-reused"


class NotEndedError(VCError):
    """Figures of a period are released after it has ended."""

    type = COMITY + "PERIOD_NOT_ENDED"
    title = "problem.period-not-ended"


class AlreadyReleasedError(VCError):
    """Figures of these days were released, and are not released twice."""

    type = COMITY + "FIGURES_RELEASED"
    title = "problem.figures-released"


class BudgetSpentError(VCError):
    """No more may be told of the people of that year."""

    type = COMITY + "PRIVACY_BUDGET_SPENT"
    title = "problem.privacy-budget-spent"


class NotSignedHereError(VCError):
    """The key that signs for this authority does not lie in this deployment."""

    type = COMITY + "NOT_SIGNED_HERE"
    title = "problem.not-signed-here"


STATUS: Final[Mapping[type[VCError], HTTPStatus]] = MappingProxyType(
    {
        ChangedMeanwhileError: HTTPStatus.CONFLICT,
        WaitsAlreadyError: HTTPStatus.CONFLICT,
        KeyReusedError: HTTPStatus.CONFLICT,
        SignaturesMissingError: HTTPStatus.CONFLICT,
        NotEndedError: HTTPStatus.CONFLICT,
        AlreadyReleasedError: HTTPStatus.CONFLICT,
        BudgetSpentError: HTTPStatus.CONFLICT,
        NotSignedHereError: HTTPStatus.NOT_FOUND,
        LintError: HTTPStatus.UNPROCESSABLE_ENTITY,
        LogRewrittenError: HTTPStatus.CONFLICT,
    }
)
"""Class of a problem to its HTTP status."""
