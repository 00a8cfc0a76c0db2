"""A wallet with a centre that issues: real keys, proofs and status lists, answered from memory."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from starlette.testclient import TestClient

import wallet as wallet_package
from credentials.data_integrity import add_proof_set
from credentials.dids import did_document
from credentials.errors import FetchError
from credentials.fetching import Fetched
from credentials.keys import InMemorySigner
from credentials.status.bitstring import StatusList, status_list_credential
from tests.trust.world import bundle
from wallet.routes import router
from wallet.service import Wallet
from web.db import Database, open_engine
from web.fetcher import GuardedFetcher
from web.joining import join
from web.pages import Pages
from web.sealing import Sealer
from web.security import SecurityHeaders

BASE: Final = "http://localhost:8000"
NOW: Final = datetime(2026, 11, 23, 9, tzinfo=UTC)
EXAMPLES: Final = Path(__file__).parents[2] / "schemas" / "examples"
CODE: Final = "NAJMA-CLAIM-CODE-0001"
OTHER_CODE: Final = "YUSUF-CLAIM-CODE-0002"
TEXT: Final = {"Accept": "text/html"}


@dataclass
class Centre:
    """Answers claims, did:web documents and status lists; what is not there answers 404, what is `None` not at all."""

    answers: dict[str, bytes | int | None] = field(default_factory=dict)

    def fetch(self, url: str) -> Fetched:
        answer = self.answers.get(url.partition("?")[0], 404)
        if answer is None:
            raise FetchError("the centre did not answer")
        if isinstance(answer, int):
            raise FetchError(f"the address answered with status {answer}")
        return Fetched(url, answer, "application/json")

    def send(self, path: str, message: bytes) -> Fetched:
        raise FetchError(f"{path} does not answer to {len(message)} bytes")

    def issue(self, example: str, code: str, **changes: object) -> dict[str, Any]:
        document = json.loads((EXAMPLES / f"{example}.json").read_bytes()) | changes
        issuer = document["issuer"]["id"]
        signer = InMemorySigner(f"{issuer}#k1", sha256(issuer.encode()).digest())
        slug = issuer.rpartition(":")[2]
        for scheme in ("http", "https"):
            self.answers[f"{scheme}://localhost:8000/issuers/{slug}/did.json"] = json.dumps(
                did_document(issuer, {"k1": signer.public_key})
            ).encode()
        for entry in document["credentialStatus"]:
            self.set_status(entry["statusListCredential"], issuer, signer, set())
        secured = add_proof_set(document, signer, created=datetime.fromisoformat(document["validFrom"]))
        self.answers[f"{BASE}/issuer/api/v1/claims/{code}"] = json.dumps(secured, ensure_ascii=False).encode()
        return secured

    def set_status(self, url: str, issuer: str, signer: InMemorySigner, indices: set[int]) -> None:
        document = status_list_credential(
            url,
            issuer=issuer,
            purpose=url.rpartition("-")[2],
            status_list=StatusList.from_indices(indices, 131_072),
            valid_from=NOW - timedelta(days=1),
            valid_until=NOW + timedelta(days=6),
        )
        self.answers[url] = json.dumps(add_proof_set(document, signer, created=NOW - timedelta(days=1))).encode()

    def mark(self, secured: dict[str, Any], purpose: str) -> None:
        issuer = secured["issuer"]["id"]
        signer = InMemorySigner(f"{issuer}#k1", sha256(issuer.encode()).digest())
        for entry in secured["credentialStatus"]:
            if entry["statusPurpose"] == purpose:
                self.set_status(entry["statusListCredential"], issuer, signer, {int(entry["statusListIndex"])})


@dataclass
class House:
    """The wallet's application, its clock and its centre."""

    wallet: Wallet
    centre: Centre
    app: FastAPI
    now: list[datetime]

    def browser(self) -> TestClient:
        return TestClient(self.app, base_url=BASE, headers=TEXT, follow_redirects=True)

    def pass_time(self, **how_long: float) -> None:
        self.now[0] += timedelta(**how_long)

    def keep(self, browser: TestClient, code: str = CODE) -> str:
        page = browser.get(f"/claim/{code}")
        answer = browser.post(f"/claim/{code}", data={"form": form_of(page.text)})
        assert answer.status_code == 200, answer.text
        return str(answer.url.path.rpartition("/")[2])

    def share(self, browser: TestClient, record: str, duration: str = "7-days") -> tuple[str, str]:
        page = browser.get(f"/wallet/certificates/{record}/share")
        form = {"form": form_of(page.text), "duration": duration}
        answer = browser.post(f"/wallet/certificates/{record}/share", data=form)
        assert answer.status_code == 200, answer.text
        address = answer.text.partition(f'value="{BASE}/s/')[2].partition('"')[0]
        link_id, _, digits = address.partition("#")
        return link_id, digits


def form_of(page: str) -> str:
    return page.partition('name="form" value="')[2].partition('"')[0]


def build(database_url: str) -> House:
    now, centre = [NOW], Centre()
    engine = open_engine(database_url)
    house = Wallet(
        base_url=BASE,
        database=Database(engine),
        clock=lambda: now[0],
        pages=Pages([Path(str(wallet_package.__file__)).parent]),
        fetcher=centre,
        sealer=Sealer(bytes(32)),
        bundle=bundle,
        send=centre.send,
        relay=GuardedFetcher().exchange,
        paper=lambda told: json.dumps(told).encode(),
    )
    app = FastAPI()
    join(app, router(house))
    app.add_middleware(SecurityHeaders)
    return House(house, centre, app, now)


def tampered(content: bytes) -> bytes:
    document = json.loads(content)
    changed = copy.deepcopy(document)
    changed["credentialSubject"]["name"][0]["@value"] = "Somebody Else"
    return json.dumps(changed).encode()
