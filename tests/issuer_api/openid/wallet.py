"""A small wallet that speaks OpenID4VCI 1.0: what it sends can be changed at every step."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from httpx2 import Response
from starlette.testclient import TestClient

from credentials.encoding import b64url_encode
from credentials.jose import encode_json, sign_jws
from credentials.keys import InMemorySigner, generate_private_key
from issuer_api.openid.metadata import PRE_AUTHORIZED

PROOF: Final = "openid4vci-proof+jwt"
REDIRECT: Final = "https://wallet.example/back"
VERIFIER: Final = "v" * 43
CHALLENGE: Final = b64url_encode(hashlib.sha256(VERIFIER.encode()).digest())


def new_key(algorithm: str = "ES256") -> InMemorySigner:
    return InMemorySigner("", generate_private_key(algorithm), algorithm)


def offer_of(link: str) -> dict[str, Any]:
    """Return the offer that a link holds."""
    [content] = parse_qs(urlsplit(link).query)["credential_offer"]
    return dict(json.loads(content))


def without(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that are not `...`."""
    return {name: value for name, value in members.items() if value is not ...}


@dataclass
class Wallet:
    """A wallet, at one credential issuer.

    Attributes:
        client: sends.
        issuer: the credential issuer's identifier.
        now: the moment for its proofs.
        dpop: the key to which it has its tokens bound, or None.
    """

    client: TestClient
    issuer: str
    now: datetime
    dpop: InMemorySigner | None = None
    access: str = ""
    dpop_nonce: str = ""
    key: InMemorySigner = field(default_factory=new_key)

    @cached_property
    def metadata(self) -> dict[str, Any]:
        parts = urlsplit(self.issuer)
        answer = self.client.get(f"/.well-known/openid-credential-issuer{parts.path}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def post(self, path: str, **sent: Any) -> Response:  # noqa: ANN401  # as httpx2 takes it
        """Send, with a DPoP proof where the wallet has a key for that, once more with the nonce that the answer brings."""
        for _ in range(2):
            headers = dict(sent.pop("headers", {})) | self.proof_header(path)
            answer = self.client.post(f"{self.issuer}/{path}", headers=headers, **sent)
            self.dpop_nonce = answer.headers.get("dpop-nonce", self.dpop_nonce)
            if answer.status_code not in (400, 401) or answer.json().get("error") != "use_dpop_nonce":
                return answer
        return answer

    def proof_header(self, path: str, **changes: object) -> dict[str, str]:
        if self.dpop is None:
            return {}
        return {"DPoP": self.dpop_proof(path, **changes)}

    def dpop_proof(self, path: str, **changes: object) -> str:
        assert self.dpop is not None
        ath = {"ath": b64url_encode(hashlib.sha256(self.access.encode()).digest())} if self.access else {}
        claims = {
            "jti": secrets.token_urlsafe(8),
            "htm": "POST",
            "htu": f"{self.issuer}/{path}",
            "iat": int(self.now.timestamp()),
            "nonce": self.dpop_nonce or ...,
            **ath,
            **changes,
        }
        return sign_jws(encode_json(without(claims)), self.dpop, typ="dpop+jwt", header={"jwk": self.dpop.public_key.jwk()})

    def token(self, **form: Any) -> Response:  # noqa: ANN401  # texts, or `...`
        self.access = ""
        answer = self.post("token", data=without(form))
        if answer.status_code == 200:
            self.access = str(answer.json()["access_token"])
        return answer

    def redeem(self, link: str, tx_code: Any = ..., **form: Any) -> Response:  # noqa: ANN401  # texts, or `...`
        grant = offer_of(link)["grants"][PRE_AUTHORIZED]
        asked = {"grant_type": PRE_AUTHORIZED, "pre-authorized_code": grant["pre-authorized_code"], "tx_code": tx_code}
        return self.token(**{**asked, **form})

    def nonce(self) -> str:
        answer = self.client.post(f"{self.issuer}/nonce")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        return str(answer.json()["c_nonce"])

    def proof(
        self,
        nonce: object,
        key: InMemorySigner | None = None,
        *,
        header: Mapping[str, Any] | None = None,
        typ: str = PROOF,
        **changes: object,
    ) -> str:
        key = key or self.key
        claims = {"aud": self.issuer, "iat": int(self.now.timestamp()), "nonce": nonce, **changes}
        return sign_jws(
            encode_json(without(claims)), key, typ=typ, header={"jwk": key.public_key.jwk()} if header is None else header
        )

    @property
    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"{'DPoP' if self.dpop else 'Bearer'} {self.access}"}

    def ask(self, body: Mapping[str, Any], path: str = "credential") -> Response:
        return self.post(path, json=without(body), headers=self.authorization)

    def fetch(self, configuration: str, *proofs: str, **changes: Any) -> Response:  # noqa: ANN401  # any JSON
        body = {
            "credential_configuration_id": configuration,
            "proofs": {"jwt": list(proofs or [self.proof(self.nonce())])},
            **changes,
        }
        return self.ask(body)

    def push(self, **changes: Any) -> Response:  # noqa: ANN401  # texts, or `...`
        form = {
            "response_type": "code",
            "client_id": "a-wallet",
            "redirect_uri": REDIRECT,
            "state": "st&te",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changes,
        }
        return self.client.post(f"{self.issuer}/par", data=without(form))

    def sign_in(self, request_uri: str, **answers: str) -> Response:
        """Open the authorization page and send its form."""
        page = self.client.get(f"{self.issuer}/authorize", params={"client_id": "a-wallet", "request_uri": request_uri})
        assert page.status_code == 200, page.text
        name = page.text.partition('name="request" value="')[2].partition('"')[0]
        return self.client.post(f"{self.issuer}/authorize", data={"request": name, **answers}, follow_redirects=False)

    def redirected(self, answer: Response) -> dict[str, str]:
        """Return what an answer of the authorization page brings back to the wallet."""
        assert answer.status_code == 302, answer.text
        address = answer.headers["location"]
        assert address.startswith(REDIRECT), unquote(address)
        return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}

    def exchange(self, code: str, **form: Any) -> Response:  # noqa: ANN401  # texts, or `...`
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": "a-wallet",
            "redirect_uri": REDIRECT,
            "code_verifier": VERIFIER,
        }
        return self.token(**{**asked, **form})
