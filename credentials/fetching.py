"""The only view that the pure centre has of the outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from credentials.errors import FetchError


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address answered.

    Attributes:
        url: the address asked for, after redirects.
        content: the body, whole, within the fetcher's size limit.
        media_type: the `Content-Type` without parameters, lower case; empty when none was given.
    """

    url: str
    content: bytes
    media_type: str


class Fetcher(Protocol):
    """Gets the bytes behind an https URL, or says why not."""

    def fetch(self, url: str) -> Fetched:
        """Return what `url` answered.

        Raises:
            FetchError: no answer, or no usable one. Never read as "does not exist" or "is revoked".
            FetchBlockedError: the address is not one that we go to.
        """
        ...


class NoNetwork:
    """Fetches nothing: for what is checked against what is at hand, and where nobody may be kept waiting."""

    def fetch(self, url: str) -> Fetched:
        """Raise.

        Raises:
            FetchError: always.
        """
        raise FetchError(f"{url} is not fetched here")
