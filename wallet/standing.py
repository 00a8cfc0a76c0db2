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
    REPLACED = "replaced"  # withdrawn because a newer one took its place
    UNKNOWN = "unknown"  # could not be checked: nothing was found against it
    NOT_GENUINE = "not-genuine"


# what is shown first when several are true: a withdrawn certificate stays withdrawn after its end
_SAID_BY: Final = (
    (RevokedError, State.WITHDRAWN),
    (SuspendedError, State.ON_HOLD),
    (ExpiredError, State.ENDED),
    (NotYetValidError, State.NOT_YET),
)
_GENUINE: Final = ("data-model", "proof", "issuer-key", "schema")


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
    state = state_of(result)
    shown = None if state is State.NOT_GENUINE or not result.is_genuine else result.unverified_credential
    return Standing(state, shown, None if shown is None else result.status_as_of)


def state_of(result: VerificationResult) -> State:
    """Return how a credential stands, by the report on it."""
    outcomes = {result.check(name).outcome for name in _GENUINE}
    if result.unverified_credential is None or CheckOutcome.FAILED in outcomes:
        return State.NOT_GENUINE
    if not result.is_genuine:
        return State.UNKNOWN
    for error, state in _SAID_BY:
        if any(isinstance(problem, error) for problem in result.problems):
            return State.REPLACED if state is State.WITHDRAWN and _is_replaced(result) else state
    return State.VALID if result.verified else State.UNKNOWN


def _is_replaced(result: VerificationResult) -> bool:
    return any(finding.is_set and finding.purpose == "refresh" for finding in result.statuses)
