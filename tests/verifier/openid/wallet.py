"""A wallet in memory that does as it is told, also what no wallet should do."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from httpx2 import Response
from starlette.testclient import TestClient

from credentials.jose import JWS, encode_json, parse_jws, sign_jws
from credentials.jwe import encrypt
from credentials.keys import InMemorySigner, generate_private_key
from credentials.sd_jwt.disclosure import digest
from credentials.sd_jwt_vc import issue_sd_jwt_vc, open_sd_jwt_vc

VCT: Final = "urn:course:1"
TYP: Final = "oauth-authz-req+jwt"


def key(algorithm: str = "ES256") -> InMemorySigner:
    """Return a new key, named as a did:key."""
    secret = generate_private_key(algorithm)
    multibase = InMemorySigner("", secret, algorithm).public_key.multibase
    return InMemorySigner(f"did:key:{multibase}#{multibase}", secret, algorithm)


ISSUER: Final = key()


def course(holder: InMemorySigner | None, issuer: InMemorySigner = ISSUER, **more: object) -> str:
    """Return an SD-JWT VC whose name, hours and town can be kept back."""
    claims = {
        "iss": issuer.verification_method.partition("#")[0],
        "vct": VCT,
        "name": "Welding",
        "hours": 120,
        "address": {"town": "Cebu", "street": "1 Mango Road"},
        **more,
    }
    selective = [("name",), ("hours",), ("address",), ("address", "town"), ("address", "street")]
    public = holder.public_key if holder else None
    return issue_sd_jwt_vc(claims, issuer, entropy=secrets.token_bytes, selective=selective, holder=public).decode()


@dataclass
class Wallet:
    """A holder with a key, before a verifier."""

    client: TestClient
    holder: InMemorySigner = field(default_factory=key)

    def ask(self, **message: object) -> dict[str, Any]:
        """Have a verifier ask, and return its answer: `request` and `id`."""
        answer = self.client.post("/verifier/api/v1/requests", json=message)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def fetch(self, link: str, **form: str) -> dict[str, Any]:
        """Return the parameters of a request behind a link."""
        given = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
        if "request_uri" not in given:
            return {name: json.loads(value) if value.startswith(("{", "[")) else value for name, value in given.items()}
        by_post = given.get("request_uri_method") == "post"
        answer = self.client.post(given["request_uri"], data=form) if by_post else self.client.get(given["request_uri"])
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == f"application/{TYP}"
        jws = read(answer.text)
        assert jws.claims()["client_id"] == given["client_id"]
        return jws.claims()

    def present(
        self,
        request: Mapping[str, Any],
        credential: str | None = None,
        *,
        now: datetime,
        show: tuple[str, ...] = ("name",),
        signer: InMemorySigner | None = None,
        **changes: object,
    ) -> str:
        """Return a presentation; `changes` are other claims of the key binding, where `...` leaves one out."""
        sd_jwt = open_sd_jwt_vc((credential or course(self.holder)).encode(), with_certificates=True).sd_jwt
        shown = [placed.disclosure.text for placed in sd_jwt.placed if placed.path[-1] in show]
        presented = "~".join([sd_jwt.presented.partition("~")[0], *shown, ""])
        claims = {
            "iat": int(now.timestamp()),
            "aud": request.get("client_id"),
            "nonce": request["nonce"],
            "sd_hash": digest(presented, "sha-256"),
        } | changes
        kept = {name: value for name, value in claims.items() if value is not ...}
        return presented + sign_jws(encode_json(kept), signer or self.holder, typ="kb+jwt")

    @staticmethod
    def hashed(text: str) -> str:
        """Return the hash of a transaction as a key binding carries it."""
        return digest(text, "sha-256")

    def post(self, request: Mapping[str, Any], token: object, **form: str) -> Response:
        """Post an answer as the request wants it."""
        answer = {"vp_token": token, "state": request["state"]}
        if request["response_mode"] == "direct_post.jwt":
            data = {"response": encrypted(request, answer)}
        else:
            data = {"vp_token": json.dumps(token), "state": request["state"]}
        return self.client.post(request["response_uri"], data=data | form)

    def answer(self, identifier: str, **query: str) -> dict[str, Any]:
        """Return what who asked reads."""
        found = self.client.get(f"/verifier/api/v1/requests/{identifier}", params=query)
        assert found.status_code == 200, found.text
        return dict(found.json())


def encrypted(request: Mapping[str, Any], answer: Mapping[str, Any], enc: str = "A128GCM") -> str:
    """Return an answer, encrypted to the key of a request."""
    [recipient] = request["client_metadata"]["jwks"]["keys"]
    return encrypt(json.dumps(answer).encode(), recipient, enc=enc)


def read(text: str) -> JWS:
    """Return a request object, not verified."""
    return parse_jws(text, typ={TYP}, allow=("x5c",))


def ago(now: datetime, **before: float) -> int:
    """Return a moment before now, in seconds since 1970; negative amounts are after it."""
    return int((now - timedelta(**before)).timestamp())
