"""The verifier of the conformance profile, in process, with a clock that a test can set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from httpx2 import Response
from starlette.testclient import TestClient

from comity.compose import Composition
from credentials.errors import COMITY
from tests.verifier.openid.wallet import VCT, Wallet

BASE: Final = "http://localhost:8000"
NOW: Final = datetime(2026, 11, 25, 9, tzinfo=UTC)
COURSE: Final[dict[str, Any]] = {
    "id": "course",
    "format": "dc+sd-jwt",
    "meta": {"vct_values": [VCT]},
    "claims": [{"path": ["name"]}],
}
QUERY: Final[dict[str, Any]] = {"credentials": [COURSE]}
SHORT: Final[dict[str, Any]] = {"mode": "direct_post", "signer": "did", "query": QUERY}


@dataclass
class Desk:
    """A verifier, and a wallet before it."""

    client: TestClient
    composition: Composition
    moment: list[datetime] = field(default_factory=lambda: [NOW])

    @property
    def now(self) -> datetime:
        return self.moment[0]

    @property
    def wallet(self) -> Wallet:
        return Wallet(self.client)

    @contextmanager
    def later(self, **time: float) -> Iterator[None]:
        """Let time pass, and turn it back afterwards."""
        before = self.moment[0]
        self.moment[0] = before + timedelta(**time)
        yield
        self.moment[0] = before


def assert_refused(answer: Response, name: str) -> None:
    """Fail unless a wallet is told that its answer is none, and why."""
    assert answer.status_code == 400, answer.text
    told = answer.json()
    assert told["error"] == "invalid_request"
    assert told["error_description"]
    assert told["type"] == (name if ":" in name else COMITY + name), told
