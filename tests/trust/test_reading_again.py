"""What was read is not read again while the same files stand; and what is large costs no more than it must."""

from __future__ import annotations

import gc
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from tuf.api.metadata import Metadata, Snapshot
from tuf.api.serialization.json import CanonicalJSONSerializer

from credentials.keys import PublicKey, Signer
from registry.drafts import RoleKeys
from registry.publishing import Publisher
from tests.trust.world import (
    NOW,
    WELDING_SCHOOL,
    Files,
    Keys,
    Memory,
    bundle,
    did,
    encoded,
    publish,
    read_all,
    result,
    shipped,
    training,
)
from trust.bundle import BundleError, open_bundle, open_bundle_again
from trust.recognition import Dossier, recognize
from web.bundle_folder import BundleFolder
from web.bundle_sources import mirror


class Counting:
    """Reads a folder, and remembers what was read."""

    def __init__(self, folder: Path) -> None:
        self.folder = BundleFolder(folder)
        self.read_paths: list[str] = []

    def read(self, path: str) -> bytes | None:
        self.read_paths.append(path)
        return self.folder.read(path)


def test_a_newer_version_of_the_same_files_is_not_read_again(tmp_path: Path) -> None:
    publisher, source = publish(tmp_path, shipped()), Counting(tmp_path)
    first = open_bundle(source, root=publisher.root(), now=NOW)
    later = NOW + timedelta(days=1)
    publisher.refresh(now=later)
    source.read_paths.clear()
    second = open_bundle(source, root=publisher.root(), now=later, seen_version=first.version, known=first)
    assert source.read_paths == ["metadata/2.root.json", "metadata/timestamp.json", "metadata/2.snapshot.json"]
    assert (second.version, second.published, second.issuers) == (2, later, first.issuers)
    assert second.hash != first.hash
    assert second == open_bundle(source, root=publisher.root(), now=later)


def test_of_a_state_that_published_its_changed_file_alone_is_read(tmp_path: Path) -> None:
    files, source = shipped(), Counting(tmp_path)
    publisher = publish(tmp_path, files)
    first = open_bundle(source, root=publisher.root(), now=NOW)
    files["states/XB/rules.json"]["rules"] = []
    publish(tmp_path, files)
    source.read_paths.clear()
    second = open_bundle(source, root=publisher.root(), now=NOW, known=first)
    read = [path.partition("/")[2] for path in source.read_paths if "states" in path or "state-" in path]
    assert [path.rpartition(".json")[0].rpartition(".")[2] for path in read] == ["state-XB", "rules"]
    assert {rule.state for rule in first.rules} - {rule.state for rule in second.rules} == {"XB"}
    assert second == open_bundle(source, root=publisher.root(), now=NOW)


def test_a_recognition_is_replayed_from_the_hash_of_its_lists(tmp_path: Path) -> None:
    """Acceptance: what was said is said again by the lists of that day, though rules, keys and roots have changed since."""
    publisher, dossier = publish(tmp_path, shipped()), Dossier(result(training()))
    root, source = publisher.root(), BundleFolder(tmp_path)
    said = recognize(dossier, "XB", NOW, bundle=open_bundle(source, root=root, now=NOW), now=NOW).to_json()

    later, files = NOW + timedelta(days=400), shipped()
    files["states/XB/rules.json"]["rules"] = []
    roles = {
        **publisher.own_roles(("XA", "XB", "XC")),
        "snapshot": RoleKeys((Keys().create("bundle:snapshot"), Keys().create("more"))),
    }
    draft = publisher.draft(encoded(files), roles, now=later)
    draft.sign(Keys().signer(f"bundle:{role}") for role in roles)
    publisher.release(draft, now=later)
    newest = open_bundle(source, root=root, now=later)
    assert recognize(dossier, "XB", later, bundle=newest, now=later).chain[-1].code == "NO_RULE"

    again = open_bundle_again(source, root=root, hash=said["bundleHash"])
    assert (again.version, again.published) == (1, NOW)
    assert recognize(dossier, "XB", NOW, bundle=again, now=NOW).to_json() == said
    assert open_bundle_again(source, root=root, hash=newest.hash).version == newest.version
    with pytest.raises(BundleError, match="no version of the lists"):
        open_bundle_again(source, root=root, hash="0" * 64)
    held = dict(read_all(tmp_path).files)
    held["metadata/1.state-XA.json"] = held["metadata/1.state-XA.json"].replace(b"2027", b"2028")
    with pytest.raises(BundleError):
        open_bundle_again(Memory(held), root=root, hash=said["bundleHash"])


class NewSnapshotKey(Keys):
    """The keys after the one that signs snapshots was changed."""

    def create(self, verification_method: str, algorithm: str = "Ed25519") -> PublicKey:
        return super().create(verification_method.replace("snapshot", "later snapshot"), algorithm)

    def signer(self, verification_method: str) -> Signer:
        return super().signer(verification_method.replace("snapshot", "later snapshot"))


def test_lists_signed_under_an_earlier_root_are_opened_again_by_it(tmp_path: Path) -> None:
    root, source = publish(tmp_path, shipped()).root(), BundleFolder(tmp_path)
    before = open_bundle(source, root=root, now=NOW)
    files = shipped()
    files["states/XB/rules.json"]["rules"] = []
    later = NOW + timedelta(days=1)
    Publisher(tmp_path, NewSnapshotKey()).publish(encoded(files), ("XA", "XB", "XC"), now=later)
    after = open_bundle(source, root=root, now=later)
    assert (tmp_path / "metadata" / "2.root.json").exists()
    assert open_bundle_again(source, root=root, hash=before.hash).rules == before.rules != after.rules
    assert open_bundle_again(source, root=root, hash=after.hash).rules == after.rules


