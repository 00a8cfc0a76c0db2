from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from registry.drafts import Draft, RoleSigner
from registry.publishing import Publisher
from tests.trust.world import (
    CARE_SCHOOL,
    NOW,
    WELDING_SCHOOL,
    Keys,
    Memory,
    bundle,
    bundle_of,
    did,
    encoded,
    publish,
    published,
    read_all,
    result,
    shipped,
    training,
)
from trust.bundle import Bundle, BundleError, Freshness, open_bundle, target_file
from trust.list_errors import RoleEndedError, WrongSignerError
from trust.outcomes import Kind, NotRecognised, Recognised
from trust.recognition import Dossier, recognize

TIMESTAMP, SNAPSHOT, TOP, XA = (
    "metadata/timestamp.json",
    "metadata/1.snapshot.json",
    "metadata/1.targets.json",
    "metadata/1.state-XA.json",
)
LATER = NOW + timedelta(days=1)


def opened(memory: Memory, root: bytes, seen: int = 0) -> Bundle:
    return open_bundle(memory, root=root, now=NOW, seen_version=seen)


def changed() -> dict[str, object]:
    files = shipped()
    files["states/XA/rules.json"]["rules"] = []
    return files


def test_the_shipped_partnership_is_read_back_as_it_was_written() -> None:
    lists = bundle()
    assert set(lists.states) == {"XA", "XB", "XC"}
    assert lists.issuers[did(WELDING_SCHOOL)].names["en"] == "Tarimba Welding School"
    assert f"{did(WELDING_SCHOOL)}#k1" in lists.listed_keys()
    assert lists.published == NOW
    assert not lists.expired


def test_the_same_lists_have_the_same_hash_and_others_another() -> None:
    assert bundle_of(shipped()).hash == bundle().hash != bundle_of(changed()).hash


def test_an_expired_timestamp_is_old_and_still_authentic() -> None:
    memory, root = published(shipped())
    old = open_bundle(memory, root=root, now=NOW + timedelta(days=60))
    assert old.expired
    assert old.freshness(NOW + timedelta(days=60)) is Freshness.RED
    assert old.freshness(NOW + timedelta(days=7)) is Freshness.GREEN
    assert old.freshness(NOW + timedelta(days=45)) is Freshness.AMBER
    assert old.age(NOW - timedelta(days=1)) == timedelta()


