"""Keys as the lists name them: when each was in use, and since when it is known to be stolen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from sys import intern
from typing import Any

from credentials.keys import PublicKey, parse_multikey
from trust.periods import Period, parse_moment, parse_period


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A signing key of an issuer or an authority.

    Attributes:
        id: fragment such as `#k1`.
        public_key: the key.
        period: when it signs; a rotated key's period is closed and its old signatures stay good.
        compromised_since: since when it is known to be stolen, which can be learnt after it ended.
    """

    id: str
    public_key: PublicKey
    period: Period
    compromised_since: datetime | None


def parse_listed_keys(records: Iterable[Mapping[str, Any]]) -> tuple[ListedKey, ...]:
    """Return the `keys` of an issuer or an authority."""
    return tuple(
        ListedKey(
            intern(key["id"]),
            parse_multikey(key["publicKeyMultibase"]),
            parse_period(key["from"], key.get("until")),
            None if key.get("compromisedSince") is None else parse_moment(key["compromisedSince"]),
        )
        for key in records
    )
