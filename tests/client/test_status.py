"""Status lists on the page without internet: whose count, and that no older one takes the place of a newer one."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any, Final

from tests.client.node import run_node
from tests.trust.world import CARE_SCHOOL, NOW, SHIPYARD, Files, did, published, shipped
from tests.verifier.desk import DAY, certificate, status_list, status_url

COUNCIL: Final = "skills-council"
REVOCATION, SUSPENSION, REFRESH = (status_url(CARE_SCHOOL, purpose) for purpose in ("revocation", "suspension", "refresh"))


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def opened(files: Files) -> dict[str, Any]:
    held, root = published(files)
    return {"files": {path: encoded(content) for path, content in held.files.items()}, "root": encoded(root)}


def named(**key: str) -> Files:
    """Return lists that name the council as status authority of all centres; its keys have these members too."""
    files = shipped()
    for entry in files["states/XA/authorities.json"]["authorities"]:
        for one in entry.get("keys", []):
            one.update(key)
    for issuer in files["states/XA/issuers.json"]["issuers"]:
        issuer["statusAuthorities"] = [did(COUNCIL)]
    return files


def listed(by: str, *indices: int, days: int = 0) -> bytes:
    made = DAY + timedelta(days=days)
    return status_list(CARE_SCHOOL, "revocation", set(indices), NOW + timedelta(days=1), by=by, made=made)


def replacing(index: int, *, by: str = "") -> bytes:
    return status_list(CARE_SCHOOL, "refresh", {index}, NOW + timedelta(days=1), by=by)


def test_whose_lists_count_and_which_list_is_kept() -> None:
    held = encoded(status_list(CARE_SCHOOL, "suspension", set(), NOW + timedelta(days=1)))
    cases = {
        (0, CARE_SCHOOL): "passed",
        (0, COUNCIL): "unknown",
        (1, COUNCIL): "passed",
        (1, SHIPYARD): "unknown",
        (1, "stranger"): "unknown",
        (2, COUNCIL): "unknown",
    }
    asked = [{"list": number, "kept": {REVOCATION: encoded(listed(by)), SUSPENSION: held}} for number, by in cases] + [
        {"list": 1, "kept": {REVOCATION: encoded(listed(COUNCIL, 7)), SUSPENSION: held, REFRESH: encoded(newer)}}
        for newer in (b"{}", replacing(1), replacing(7), replacing(7, by="stranger"))
    ]
    old, new, strange = (
        encoded(content) for content in (listed(CARE_SCHOOL), listed(CARE_SCHOOL, days=1), listed("stranger", days=2))
    )
    pairs = {
        (new, None): True,
        (new, old): True,
        (old, old): True,
        (old, new): False,
        (strange, old): False,
        (encoded(b"{"), old): False,
        (old, strange): True,
        (old, encoded(b"{")): True,
    }
    given = {
        "lists": [opened(shipped()), opened(named()), opened(named(compromisedSince="2026-11-01"))],
        "document": certificate(),
        "cases": asked,
        "pairs": list(pairs),
    }
    said = run_node("status.mjs", given=json.dumps(given))
    assert [one["outcome"] for one in said["statuses"]] == [*cases.values(), *["failed"] * 4]
    assert {one["code"] for one in said["statuses"][-4:]} == {"REVOKED"}
    assert [one.get("replaced") for one in said["statuses"]] == [None] * (len(cases) + 2) + [True, None]
    assert said["replaced"] == list(pairs.values())
