"""How a certificate stands today, for the person it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from credentials.errors import ExpiredError, NotYetValidError, RevokedError, SuspendedError
from credentials.verify import CheckOutcome, verify_credential

if TYPE_CHECKING:
    from datetime import datetime

    from credentials.model import Credential
    from credentials.verify import VerificationResult
    from wallet.service import Wallet


class State(StrEnum):
    """One word for the tag of a card."""

    VALID = "valid"
    ENDED = "ended"
    NOT_YET = "not-yet"
    ON_HOLD = "on-hold"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"  # could not be checked: nothing was found against it
    NOT_GENUINE = "not-genuine"


# what is shown first when several are true: a withdrawn certificate stays withdrawn after its end
_SAID_BY: Final = (
    (RevokedError, State.WITHDRAWN),
    (SuspendedError, State.ON_HOLD),
    (ExpiredError, State.ENDED),
    (NotYetValidError, State.NOT_YET),
)
_NEEDED: Final = (
    "data-model",
    "proof",
    "issuer-key",
)  # without these nothing of the content is shown
_GENUINE: Final = (*_NEEDED, "schema")


@dataclass(frozen=True, slots=True)
class Standing:
    """A certificate's state, and what of it may be shown.

    Attributes:
        state: for the tag.
        credential: the content, only if it was found genuine: a forged name is never shown.
        as_of: of when the status list is that was looked at.
    """

    state: State
    credential: Credential | None
    as_of: datetime | None


def standing(wallet: Wallet, content: bytes) -> Standing:
    """Check a certificate now and say how it stands."""
    result = verify_credential(content, wallet.options())
    genuine = _genuine(result)
    if genuine is CheckOutcome.FAILED:
        return Standing(State.NOT_GENUINE, None, None)
    if genuine is CheckOutcome.COULD_NOT_CHECK:
        return Standing(State.UNKNOWN, None, None)
    return Standing(_state(result), result.unverified_credential, result.status_as_of)


def _genuine(result: VerificationResult) -> CheckOutcome:
    outcomes = {check.name: check.outcome for check in result.checks}
    if result.unverified_credential is None or any(
        outcomes.get(name) is CheckOutcome.FAILED for name in _GENUINE
    ):
        return CheckOutcome.FAILED
    if all(outcomes.get(name) is CheckOutcome.PASSED for name in _NEEDED):
        return CheckOutcome.PASSED
    return CheckOutcome.COULD_NOT_CHECK


def _state(result: VerificationResult) -> State:
    problems = [problem for check in result.checks for problem in check.problems]
    for error, state in _SAID_BY:
        if any(isinstance(problem, error) for problem in problems):
            return state
    return State.VALID if result.verified else State.UNKNOWN
