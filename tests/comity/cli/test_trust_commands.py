from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

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
