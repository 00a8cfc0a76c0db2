"""The walk through the signed lists in the browser and in Python, on the same good and bad metadata."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from registry.codes import CODES_FILE, codes_file
from tests.client.node import run_node
from tests.trust.world import NOW, publish, shipped
from trust.bundle import BundleError, open_bundle

Files = dict[str, bytes]


class Held:
    """Files in memory."""

    def __init__(self, files: Mapping[str, bytes | None]) -> None:
        self._files = files

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)


def read(folder: Path) -> Files:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.json"))}


def published(folder: Path) -> tuple[Files, Files, bytes]:
    """Return the files of a first and of a second publication, and the first root."""
    lists = {**shipped(), CODES_FILE: json.loads(codes_file(None, [("countries", "XA")]))}
    publish(folder, lists)
    first = read(folder)
    lists["states/XA/suspensions.json"]["suspensions"] = []
    lists["states/XB/rules.json"]["rules"].pop()
    publisher = publish(folder, lists, NOW + timedelta(days=1))
    return first, read(folder), publisher.root()


def changes(first: Files, second: Files) -> Iterator[tuple[str, dict[str, bytes | None]]]:
    yield "nothing", {}
    for path, content in second.items():
        yield f"without {path}", {path: None}
        yield f"a space behind {path}", {path: content + b" "}
        if path.startswith("metadata/"):
            for what, changed in _edited(content):
                yield f"{what} in {path}", {path: changed}
    for path in first:
        if path == "metadata/timestamp.json":
            yield "an older timestamp", {path: first[path]}
    yield "another role's signature", {"metadata/1.state-XA.json": second["metadata/1.state-XB.json"]}


def _edited(content: bytes) -> Iterator[tuple[str, bytes]]:
    def with_(**members: Any) -> bytes:  # noqa: ANN401  # any JSON
        return json.dumps({**json.loads(content), **members}).encode()

    document = json.loads(content)
    signature = document["signatures"][0]
    yield "no signature", with_(signatures=[])
    yield (
        "a changed signature",
        with_(signatures=[{**signature, "sig": signature["sig"][:-1] + ("0" if signature["sig"][-1] != "0" else "1")}]),
    )
    yield "another key", with_(signatures=[{**signature, "keyid": "0" * 64}])
    yield "another version", with_(signed={**document["signed"], "version": document["signed"]["version"] + 1})
    yield "a later end", with_(signed={**document["signed"], "expires": "2036-01-01T00:00:00Z"})
    yield "another kind", with_(signed={**document["signed"], "_type": "mirrors"})
    yield "spelt otherwise", json.dumps(document, indent=3).encode()


def _python(files: Mapping[str, bytes | None], root: bytes, seen: int) -> dict[str, Any]:
    try:
        bundle = open_bundle(Held(files), root=root, now=NOW, seen_version=seen)
    except BundleError:
        return {"refused": True}
    return {"version": bundle.version, "hash": bundle.hash, "published": bundle.published}


def _same(browser: dict[str, Any], python: dict[str, Any]) -> bool:
    if "refused" in python or "refused" in browser:
        return ("refused" in python) == ("refused" in browser)
    return {**browser, "published": datetime.fromisoformat(browser["published"])} == python


def _encoded(files: Mapping[str, bytes | None]) -> dict[str, str | None]:
    return {path: None if content is None else base64.b64encode(content).decode() for path, content in files.items()}


def _listed(files: Files) -> set[str]:
    signed = [json.loads(content).get("signed", {}) for path, content in files.items() if path.startswith("metadata/")]
    return {name for role in signed for name in role.get("targets", ())}


def test_the_browser_accepts_and_refuses_what_python_does(tmp_path: Path) -> None:
    first, second, root = published(tmp_path)
    cases = [(name, changed, 0) for name, changed in changes(first, second)] + [("seen newer", {}, 3), ("seen the same", {}, 2)]
    given = {
        "files": _encoded(second),
        "root": base64.b64encode(root).decode(),
        "cases": [{"changes": _encoded(changed), "seen": seen} for _, changed, seen in cases],
    }
    said = run_node("lists.mjs", given=json.dumps(given))
    expected = [_python({**second, **changed}, root, seen) for _, changed, seen in cases]
    differing = [
        (name, browser, python)
        for (name, _, _), browser, python in zip(cases, said, expected, strict=True)
        if not _same(browser, python)
    ]
    assert differing == []
    assert sum("refused" in outcome for outcome in expected) > 60
    assert sum("refused" not in outcome for outcome in expected) > 10


def test_an_independent_client_accepts_and_refuses_what_python_does(tmp_path: Path) -> None:
    first, second, root = published(tmp_path)
    cases: list[tuple[str, dict[str, bytes | None], int, Files]] = [
        (name, changed, 0, {}) for name, changed in changes(first, second)
    ]
    rolled_back: dict[str, bytes | None] = {**dict.fromkeys(second), **first}
    cases += [("older lists than were seen", rolled_back, 2, second), ("older lists that nobody saw newer", rolled_back, 0, {})]
    given = {
        "files": _encoded(second),
        "root": base64.b64encode(root).decode(),
        "targets": sorted(
            {name for content in second.values() for name in json.loads(content).get("signed", {}).get("targets", ())}
        ),
        "now": (NOW + timedelta(days=1)).isoformat(),
        "cases": [{"changes": _encoded(changed), "before": _encoded(seen)} for _, changed, _, seen in cases],
    }
    said = run_node("tuf_peer.mjs", given=json.dumps(given))
    expected = [_python({**second, **changed}, root, version) for _, changed, version, _ in cases]
    differing = {
        name: (peer, python)
        for (name, _, _, _), peer, python in zip(cases, said, expected, strict=True)
        if ("refused" in peer) != ("refused" in python) or peer.get("version") != python.get("version")
    }
    assert differing == {}
    assert sum("refused" in peer for peer in said) > 60
    assert ("refused" in said[-2], said[-1]) == (True, {"version": 1})
