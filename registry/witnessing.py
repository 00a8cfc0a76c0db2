"""Watching issuance logs: when lists are published, every state records how far each log is.

A log is read as anybody reads it, from its checkpoint and tiles. Before its head is recorded it has to be proven that it grew out
of every head that was recorded before; a log that cannot show that has rewritten its past, and nothing is published. The home
state's entry proves days of issue; with everybody's entries, no state can take its own back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from credentials.encoding import b64url_decode, b64url_encode
from credentials.errors import COMITY, CryptographicSecurityError, FetchError, MalformedValueError, NotThereError, VCError
from credentials.fetching import Fetcher
from trust.checkpoints import LogKey, parse_vkey, verify_checkpoint
from trust.merkle import Head, TileNodes, consistency_proof, tree_hash, verify_consistency

HEADS: Final = "log-heads"
Record = Mapping[str, Any]


class LogRewrittenError(VCError):
    """A log is not the continuation of what the states have recorded of it."""

    type = COMITY + "LOG_REWRITTEN"
    title = "problem.log-rewritten"


@dataclass(frozen=True, slots=True)
class WatchedLog:
    """A log, where it is served, and whose signature counts for it."""

    url: str
    key: LogKey


def parse_watched_logs(document: Mapping[str, Any]) -> tuple[WatchedLog, ...]:
    """Return the logs of `{"logs": [{"url", "vkey"}]}`.

    Raises:
        MalformedValueError: it is not of this form.
    """
    try:
        return tuple(WatchedLog(str(one["url"]).rstrip("/"), parse_vkey(str(one["vkey"]))) for one in document["logs"])
    except (KeyError, TypeError) as error:
        raise MalformedValueError("logs are named by url and vkey", pointer="/logs") from error


def watch(log: WatchedLog, seen: Iterable[Head], fetcher: Fetcher) -> Head | None:
    """Return how far a log is, proven to continue every head that was seen; None while it holds nothing.

    Raises:
        LogRewrittenError: it does not continue what was seen.
        FetchError: it could not be read; nothing is known.
        VCError: its checkpoint is not signed as it must be.
    """
    recorded = set(seen)
    try:
        note = fetcher.fetch(f"{log.url}/checkpoint").content
    except NotThereError:
        if recorded:
            raise LogRewrittenError(f"{log.key.name} has no checkpoint, and the lists have recorded some of it") from None
        return None
    head = verify_checkpoint(note.decode("utf-8", "replace"), log.key).head
    nodes = TileNodes(head.size, lambda tile: fetcher.fetch(f"{log.url}/{tile.path}").content)
    try:
        if tree_hash(nodes, head.size) != head.root:
            raise LogRewrittenError(f"the tiles of {log.key.name} do not lead to the root that it signed")
        for old in recorded:
            verify_consistency(old, head, consistency_proof(nodes, min(old.size, head.size), head.size))
    except CryptographicSecurityError as error:
        raise LogRewrittenError(f"{log.key.name}: {error.detail}") from error
    return head


@dataclass(frozen=True, slots=True)
class Witnessed:
    """Lists with the heads of the logs, and the names of logs that could not be read."""

    files: dict[str, bytes]
    silent: tuple[str, ...]


def with_heads(
    files: Mapping[str, bytes], published: Mapping[str, bytes], logs: Sequence[WatchedLog], fetcher: Fetcher, now: datetime
) -> Witnessed:
    """Return lists in which every state has recorded how far each log is; what was recorded before stays.

    Args:
        files: target path to content, as they would be published.
        published: the same as published before.
        logs: to be watched.
        fetcher: reads them.
        now: when the heads are recorded.

    Raises:
        LogRewrittenError: a log does not continue what was recorded; nothing must be published.
        VCError: a log's checkpoint is not signed as it must be.
    """
    fresh: dict[str, Head] = {}
    silent = []
    for log in logs:
        try:
            found = watch(log, _heads_of(log.key.name, (files, published)), fetcher)
        except FetchError:
            silent.append(log.key.name)
            continue
        if found is not None:
            fresh[log.key.name] = found
    paths = [path for path in files if path.startswith("states/") and path.endswith(f"/{HEADS}.json")]
    grown = {path: _grown(_records(published, path), _records(files, path), fresh, now) for path in paths}
    written = {path: _spelled(records) for path, records in grown.items() if records != _records(files, path)}
    return Witnessed({**files, **written}, tuple(silent))


def _records(files: Mapping[str, bytes], path: str) -> list[Record]:
    found: list[Record] = json.loads(files.get(path, b"{}")).get(HEADS, [])
    return found


def _heads_of(origin: str, lists: Iterable[Mapping[str, bytes]]) -> Iterator[Head]:
    for files in lists:
        for path in files:
            for record in _records(files, path) if path.endswith(f"/{HEADS}.json") else ():
                if record["log"] == origin:
                    yield Head(int(record["treeSize"]), b64url_decode(record["rootHash"]))


def _grown(before: Sequence[Record], here: Sequence[Record], fresh: Mapping[str, Head], now: datetime) -> list[Record]:
    records = [*before, *(record for record in here if record not in before)]
    for origin, head in fresh.items():
        if head.size > max((int(record["treeSize"]) for record in records if record["log"] == origin), default=0):
            moment = now.replace(microsecond=0).isoformat()
            root = b64url_encode(head.root)
            records.append({"log": origin, "treeSize": head.size, "rootHash": root, "recordedAt": moment})
    return records


def _spelled(records: Sequence[Record]) -> bytes:
    return json.dumps({HEADS: records}, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
