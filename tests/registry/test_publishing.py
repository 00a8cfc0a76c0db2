from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from credentials.errors import MalformedValueError
from registry.drafts import RoleKeys, RoleSigner
from registry.founding import build_files
from registry.linting import role_findings
from registry.publishing import Publisher
from tests.trust.world import EXAMPLES, NOW, Keys, encoded, keys_of, publish, shipped
from trust.bundle import open_bundle
from web.bundle_folder import BundleFolder


def test_publishing_again_signs_only_what_changed_and_keeps_the_past(tmp_path: Path) -> None:
    first = publish(tmp_path, shipped())
    before = {path.name: path.read_bytes() for path in tmp_path.rglob("*.json")}
    files = shipped()
    files["states/XB/rules.json"]["rules"] = []
    publish(tmp_path, files, NOW + timedelta(hours=1))
    after = {path.name: path.read_bytes() for path in tmp_path.rglob("*.json")}
    assert all(after[name] == content for name, content in before.items() if name != "timestamp.json")
    new = {name for name in after.keys() - before.keys() if not name.endswith(".rules.json")}
    assert new == {"2.state-XB.json", "2.snapshot.json"}
    lists = open_bundle(BundleFolder(tmp_path), root=first.root(), now=NOW, seen_version=1)
    assert (lists.version, [rule for rule in lists.rules if rule.state == "XB"]) == (2, [])


def test_roles_are_signed_again_in_the_second_half_of_their_time(tmp_path: Path) -> None:
    publish(tmp_path, shipped())
    publish(tmp_path, shipped(), NOW + timedelta(days=30))
    assert (tmp_path / "metadata" / "2.state-XA.json").exists()
    assert not (tmp_path / "metadata" / "2.targets.json").exists()


def test_signatures_that_run_out_are_said_before_and_after(tmp_path: Path) -> None:
    publisher = publish(tmp_path, shipped())
    assert role_findings(publisher.ends(), NOW + timedelta(days=30)) == ()
    soon = role_findings(publisher.ends(), NOW + timedelta(days=31))
    assert [(one.code, one.id, one.is_warning) for one in soon] == [
        ("ROLE_ENDS_SOON", f"state-{code}", True) for code in ("XA", "XB", "XC")
    ]
    assert "run out on 2027-01-04, and what this state says is then unknown" in soon[0].detail
    late = {one.id: one for one in role_findings(publisher.ends(), NOW + timedelta(days=90))}
    assert {name: one.code for name, one in late.items()} == dict.fromkeys(
        ("targets", "state-XA", "state-XB", "state-XC"), "ROLE_ENDED"
    )
    assert not late["targets"].is_warning
    assert "nobody then opens these lists: publish its lists again with its keys" in late["targets"].detail
    assert role_findings(Publisher(tmp_path / "none", Keys()).ends(), NOW) == ()


def test_a_role_that_gets_other_keys_is_signed_by_them_though_its_files_are_the_same(tmp_path: Path) -> None:
    publisher = publish(tmp_path, shipped())
    new = Keys().signer("another key")
    roles = publisher.own_roles(("XA", "XB", "XC")) | {"state-XA": RoleKeys((new.public_key,))}
    draft = publisher.draft(encoded(shipped()), roles, now=NOW + timedelta(hours=1))
    assert set(draft.metadata) == {"targets", "state-XA"}
    draft.sign([new, publisher.keys.signer("bundle:targets")])
    publisher.release(draft, now=NOW + timedelta(hours=1))
    assert open_bundle(BundleFolder(tmp_path), root=publisher.root(), now=NOW, seen_version=1).version == 2


def test_no_key_is_opened_from_an_address() -> None:
    signer = RoleSigner(Keys().signer("bundle:root"))
    with pytest.raises(ValueError, match="our key store"):
        RoleSigner.from_priv_key_uri("file:key", signer.public_key)


@pytest.mark.parametrize("text", ["{", json.dumps({"rules": [{"id": "x"}]}), json.dumps({"other": []}), json.dumps({"rules": 5})])
def test_a_file_that_is_not_of_its_form_is_refused_before_anything_is_signed(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "partnership"
    shutil.copytree(EXAMPLES, folder)
    (folder / "states" / "XB" / "rules.json").write_text(text)
    with pytest.raises(MalformedValueError, match="rules"):
        build_files(folder, keys_of)


def test_joint_definitions_and_authorities_that_decide_are_filled_in(tmp_path: Path) -> None:
    folder = tmp_path / "partnership"
    shutil.copytree(EXAMPLES, folder)
    defined = {"id": "urn:comity:joint:q:x@1", "states": ["XA", "XB"], "names": {}, "field": "09", "nqf": "2", "isco": "5322"}
    (folder / "qualifications.json").write_text(json.dumps({"qualifications": [defined]}))
    path = folder / "states" / "XC" / "authorities.json"
    document = json.loads(path.read_text())
    document["authorities"][0]["slug"] = "calentia-board"
    path.write_text(json.dumps(document))
    files = build_files(folder, keys_of)
    assert json.loads(files["partnership/qualifications.json"]) == {"qualifications": [defined]}
    authority = json.loads(files["states/XC/authorities.json"])["authorities"][0]
    assert authority["did"].endswith("calentia-board")
    assert authority["keys"][0]["publicKeyMultibase"].startswith("z6Mk")


def test_what_is_published_now_can_be_read_back(tmp_path: Path) -> None:
    assert Publisher(tmp_path, Keys()).current() == {}
    publish(tmp_path, shipped())
    files = shipped()
    files["states/XB/rules.json"]["rules"] = []
    publisher = publish(tmp_path, files, NOW + timedelta(hours=1))
    assert publisher.current() == encoded(files)