def renewed(tmp_path: Path, days: int, state: str) -> Publisher:
    """Publish; at the half of so many days one state signs its lists anew, at their end only snapshot and timestamp are signed."""
    publisher = publish(tmp_path, shipped())
    half, role = NOW + timedelta(days=days // 2), f"state-{state}"
    whole = publisher.draft(encoded(shipped()), publisher.own_roles(("XA", "XB", "XC")), now=half)
    draft = Draft({role: whole.metadata[role]}, whole.files, whole.root, whole.top)
    draft.sign([Keys().signer(f"bundle:{role}")])
    publisher.release(draft, now=half)
    publisher.refresh(now=NOW + timedelta(days=days))
    return publisher


@pytest.mark.parametrize(("in_time", "asked", "question"), [("XA", "XB", "recognised"), ("XB", "XB", "entitled"), ("XA", "XA", "")])
def test_a_state_that_was_late_to_sign_is_unknown_and_the_others_are_as_they_were(
    tmp_path: Path, in_time: str, asked: str, question: str
) -> None:
    publisher, now = renewed(tmp_path, 60, in_time), NOW + timedelta(days=60)
    files = read_all(tmp_path)
    lists = open_bundle(files, root=publisher.root(), now=now)
    assert dict(lists.ran_out) == dict.fromkeys({"XA", "XB", "XC"} - {in_time}, NOW + timedelta(days=45))
    assert open_bundle(files, root=publisher.root(), now=now, known=lists).ran_out == lists.ran_out
    outcome = recognize(Dossier(result(training())), asked, now, bundle=lists, now=now)
    late = [step for step in outcome.chain if step.code == "LISTS_RAN_OUT"]
    assert [step.question for step in late] == ([question] if question else [])
    if question:
        assert isinstance(outcome, NotRecognised)
        assert outcome.kind is Kind.UNKNOWN
        assert late[0].params == {"state": "XB" if question == "recognised" else "XA", "date": "2027-01-04"}
    else:
        assert isinstance(outcome, Recognised)


def test_partnership_files_that_had_run_out_open_for_nobody(tmp_path: Path) -> None:
    publisher, now = renewed(tmp_path, 90, "XB"), NOW + timedelta(days=90)
    with pytest.raises(RoleEndedError) as caught:
        open_bundle(read_all(tmp_path), root=publisher.root(), now=now)
    assert caught.value.type.endswith("BUNDLE_ROLE_ENDED")
    assert caught.value.detail.startswith("targets ran out on 2027-02-18, before these lists were published on 2027-02-18")


@pytest.mark.parametrize("path", [TIMESTAMP, SNAPSHOT, TOP, XA])
def test_metadata_that_is_missing_changed_or_no_metadata_is_refused(path: str) -> None:
    memory, root = published(shipped())
    good = memory.files[path]
    for bad in (None, good.replace(b"T12:00:00Z", b"T13:00:00Z"), b"{}", b"[" * 50, good[:-10], b"\xff"):
        memory.files.pop(path, None)
        if bad is not None:
            memory.files[path] = bad
        with pytest.raises(BundleError):
            opened(memory, root)


def test_a_changed_or_missing_or_huge_target_is_refused() -> None:
    memory, root = published(shipped())
    path = next(path for path in memory.files if path.endswith(".rules.json") and "/XB/" in path)
    good = memory.files[path]
    for bad in (good.replace(b"conditional", b"automatic  "), good + b" ", bytes(64 * 1024 * 1024 + 1)):
        memory.files[path] = bad
        with pytest.raises(BundleError):
            opened(memory, root)
    del memory.files[path]
    with pytest.raises(BundleError, match="missing"):
        opened(memory, root)


def test_lists_older_than_those_seen_before_are_refused() -> None:
    memory, root = published(shipped())
    assert opened(memory, root, seen=1).version == 1
    with pytest.raises(BundleError, match="version 2 was seen"):
        opened(memory, root, seen=2)


def test_files_of_two_publications_do_not_mix() -> None:
    memory, root = published(shipped())
    other, _ = published(changed(), LATER)
    for path in (SNAPSHOT, XA, TIMESTAMP):
        mixed = Memory({**memory.files, path: other.files[path]})
        with pytest.raises(BundleError):
            opened(mixed, root)


def test_another_partnerships_root_does_not_open_the_lists() -> None:
    memory, root = published(shipped())
    metadata = Metadata[Root].from_bytes(root)
    stranger = RoleSigner(Keys().signer("stranger"))
    for role in ("root", "targets", "snapshot", "timestamp"):
        metadata.signed.roles[role].keyids = []
        metadata.signed.add_key(stranger.public_key, role)
    metadata.sign(stranger)
    with pytest.raises(BundleError):
        opened(memory, metadata.to_bytes())


def next_root(root: bytes, *roles: str, version: int = 2) -> bytes:
    metadata = Metadata[Root].from_bytes(root)
    metadata.signed.version = version
    metadata.signatures.clear()
    for role in roles:
        metadata.sign(RoleSigner(Keys().signer(role)), append=True)
    return metadata.to_bytes()


def test_a_newer_root_is_followed_when_its_predecessor_signed_it() -> None:
    memory, root = published(shipped())
    memory.files["metadata/2.root.json"] = next_root(root, "bundle:root")
    assert opened(memory, root).version == 1


@pytest.mark.parametrize("bad", [("bundle:targets", 2), ("bundle:root", 3)])
def test_a_newer_root_of_a_stranger_or_under_a_wrong_number_is_refused(bad: tuple[str, int]) -> None:
    memory, root = published(shipped())
    memory.files["metadata/2.root.json"] = next_root(root, bad[0], version=bad[1])
    with pytest.raises(BundleError):
        opened(memory, root)


def test_one_key_does_not_meet_a_threshold_of_two() -> None:
    memory, root = published(shipped())
    metadata = Metadata[Root].from_bytes(root)
    metadata.signed.add_key(RoleSigner(Keys().signer("second")).public_key, "timestamp")
    metadata.signed.roles["timestamp"].threshold = 2
    with pytest.raises(WrongSignerError):
        opened(memory, metadata.to_bytes())


Change = Callable[[Targets, Targets], None]


def move_rules_to_xa(xa: Targets, xb: Targets) -> None:
    xa.targets["states/XB/rules.json"] = xb.targets.pop("states/XB/rules.json")


def forget_rules(_: Targets, xb: Targets) -> None:
    del xb.targets["states/XB/rules.json"]


@pytest.mark.parametrize("change", [move_rules_to_xa, forget_rules])
def test_a_states_file_counts_only_from_that_states_role(change: Change) -> None:
    memory, root = published(shipped())
    signed = {code: Metadata[Targets].from_bytes(memory.files[f"metadata/1.state-{code}.json"]) for code in ("XA", "XB")}
    change(signed["XA"].signed, signed["XB"].signed)
    resign(memory, {f"state-{code}": metadata for code, metadata in signed.items()})
    with pytest.raises(WrongSignerError, match="is not signed by the role"):
        opened(memory, root)


def resign(memory: Memory, changes: dict[str, Metadata[Targets]]) -> None:
    """Sign changed roles, then snapshot and timestamp over them, as somebody would who holds all online keys."""
    snapshot = Metadata[Snapshot].from_bytes(memory.files[SNAPSHOT])
    timestamp = Metadata[Timestamp].from_bytes(memory.files[TIMESTAMP])
    for role, metadata in changes.items():
        metadata.sign(RoleSigner(Keys().signer(f"bundle:{role}")))
        memory.files[f"metadata/1.{role}.json"] = metadata.to_bytes()
        snapshot.signed.meta[f"{role}.json"] = meta(1, metadata.to_bytes())
    snapshot.sign(RoleSigner(Keys().signer("bundle:snapshot")))
    memory.files[SNAPSHOT] = snapshot.to_bytes()
    timestamp.signed.snapshot_meta = meta(1, snapshot.to_bytes())
    timestamp.sign(RoleSigner(Keys().signer("bundle:timestamp")))
    memory.files[TIMESTAMP] = timestamp.to_bytes()


def meta(version: int, content: bytes) -> MetaFile:
    return MetaFile.from_data(version, content, ["sha256"])


def test_a_state_without_a_delegation_is_refused() -> None:
    memory, root = published(shipped())
    top = Metadata[Targets].from_bytes(memory.files[TOP])
    assert top.signed.delegations is not None
    assert top.signed.delegations.roles is not None
    del top.signed.delegations.roles["state-XC"]
    resign(memory, {"targets": top})
    with pytest.raises(BundleError, match="no role signs"):
        opened(memory, root)
    top.signed.delegations = None
    resign(memory, {"targets": top})
    with pytest.raises(BundleError, match="no role signs"):
        opened(memory, root)


def test_a_role_of_another_kind_is_refused() -> None:
    memory, root = published(shipped())
    xa = Metadata[Targets].from_bytes(memory.files[SNAPSHOT])
    resign(memory, {"state-XA": xa})
    with pytest.raises(BundleError, match="another kind"):
        opened(memory, root)


def test_a_target_that_is_no_object_is_refused() -> None:
    memory, root = published(shipped())
    xb = Metadata[Targets].from_bytes(memory.files["metadata/1.state-XB.json"])
    info = TargetFile.from_data("states/XB/rules.json", b"[]", ["sha256"])
    xb.signed.targets["states/XB/rules.json"] = info
    memory.files[target_file("states/XB/rules.json", info.hashes["sha256"])] = b"[]"
    resign(memory, {"state-XB": xb})
    with pytest.raises(BundleError, match="no JSON object"):
        opened(memory, root)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("states/XB/rules.json", '"conditional"', '"whatever"'),
        ("states/XB/rules.json", '"2025-03-01"', '"someday"'),
        ("states/XB/rules.json", '"texts"', '"words"'),
        ("states/XB/rules.json", '"legalBasis"', '"basis"'),
        ("states/XA/issuers.json", '"publicKeyMultibase": "z6Mk', '"publicKeyMultibase": "z6Ml'),
    ],
)
def test_a_record_that_is_not_of_its_form_is_refused(path: str, old: str, new: str) -> None:
    files = shipped()
    text = json.dumps(files[path])
    assert old in text
    files[path] = json.loads(text.replace(old, new))
    with pytest.raises(BundleError, match="not of the form"):
        bundle_of(files)


def test_who_else_signs_status_lists_is_the_word_of_one_state() -> None:
    files = shipped()
    assert bundle_of(files).status_authorities(did(CARE_SCHOOL)) == ()
    record = next(entry for entry in files["states/XA/issuers.json"]["issuers"] if entry["did"] == did(CARE_SCHOOL))
    record["statusAuthorities"] = ["did:web:council.example"]
    assert bundle_of(files).status_authorities(did(CARE_SCHOOL)) == ("did:web:council.example",)
    assert bundle_of(files).status_authorities("did:web:nobody.example") == ()
    files["states/XC/issuers.json"]["issuers"].append(record)
    assert bundle_of(files).status_authorities(did(CARE_SCHOOL)) == ()
