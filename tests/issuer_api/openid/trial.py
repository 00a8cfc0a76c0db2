"""The conformance profile as whoever tries out a wallet sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from comity.compose import Composition
from credentials.sd_jwt import SdJwt
from credentials.sd_jwt_vc import open_sd_jwt_vc
from credentials.verify import VerificationOptions, VerificationResult, verify_credential
from tests.issuer_api.openid.wallet import Wallet


@dataclass
class Trying(Wallet):
    """A wallet, and what is offered to it."""

    composition: Composition = field(kw_only=True)
    moment: list[datetime] = field(kw_only=True)

    def wait(self, seconds: int) -> None:
        """Let time pass, for the issuer and the wallet."""
        self.moment[0] += timedelta(seconds=seconds)
        self.now = self.moment[0]

    def offered(self, configuration: str = "course", **message: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
        answer = self.client.post("/issuer/api/v1/offers", json={"credential_configuration_id": configuration, **message})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    @staticmethod
    def opened(copy: str) -> SdJwt:
        """Return what an SD-JWT VC says."""
        return open_sd_jwt_vc(copy.encode()).sd_jwt

    def admitted(self, configuration: str = "course") -> None:
        """Take an offer, so that copies can be asked for."""
        answer = self.redeem(self.offered(configuration)["offer"])
        assert answer.status_code == 200, answer.text

    def verified(self, copy: object) -> VerificationResult:
        """Return what a verifier says of a copy, its status among it."""
        content = copy.encode() if isinstance(copy, str) else copy
        fetcher = self.composition.issuer.fetcher
        return verify_credential(content, VerificationOptions(now=self.now, fetcher=fetcher))  # type: ignore[arg-type]  # JSON
