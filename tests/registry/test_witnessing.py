"""Logs as they are served, watched before lists are published; those that rewrite their past are caught."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

import pytest

from credentials.errors import FetchError, MalformedValueError, NotThereError, VCError
from credentials.fetching import Fetched
from credentials.keys import InMemorySigner
from registry.linting import lint
from registry.releasing import publish
from registry.witnessing import LogRewrittenError, WatchedLog, parse_watched_logs, watch, with_heads
from tests.registry.conftest import House
from tests.trust.logs import root
from tests.trust.test_scenarios import suspended
from tests.trust.world import CARE_SCHOOL, NOW, Files, did, encoded, shipped
from trust.checkpoints import Checkpoint, LogKey, sign_checkpoint
from trust.merkle import HASH_BYTES, Head, grown, parse_tile

ORIGIN: Final = "skills.example/log"
SIGNER: Final = InMemorySigner("log", sha256(b"log").digest())
LOG: Final = WatchedLog(f"https://{ORIGIN}", LogKey(ORIGIN, SIGNER.public_key))
ENTRIES: Final = [sha256(bytes([number % 256, number // 256])).digest() for number in range(300)]


@dataclass
class Served:
    """A log's answers: what it holds, and the root that it signs, which need not be its own."""

    entries: Sequence[bytes] = ()
    signed: Checkpoint | None = None
    asked: list[str] = field(default_factory=list)

    def fetch(self, url: str) -> Fetched:
        self.asked.append(url)
        path = url.removeprefix(f"{LOG.url}/")
        if path != "checkpoint":
            tile = parse_tile(path)
            content = grown(0, self.entries, lambda *_: b"")[tile.level, tile.index][: tile.width * HASH_BYTES]
        elif self.entries:
            own = Checkpoint(ORIGIN, len(self.entries), root(self.entries))
            content = sign_checkpoint(self.signed or own, SIGNER).encode()
        else:
            raise NotThereError("the address answered with status 404")
        return Fetched(url, content, "text/plain")


class Silent:
    def fetch(self, url: str) -> Fetched:
        raise FetchError(f"{url} did not answer")


def head(entries: Sequence[bytes]) -> Head:
    return Head(len(entries), root(entries))


