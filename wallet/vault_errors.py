"""What can go wrong between a vault's owner and the server that keeps its sealed records.

::

    VCError
    ├── VaultClosedError       the access key opens no vault here
    ├── WayUnknownError        no way to open a vault has this locator
    ├── PinWrongError          that is not the PIN; says how many tries are left
    ├── HelperWaitsError       a helper's card is good, and opens the vault later
    ├── VaultTakenError        a vault or a way of this number is there already
    ├── RecordChangedError     another device changed the record meanwhile
    ├── VersionMissingError    a write that does not say what it replaces
    ├── VaultFullError         more than a vault may hold
    ├── LastCardError          the recovery card is always kept
    ├── GuardedError           somebody else holds the vault for its person, and this is not done meanwhile
    ├── VaultChangedError      the vault changed while its key was being changed
    └── RelayBusyError         too many messages to foreign addresses
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from credentials.errors import COMITY, VCError

if TYPE_CHECKING:
    from datetime import datetime


class VaultClosedError(VCError):
    """The access key opens no vault here: it was changed on another device, or the vault was deleted."""

    type = COMITY + "VAULT_CLOSED"
    title = "wallet.vault.problem.closed"


class WayUnknownError(VCError):
    """No way to open a vault has this locator: a word is wrong, or it was taken away."""

    type = COMITY + "WAY_UNKNOWN"
    title = "wallet.vault.problem.way-unknown"


class PinWrongError(VCError):
    """That is not the PIN.

    Args:
        detail: one sentence for programs.
        tries_left: how many tries are left; with none the card is needed.
    """

    type = COMITY + "PIN_WRONG"
    title = "wallet.vault.problem.pin-wrong"

    def __init__(self, detail: str, tries_left: int) -> None:
        super().__init__(detail)
        self.tries_left = tries_left


class HelperWaitsError(VCError):
    """A helper's card is good, and opens the vault only after a delay in which the owner can cancel.

    Args:
        detail: one sentence for programs.
        ready_at: from when it opens.
    """

    type = COMITY + "HELPER_WAITS"
    title = "wallet.vault.problem.helper-waits"

    def __init__(self, detail: str, ready_at: datetime) -> None:
        super().__init__(detail)
        self.ready_at = ready_at


class VaultTakenError(VCError):
    """A vault or a way of this number is there already."""

    type = COMITY + "VAULT_TAKEN"
    title = "wallet.vault.problem.taken"


class RecordChangedError(VCError):
    """Another device changed the record meanwhile.

    Args:
        detail: one sentence for programs.
        version: the version that is kept; 0 when there is none.
    """

    type = COMITY + "RECORD_CHANGED"
    title = "wallet.vault.problem.changed"

    def __init__(self, detail: str, version: int) -> None:
        super().__init__(detail)
        self.version = version


class VersionMissingError(VCError):
    """A write has to say which version it replaces (RFC 6585 §3)."""

    type = COMITY + "VERSION_MISSING"
    title = "wallet.vault.problem.version-missing"


class VaultFullError(VCError):
    """More than a vault may hold."""

    type = COMITY + "VAULT_FULL"
    title = "wallet.vault.problem.full"


class LastCardError(VCError):
    """The last recovery card of a vault is not taken away: print another one first."""

    type = COMITY + "LAST_CARD"
    title = "wallet.vault.problem.last-card"


class GuardedError(VCError):
    """A guardian holds the vault, or it is opened at a counter, and this is not done meanwhile."""

    type = COMITY + "VAULT_GUARDED"
    title = "wallet.vault.problem.guarded"


class VaultChangedError(VCError):
    """The vault changed while its key was being changed: synchronise and begin again."""

    type = COMITY + "VAULT_CHANGED"
    title = "wallet.vault.problem.vault-changed"


class RelayBusyError(VCError):
    """Too many messages are carried to foreign addresses, for this vault or at once: try again later."""

    type = COMITY + "RELAY_BUSY"
    title = "wallet.vault.problem.relay-busy"
