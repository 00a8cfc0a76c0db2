"""What can go wrong in the worker's house.

::

    VCError
    ├── ClaimUnknownError      no certificate has this claim link
    ├── ClaimEndedError        the claim link has been used up or taken back
    ├── NotGenuineError        what the claim link gave must not be kept
    ├── NotCheckedError        it could not be checked, so it is not kept yet
    ├── FormRefusedError       a form that this browser did not get from us
    ├── DurationError          no such duration for a link
    ├── NotADecisionError      a file that is no decision of a state
    ├── NotOfMineError         a decision on a certificate that this wallet does not hold
    ├── WaitsAlreadyError      the state was asked already
    ├── NotTakenError          the state does not take what was sent
    ├── NotInWalletError       this wallet does not hold it
    ├── ShareUnknownError      no such link
    └── ShareClosedError
        ├── ShareEndedError    its time is over; the certificate's is not
        ├── ShareStoppedError  its maker stopped it
        └── ShareUsedUpError   it was opened as often as it may be
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from credentials.errors import COMITY, VCError

if TYPE_CHECKING:
    from datetime import datetime


class ClaimUnknownError(VCError):
    """No certificate has this claim link."""

    type = COMITY + "CLAIM_UNKNOWN"
    title = "wallet.claim.unknown.title"


class ClaimEndedError(VCError):
    """The claim link worked once and does no longer."""

    type = COMITY + "CLAIM_ENDED"
    title = "wallet.claim.ended.title"


class NotGenuineError(VCError):
    """The certificate is not genuine: nothing of it is shown, and it is not kept."""

    type = COMITY + "NOT_GENUINE"
    title = "wallet.forged.title"


class NotCheckedError(VCError):
    """Whether the certificate is genuine could not be checked: it is not kept yet."""

    type = COMITY + "NOT_CHECKED"
    title = "wallet.unchecked.title"
    could_not_check = True


class FormRefusedError(VCError):
    """The form was not one that this browser got from this wallet."""

    type = COMITY + "FORM_REFUSED"
    title = "wallet.form.title"


class DurationError(VCError):
    """A link cannot be made for this long."""

    type = COMITY + "DURATION"
    title = "wallet.choose.title"


class NotADecisionError(VCError):
    """What was handed over is no decision or endorsement by an authority that the lists name."""

    type = COMITY + "NOT_A_DECISION"
    title = "wallet.not-a-decision.title"


class NotOfMineError(VCError):
    """A decision or endorsement is about a certificate that this wallet does not hold."""

    type = COMITY + "DECISION_ON_ANOTHER"
    title = "wallet.not-of-mine.title"


class WaitsAlreadyError(VCError):
    """The state was asked about this certificate, and has not answered yet."""

    type = COMITY + "CASE_WAITS"
    title = "wallet.case.waits-already.title"


class NotTakenError(VCError):
    """The state does not take what was sent."""

    type = COMITY + "CASE_NOT_TAKEN"
    title = "wallet.case.not-taken.title"


class NotInWalletError(VCError):
    """This wallet does not hold what was asked for; nothing is said about other wallets."""

    type = COMITY + "NOT_IN_WALLET"
    title = "wallet.missing.title"


class ShareUnknownError(VCError):
    """No link has this number."""

    type = COMITY + "SHARE_UNKNOWN"
    title = "wallet.link.unknown.title"


class ShareClosedError(VCError):
    """The link does not work any more. Nothing is said about the certificate."""


class ShareEndedError(ShareClosedError):
    """The link's time is over.

    Args:
        detail: one sentence for programs.
        ended_at: when the link (not the certificate) ended.
    """

    type = COMITY + "SHARE_ENDED"
    title = "wallet.link.ended.title"

    def __init__(self, detail: str, ended_at: datetime) -> None:
        super().__init__(detail)
        self.ended_at = ended_at


class ShareStoppedError(ShareClosedError):
    """The person who made the link stopped it."""

    type = COMITY + "SHARE_STOPPED"
    title = "wallet.link.stopped.title"


class ShareUsedUpError(ShareClosedError):
    """The link was opened as often as its maker allowed."""

    type = COMITY + "SHARE_USED_UP"
    title = "wallet.link.used-up.title"


class SharePasscodeError(VCError):
    """The link has a passcode, and that is not it.

    Args:
        detail: one sentence for programs.
        tries_left: how many tries are left before the link stops.
    """

    type = COMITY + "SHARE_PASSCODE"
    title = "wallet.link.passcode.title"

    def __init__(self, detail: str, tries_left: int) -> None:
        super().__init__(detail)
        self.tries_left = tries_left