def records(files: dict[str, bytes], state: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(files[f"states/{state}/log-heads.json"])["log-heads"]
    return found


def published(sizes: Sequence[int] = (3, 40)) -> dict[str, bytes]:
    """Return lists in which every state has recorded the log at these sizes."""
    files = encoded(shipped())
    for day, size in enumerate(sizes):
        files = with_heads(files, files, [LOG], Served(ENTRIES[:size]), NOW + timedelta(days=day)).files
    return files


def test_every_state_records_how_far_a_log_is_and_keeps_what_it_recorded() -> None:
    files = published()
    for state in ("XA", "XB", "XC"):
        assert [record["treeSize"] for record in records(files, state)] == [3, 40]
        assert records(files, state)[1]["recordedAt"] == "2026-11-21T12:00:00+00:00"
    again = with_heads(encoded(shipped()), files, [LOG], Served(ENTRIES[:300]), NOW + timedelta(days=9)).files
    assert [record["treeSize"] for record in records(again, "XB")] == [3, 40, 300]
    assert lint(again, files, NOW + timedelta(days=9)) == ()


def test_a_log_that_stands_still_and_one_that_is_silent_change_nothing() -> None:
    files = published()
    assert with_heads(files, files, [LOG], Served(ENTRIES[:40]), NOW + timedelta(days=9)).files == files
    silent = with_heads(files, files, [LOG], Silent(), NOW)
    assert (silent.files, silent.silent) == (files, (ORIGIN,))
    nothing_yet = with_heads(encoded(shipped()), {}, [LOG], Served(), NOW).files
    assert records(nothing_yet, "XA") == []


@pytest.mark.parametrize(
    "rewritten",
    [
        pytest.param([bytes(32), *ENTRIES[1:50]], id="an early entry is another"),
        pytest.param([*ENTRIES[:39], bytes(32), *ENTRIES[40:50]], id="the last recorded entry is another"),
        pytest.param(ENTRIES[:39], id="shorter"),
        pytest.param(ENTRIES[1:60], id="the first entry is gone"),
        pytest.param([*ENTRIES[:2], *ENTRIES[3:60]], id="one in the middle is gone"),
        pytest.param([], id="nothing is left"),
    ],
)
def test_a_log_that_rewrote_its_past_is_caught(rewritten: Sequence[bytes]) -> None:
    files = published()
    with pytest.raises(LogRewrittenError):
        with_heads(files, files, [LOG], Served(rewritten), NOW)


def test_a_root_that_the_tiles_do_not_lead_to_is_caught() -> None:
    lying = Served(ENTRIES[:50], Checkpoint(ORIGIN, 50, bytes(32)))
    with pytest.raises(LogRewrittenError, match="do not lead"):
        watch(LOG, [], lying)


def test_only_the_log_s_own_key_speaks_for_it() -> None:
    stranger = InMemorySigner("log", sha256(b"stranger").digest())
    with pytest.raises(VCError, match="not signed"):
        watch(WatchedLog(LOG.url, LogKey(ORIGIN, stranger.public_key)), [], Served(ENTRIES[:5]))
    with pytest.raises(MalformedValueError, match="another log"):
        watch(WatchedLog(LOG.url, LogKey("other.example/log", SIGNER.public_key)), [], Served(ENTRIES[:5]))


def test_watching_a_large_log_reads_few_tiles() -> None:
    served = Served(ENTRIES[:300])
    assert watch(LOG, [head(ENTRIES[:3]), head(ENTRIES[:40]), head(ENTRIES[:300])], served) == head(ENTRIES[:300])
    assert len(served.asked) <= 4


def edited(files: dict[str, bytes], state: str, edit: Any) -> dict[str, bytes]:  # noqa: ANN401
    document: Files = json.loads(files[f"states/{state}/log-heads.json"])
    edit(document["log-heads"])
    return {**files, f"states/{state}/log-heads.json": json.dumps(document).encode()}


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(lambda heads: heads.pop(0), id="dropped"),
        pytest.param(lambda heads: heads[0].update(rootHash="AA"), id="another root"),
        pytest.param(lambda heads: heads[1].update(recordedAt="2026-11-01T00:00:00+00:00"), id="another day"),
        pytest.param(lambda heads: heads.append({**heads[0], "recordedAt": "2026-12-01"}), id="set back"),
    ],
)
@pytest.mark.parametrize("state", ["XA", "XB"])
def test_a_state_that_edits_what_it_recorded_is_caught_before_anything_is_signed(state: str, edit: Any) -> None:  # noqa: ANN401
    files = published()
    findings = lint(edited(files, state, edit), files, NOW + timedelta(days=9))
    assert "LOG_REWRITTEN" in {finding.code for finding in findings if not finding.is_warning}


def test_logs_elsewhere_are_named_by_address_and_key() -> None:
    named = {"logs": [{"url": f"{LOG.url}/", "vkey": LOG.key.vkey}]}
    assert parse_watched_logs(named) == (LOG,)
    bad_ones: list[Files] = [{}, {"logs": [{}]}, {"logs": [7]}, {"logs": [{"url": "x", "vkey": "y"}]}]
    for bad in bad_ones:
        with pytest.raises(MalformedValueError):
            parse_watched_logs(bad)


def test_a_state_that_publishes_alone_records_the_log_in_its_own_list(house: House) -> None:
    def publishing(entries: Sequence[bytes], reason: str) -> dict[str, bytes]:
        registry = replace(house.registry, logs=lambda: (LOG,), fetcher=Served(entries))
        before = registry.publisher.current()
        stop = encoded(suspended("XA", {"issuer": did(CARE_SCHOOL)}, reason=reason))
        assert publish(registry, "XA", {**before, **stop}, before) is None
        return registry.publisher.current()

    first = publishing(ENTRIES[:5], "An inspection.")
    assert ([record["treeSize"] for record in records(first, "XA")], records(first, "XB")) == ([5], [])
    assert [record["treeSize"] for record in records(publishing(ENTRIES[:9], "Another."), "XA")] == [5, 9]
    with pytest.raises(LogRewrittenError):
        publishing([bytes(32), *ENTRIES[1:20]], "A third.")
    assert [record["treeSize"] for record in records(house.registry.publisher.current(), "XA")] == [5, 9]