def test_lists_that_do_not_say_when_they_were_published_are_not_opened_again(tmp_path: Path) -> None:
    root, path = publish(tmp_path, shipped()).root(), tmp_path / "metadata" / "1.snapshot.json"
    metadata = Metadata[Snapshot].from_file(str(path))
    metadata.signed.unrecognized_fields.clear()
    for signature in metadata.signatures.values():
        signature.signature = Keys().signer("bundle:snapshot").sign(CanonicalJSONSerializer().serialize(metadata.signed)).hex()
    metadata.to_file(str(path))
    with pytest.raises(BundleError, match="does not say when"):
        open_bundle_again(BundleFolder(tmp_path), root=root, hash=sha256(path.read_bytes()).hexdigest())


def test_of_ten_thousand_issuers_a_refresh_fetches_the_one_file_of_the_state_that_changed(tmp_path: Path) -> None:
    """Acceptance: everything that did not change stays as it was kept, however large it is; what this costs is in the bench."""
    files, there, here = shipped(), tmp_path / "there", tmp_path / "here"
    template = files["states/XA/issuers.json"]["issuers"][0]
    for code in ("XA", "XB", "XC"):
        made = [{**template, "did": f"did:web:{code}.example:{number}", "slug": f"c-{number}"} for number in range(3334)]
        files[f"states/{code}/issuers.json"]["issuers"].extend(made)
    publisher = publish(there, files)
    known = mirror(BundleFolder(there), here, root=publisher.root(), now=NOW)
    assert len(known.issuers) >= 10_000
    files["states/XB/rules.json"]["rules"] = []
    publish(there, files)
    source = Counting(there)
    newest = mirror(source, here, root=publisher.root(), now=NOW, known=known)
    assert {(path.rpartition("/")[2].split(".")[-2]) for path in source.read_paths} == {
        *("root", "timestamp", "snapshot", "state-XB", "rules")
    }
    assert sum(len(BundleFolder(there).read(path) or b"") for path in source.read_paths) < 20_000
    assert {rule.state for rule in known.rules} - {rule.state for rule in newest.rules} == {"XB"}


def without(files: Files, code: str) -> Files:
    """Return the lists after a state has left, its files with it."""
    parties = files["partnership/parties.json"]
    kept = {path: document for path, document in files.items() if not path.startswith(f"states/{code}/")}
    return {**kept, "partnership/parties.json": {**parties, "parties": [one for one in parties["parties"] if one["code"] != code]}}


@pytest.mark.parametrize(
    "change",
    [
        lambda files: without(files, "XC"),
        lambda files: files | {"states/XB/rules.json": files["states/XC/rules.json"]},
        lambda files: {path: document for path, document in files.items() if not path.endswith("closing-rolls.json")},
        lambda files: files | {"states/XB/issuers.json": files["states/XA/issuers.json"]},
    ],
    ids=["a state leaves", "a file changes", "a file is left out", "a centre is listed twice"],
)
def test_what_was_known_never_changes_what_is_read(tmp_path: Path, change: Callable[[Files], Files]) -> None:
    before, after = shipped(), change(shipped())
    publisher = Publisher(tmp_path, Keys())
    known = None
    for files in (before, after, before):
        publisher.publish(encoded(files), sorted({path.split("/")[1] for path in files if path.startswith("states/")}), now=NOW)
        known = open_bundle(BundleFolder(tmp_path), root=publisher.root(), now=NOW, known=known)
        assert known == open_bundle(BundleFolder(tmp_path), root=publisher.root(), now=NOW)


class OtherKeys(Keys):
    def create(self, verification_method: str, algorithm: str = "Ed25519") -> PublicKey:
        return super().create(f"other {verification_method}", algorithm)

    def signer(self, verification_method: str) -> Signer:
        return super().signer(f"other {verification_method}")


def test_under_another_root_nothing_known_counts(tmp_path: Path) -> None:
    publisher, source = Publisher(tmp_path, OtherKeys()), Counting(tmp_path)
    publisher.publish(encoded(shipped()), ("XA", "XB", "XC"), now=NOW)
    open_bundle(source, root=publisher.root(), now=NOW, known=bundle())
    assert {f"metadata/1.state-{code}.json" for code in ("XA", "XB", "XC")} <= set(source.read_paths)


def test_what_is_known_excuses_no_signature(tmp_path: Path) -> None:
    publisher = publish(tmp_path, shipped())
    first = open_bundle(BundleFolder(tmp_path), root=publisher.root(), now=NOW)
    files = dict(read_all(tmp_path).files)
    files["metadata/timestamp.json"] = files["metadata/timestamp.json"].replace(b"2026", b"2027")
    with pytest.raises(BundleError):
        open_bundle(Memory(files), root=publisher.root(), now=NOW, known=first)


def test_listed_keys_are_found_one_by_one() -> None:
    keys = bundle().listed_keys()
    method = f"{did(WELDING_SCHOOL)}#k1"
    assert keys[method] == bundle().issuers[did(WELDING_SCHOOL)].keys[0].public_key
    assert {name: keys[name] for name in keys} == dict(keys)
    assert len(keys) == len(set(keys)) > len(bundle().issuers)
    for name in (did(WELDING_SCHOOL), f"{did(WELDING_SCHOOL)}#k2", "did:web:nobody.example#k1"):
        assert name not in keys


@pytest.mark.parametrize("collecting", [True, False])
def test_the_collector_is_left_as_it_was(tmp_path: Path, *, collecting: bool) -> None:
    publisher = publish(tmp_path, shipped())
    (gc.enable if collecting else gc.disable)()
    try:
        open_bundle(BundleFolder(tmp_path), root=publisher.root(), now=NOW)
        assert gc.isenabled() is collecting
    finally:
        gc.enable()
