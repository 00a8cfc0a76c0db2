"""Signing by many, elsewhere: drafts go out, signatures come back, thresholds are kept."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from credentials.errors import MalformedValueError
from credentials.keys import InMemorySigner
from registry.drafts import Draft, RoleKeys, SignaturesMissingError, parse_roles
from registry.publishing import Publisher
from tests.trust.world import NOW, Keys, encoded, shipped
from trust.bundle import BundleError, open_bundle
from web.bundle_folder import BundleFolder

STATES = ("XA", "XB", "XC")


def holder(name: str) -> InMemorySigner:
    return InMemorySigner(name, sha256(name.encode()).digest())


COUNCIL = [holder(f"council-{number}") for number in range(5)]
BOARD = [holder(f"board-{number}") for number in range(3)]
XA = [holder(f"xa-{number}") for number in range(3)]


def quorum(publisher: Publisher, council: list[InMemorySigner] = COUNCIL) -> dict[str, RoleKeys]:
    """Three of five in the council, two of three in the board and in the state XA; the other roles lie here."""
    return {
        **publisher.own_roles(STATES),
        "root": RoleKeys(tuple(one.public_key for one in council), 3),
        "targets": RoleKeys(tuple(one.public_key for one in BOARD), 2),
        "state-XA": RoleKeys(tuple(one.public_key for one in XA), 2),
    }


def here(publisher: Publisher) -> list[InMemorySigner]:
    return [publisher.keys.signer(f"bundle:state-{code}") for code in STATES]  # type: ignore[misc]  # the tests' keys


def founded(folder: Path) -> Publisher:
    publisher = Publisher(folder, Keys())
    draft = publisher.draft(encoded(shipped()), quorum(publisher), now=NOW)
    draft.sign([*COUNCIL[:3], *BOARD[1:], *XA[:2], *here(publisher)])
    publisher.release(draft, now=NOW)
    return publisher


def test_a_partnership_is_founded_by_its_quorums_and_not_by_less(tmp_path: Path) -> None:
    publisher = Publisher(tmp_path, Keys())
    draft = publisher.draft(encoded(shipped()), quorum(publisher), now=NOW)
    assert draft.missing() == {"root": 3, "targets": 2, "state-XA": 2, "state-XB": 1, "state-XC": 1}
    assert draft.sign([*COUNCIL[:2], *BOARD, XA[0], *here(publisher), holder("stranger")]) == 8
    assert draft.sign([COUNCIL[0]]) == 0
    assert draft.missing() == {"root": 1, "state-XA": 1}
    with pytest.raises(SignaturesMissingError, match=r"root \(1\), state-XA \(1\)"):
        publisher.release(draft, now=NOW)
    assert not (tmp_path / "metadata").exists()
    draft.sign([COUNCIL[4], XA[2]])
    assert publisher.release(draft, now=NOW) == 1
    assert set(open_bundle(BundleFolder(tmp_path), root=publisher.root(), now=NOW).states) == set(STATES)


def test_signatures_are_given_elsewhere_and_brought_back(tmp_path: Path) -> None:
    publisher = founded(tmp_path)
    files = shipped()
    files["states/XA/rules.json"]["rules"] = []
    draft = publisher.draft(encoded(files), quorum(publisher), now=NOW + timedelta(hours=1))
    assert set(draft.metadata) == {"state-XA"}
    copies = [Draft.from_bytes(draft.to_bytes()) for _ in range(2)]
    assert copies[0].sign([XA[0]]) == copies[1].sign([XA[2]]) == 1
    for copy in copies:
        assert draft.merge(Draft.from_bytes(copy.to_bytes())) == 1
    assert draft.merge(copies[0]) == 0
    assert publisher.release(draft, now=NOW + timedelta(hours=1)) == 2
    lists = open_bundle(BundleFolder(tmp_path), root=publisher.root(), now=NOW, seen_version=1)
    assert [rule for rule in lists.rules if rule.state == "XA"] == []


def test_a_copy_that_says_something_else_is_not_merged(tmp_path: Path) -> None:
    publisher = founded(tmp_path)
    files = shipped()
    files["states/XA/rules.json"]["rules"] = []
    mine = publisher.draft(encoded(files), quorum(publisher), now=NOW)
    files["states/XA/authorities.json"]["authorities"] = []
    theirs = publisher.draft(encoded(files), quorum(publisher), now=NOW)
    theirs.sign(XA)
    for other in (theirs, Draft({}, {}, None, None)):
        with pytest.raises(MalformedValueError, match="something else"):
            mine.merge(other)


def test_a_council_key_is_replaced_by_the_old_council_and_the_new(tmp_path: Path) -> None:
    publisher = founded(tmp_path)
    new = [*COUNCIL[1:], holder("council-new")]
    draft = publisher.draft(encoded(shipped()), quorum(publisher, new), now=NOW)
    assert set(draft.metadata) == {"root"}
    draft.sign([COUNCIL[0], COUNCIL[1], COUNCIL[2]])
    assert draft.missing() == {"root": 1}
    draft.sign([new[-1]])
    publisher.release(draft, now=NOW)
    assert (tmp_path / "metadata" / "2.root.json").exists()
    assert open_bundle(BundleFolder(tmp_path), root=publisher.root(), now=NOW, seen_version=1).version == 2


def test_less_than_a_quorum_changes_neither_parties_nor_roots(tmp_path: Path) -> None:
    publisher = founded(tmp_path)
    thief = Publisher(tmp_path, Keys())
    alone = {**thief.own_roles(STATES), "state-XA": RoleKeys((XA[0].public_key,))}
    draft = thief.draft(encoded(shipped()), alone, now=NOW + timedelta(hours=1))
    draft.sign([XA[0], *(thief.keys.signer(f"bundle:{role}") for role in alone)])
    for role, metadata in draft.metadata.items():
        (tmp_path / "metadata" / f"{metadata.signed.version}.{role}.json").write_bytes(metadata.to_bytes())
    thief.refresh(now=NOW + timedelta(hours=1))
    with pytest.raises(BundleError):
        open_bundle(BundleFolder(tmp_path), root=publisher.root(), now=NOW)


def test_a_refresh_touches_snapshot_and_timestamp_alone(tmp_path: Path) -> None:
    publisher = founded(tmp_path)
    before = {path.name for path in tmp_path.rglob("*.json")}
    assert publisher.refresh(now=NOW + timedelta(days=5)) == 2
    assert {path.name for path in tmp_path.rglob("*.json")} - before == {"2.snapshot.json"}


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", json.dumps({"root": 5, "top": None, "metadata": {}, "files": {}}).encode()])
def test_what_is_no_draft_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedValueError, match="no draft"):
        Draft.from_bytes(content)


def test_a_threshold_is_one_that_the_keys_can_reach() -> None:
    keys = [one.public_key.multibase for one in XA]
    assert parse_roles({"state-XA": {"threshold": 2, "keys": keys}})["state-XA"].threshold == 2
    for threshold, listed in ((0, keys), (4, keys), (1, [keys[0], keys[0]])):
        with pytest.raises(MalformedValueError):
            parse_roles({"state-XA": {"threshold": threshold, "keys": listed}})
