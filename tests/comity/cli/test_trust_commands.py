from __future__ import annotations

import contextlib
import json
import shutil
from pathlib import Path

import pytest

from comity.clock import now
from comity.compose import compose
from comity.settings import Settings
from registry import releasing
from registry.changes import suspension
from registry.working_copy import Change, apply_change, working_files
from tests.comity.conftest import EXAMPLES, Command

LISTS = EXAMPLES / "partnership"


def test_lists_are_published_and_shown(deployed: Command, data: Path) -> None:
    missing = deployed("bundle", "publish", LISTS)
    assert (missing.status, "there is no issuer" in missing.err) == (2, True)
    assert not (data / "bundle").exists()
    for path in (EXAMPLES / "issuers").glob("*.json"):
        deployed("issuer", "add", path)
    assert deployed("bundle", "publish", LISTS).out == "Published version 1 of the lists.\n"
    root = (data / "pinned-root.json").read_bytes()
    assert deployed("bundle", "publish", LISTS).out == "Published version 2 of the lists.\n"
    assert (data / "pinned-root.json").read_bytes() == root
    shown = deployed("bundle", "show")
    assert shown.out.startswith("version 2, published 20")
    assert "states XA, XB, XC; 3 issuers; " in shown.out
    document = deployed("bundle", "show", "--json").json
    assert (document["version"], document["states"], document["expired"]) == (2, ["XA", "XB", "XC"], False)


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    return shutil.copytree(LISTS, tmp_path / "lists")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("parties.json", None, "No such file"),
        ("parties.json", "[]", "holds no JSON object"),
        ("parties.json", "{}", "KeyError 'parties'"),
        ("parties.json", "{", "Expecting property name"),
        ("parties.json", '{"parties": [7]}', "TypeError"),
        ("states/XA/issuers.json", '{"issuers": [{}]}', "KeyError"),
        ("states/XA/issuers.json", '{"issuers": [{"slug": "x", "accreditations": []}]}', "IndexError"),
        ("states/XA/rules.json", '{"rules": [{}]}', "KeyError"),
        ("states/XA/rules.json", "{}", "KeyError 'rules'"),
    ],
)
def test_a_file_that_is_not_of_its_form_is_named_and_nothing_is_signed(
    demo: Command, data: Path, lists: Path, name: str, content: str | None, told: str
) -> None:
    before = (data / "bundle" / "metadata" / "timestamp.json").read_bytes()
    path = lists / name
    if content is None:
        path.unlink()
    else:
        path.write_text(content)
    ran = demo("bundle", "publish", lists)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert name in ran.err
    assert told in ran.err
    assert (data / "bundle" / "metadata" / "timestamp.json").read_bytes() == before


def test_tampered_lists_are_not_relied_on(demo: Command, data: Path) -> None:
    timestamp = data / "bundle" / "metadata" / "timestamp.json"
    document = json.loads(timestamp.read_bytes())
    document["signed"]["version"] += 1
    timestamp.write_text(json.dumps(document))
    ran = demo("bundle", "show")
    assert (ran.status, ran.out) == (3, "")
    assert "cannot be relied on" in ran.err


SUSPENSIONS = "states/XA/suspensions.json"


def suspend(data: Path, *, publish: bool) -> None:
    """Have the states' house suspend the care school, and publish it or not."""
    with contextlib.closing(compose(Settings(data=data))) as composition:
        registry = composition.registry
        published, at = registry.publisher.current(), now()
        of = {"issuer": next(did for did in registry.bundle().issuers if did.endswith("sunder-bay-care"))}
        stop = suspension("urn:comity:XA:stop:1", of, "an inspection", f"{at.year + 1}-12-31", at)
        with registry.database.write() as session:
            apply_change(session, Change("XA", "suspensions", stop, "", "an inspection"), published, at)
        if publish:
            assert releasing.publish(registry, "XA", working_files(registry.database, published), published) is None


def lasting(data: Path) -> int:
    with contextlib.closing(compose(Settings(data=data))) as composition:
        return len(composition.registry.bundle().suspensions)


def test_what_the_states_house_approved_is_not_published_over(demo: Command, data: Path, tmp_path: Path) -> None:
    suspend(data, publish=False)
    for arguments in (("bundle", "publish", LISTS), ("registry", "export", LISTS, tmp_path / "draft.json")):
        ran = demo(*arguments)
        assert (ran.status, SUSPENSIONS in ran.err, "not published yet" in ran.err) == (2, True, True)
    assert demo("bundle", "publish", LISTS, "--replace").status == 0
    assert demo("bundle", "publish", LISTS).status == 0
    assert lasting(data) == 0


def test_what_the_states_house_published_is_not_undone_unless_one_says_so(demo: Command, data: Path, lists: Path) -> None:
    suspend(data, publish=True)
    ran = demo("bundle", "publish", lists)
    assert (ran.status, SUSPENSIONS in ran.err, "has published other lists since" in ran.err) == (2, True, True)
    assert lasting(data) == 1
    targets = data / "bundle" / "targets" / "states" / "XA"
    newest = max(targets.glob("*.suspensions.json"), key=lambda path: path.stat().st_mtime_ns)
    shutil.copy(newest, lists / SUSPENSIONS)
    assert demo("bundle", "publish", lists).status == 0
    assert lasting(data) == 1
    assert demo("bundle", "publish", LISTS, "--replace").status == 0
    assert lasting(data) == 0
