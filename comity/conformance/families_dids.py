"""The vectors of DIDs with a history."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from comity.conformance.cases import Case, WrongAnswerError, expect, read
from credentials.dids import resolve
from credentials.errors import FetchError, VCError
from credentials.fetching import Fetched


@dataclass(frozen=True, slots=True)
class Files:
    """An outside of a few files; nothing else answers."""

    contents: Mapping[str, bytes]

    def fetch(self, url: str) -> Fetched:
        """Return a file.

        Raises:
            FetchError: there is none at this address.
        """
        if url not in self.contents:
            raise FetchError("no answer")
        return Fetched(url, self.contents[url], "application/json")


def did_webvh(file: Path) -> Iterator[Case]:
    """Give the project's own logs of did:webvh, each with the version that is found, or the error and what it says."""
    found = read(file)
    for vector in found["vectors"]:
        yield vector["name"], partial(_log, vector, datetime.fromisoformat(found["now"]))


def _log(vector: Mapping[str, Any], now: datetime) -> None:
    expected = vector["expect"]
    try:
        files = Files({url: text.encode() for url, text in vector["files"].items()})
        document = resolve(vector["did"], files, now=now)
    except VCError as error:
        expect(type(error).__name__, expected)
        if not re.search(vector["detail"], error.detail):
            raise WrongAnswerError(f"refused because {error.detail}") from error
        return
    if not isinstance(expected, int):
        raise WrongAnswerError("accepted, and should be refused")
    log = next(iter(vector["files"].values())).splitlines()
    expect(document, json.loads(log[expected - 1])["state"])
