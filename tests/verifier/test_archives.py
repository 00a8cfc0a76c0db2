"""A certificate in its archive form: its place in the log keeps it good when its school's key is stolen later."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Final

import pytest

from credentials.encoding import b64url_encode
from tests.trust.logs import anchored
from tests.trust.test_scenarios import issuer
from tests.trust.world import CARE_SCHOOL, Files, signer
from tests.verifier.cases import good
from tests.verifier.desk import asked, lists_with
from trust.anchoring import Anchor
from trust.bundle import Bundle
from verifier.archives import opened

STOLEN: Final = "2026-11-20T10:00:00Z"
NEXT: Final = "#k2"
"""The key that signs, and with it the status lists, once the first is known to be stolen."""


def spelled(anchor: Anchor) -> dict[str, Any]:
    members = asdict(anchor)
    path = [b64url_encode(step) for step in members["path"]]
    return {
        "log": anchor.log,
        "leafSalt": b64url_encode(anchor.salt),
        "treeSize": anchor.tree_size,
        "index": anchor.index,
        "path": path,
    }


def archive(anchor: Any) -> bytes:  # noqa: ANN401
    return b'{"credential":%b,"anchor":%b}' % (good(), json.dumps(anchor).encode())


def stolen(*, recorded: str) -> tuple[Anchor, Bundle]:
    anchor, head = anchored(json.loads(good()), recorded=recorded)

    def change(files: Files) -> None:
        [first] = issuer(files)["keys"]
        following = {"id": NEXT, "publicKeyMultibase": signer(CARE_SCHOOL, NEXT).public_key.multibase}
        issuer(files)["keys"] = [first | {"compromisedSince": STOLEN}, first | following]
        files["states/XA/log-heads.json"] = {"log-heads": [head]}

    return anchor, lists_with(change)


def test_j13_a_place_in_a_log_recorded_before_the_theft_keeps_a_certificate_good() -> None:
    anchor, lists = stolen(recorded="2026-11-20T08:00:00Z")
    assert asked(good(), bundle=lists, lists_by=NEXT).verdict != "recognized"
    assert asked(archive(spelled(anchor)), bundle=lists, lists_by=NEXT).verdict == "recognized"
    codes = [step.code for step in asked(archive(spelled(anchor)), bundle=lists, lists_by=NEXT).recognition.chain]  # type: ignore[union-attr]
    assert "ISSUE_TIME_ANCHORED" in codes


def test_j13_a_place_recorded_after_the_theft_proves_nothing() -> None:
    anchor, lists = stolen(recorded="2026-11-20T11:00:00Z")
    assert (
        asked(archive(spelled(anchor)), bundle=lists, lists_by=NEXT).verdict
        == asked(good(), bundle=lists, lists_by=NEXT).verdict
        != "recognized"
    )


@pytest.mark.parametrize("anchor", [None, {}, "x", {"log": "x", "leafSalt": "AA", "treeSize": 1, "index": 0, "path": []}])
def test_an_archive_whose_place_cannot_be_read_counts_as_the_certificate_alone(anchor: Any) -> None:  # noqa: ANN401
    assert asked(archive(anchor)).to_json() == asked(good()).to_json()
    assert opened(archive(anchor)).anchor is None


def test_a_tampered_certificate_in_an_archive_is_found() -> None:
    document = json.loads(archive(None))
    document["credential"]["credentialSubject"]["name"] = [{"@value": "Somebody Else"}]
    assert asked(json.dumps(document).encode()).verdict == "forged"


@pytest.mark.parametrize("content", [b"eyJ.a.b", b"{", b'{"credential":"x","anchor":{}}', b'{"credential":{}}', good()])
def test_what_is_no_archive_is_left_as_it_is(content: bytes) -> None:
    assert opened(content).content == content
