"""The issuance log, read as anybody would read it: over HTTP, from checkpoint and tiles."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from threading import Thread
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from credentials.encoding import b64url_decode, b64url_encode
from credentials.errors import CryptographicSecurityError
from credentials.keys import verify_signature
from issuer_api.archive import anchor_of
from issuer_api.delivery import claim_url
from issuer_api.errors import ErasedError, LogSetBackError
from issuer_api.issuing import erase_subject, find_issued, issue_cohort
from issuer_api.log import check_log, log_key, origin
from issuer_api.organisations import organisation
from issuer_api.tables import LogLeaf, LogTile
from tests.issuer_api.house import BASE, CENTRE, OTHER, House
from tests.trust.logs import root
from trust.anchoring import LogHead, anchored_at, leaf, on_roll, parse_anchor, parse_roll
from trust.checkpoints import Checkpoint, parse_vkey, verify_checkpoint
from trust.merkle import TILE_WIDTH, Tile, TileNodes, consistency_proof, entries_tile, tree_hash, verify_consistency


def program(house: House) -> TestClient:
    return TestClient(house.app, base_url=BASE, raise_server_exceptions=False)


def newest(house: House) -> Checkpoint:
    reader = program(house)
    return verify_checkpoint(reader.get("/log/checkpoint").text, parse_vkey(reader.get("/log/key").text.strip()))


def nodes(house: House, size: int) -> TileNodes:
    reader = program(house)
    return TileNodes(size, lambda tile: reader.get(f"/log/{tile.path}").content)


def entries(house: House, size: int) -> list[bytes]:
    content = program(house).get(f"/log/{entries_tile(0, size).path}").content
    assert len(content) == 34 * size
    return [content[at + 2 : at + 34] for at in range(0, len(content), 34)]


def recorded(checkpoint: Checkpoint, at: datetime, state: str = "XA") -> LogHead:
    return LogHead(checkpoint.origin, state, checkpoint.size, checkpoint.root, at)


def heads_of(head: LogHead, _did: str) -> list[LogHead]:
    return [head]


def test_before_anything_was_issued_there_is_no_checkpoint(house: House) -> None:
    assert program(house).get("/log/checkpoint").status_code == 404
    assert program(house).get("/log/tile/0/000.p/1").status_code == 404


def test_what_was_delivered_is_in_the_log_and_the_log_says_nothing_of_it(house: House) -> None:
    ids = house.issue()
    checkpoint = newest(house)
    assert (checkpoint.origin, checkpoint.size) == ("localhost:8000/log", 3)
    assert checkpoint.root == tree_hash(nodes(house, 3), 3) == root(entries(house, 3))
    for credential in ids:
        answer = house.program(CENTRE, "read").get(f"/issuer/api/v1/credentials/{credential}/archive")
        archive: dict[str, Any] = answer.json()
        assert verify_checkpoint(archive["checkpoint"], log_key(house.issuer)) == checkpoint
        anchor = parse_anchor(archive["anchor"])
        assert entries(house, 3)[anchor.index] == leaf(archive["credential"], anchor.salt)
        assert entries(house, 3)[anchor.index] != leaf(archive["credential"], bytes(16))
        day = datetime(2026, 12, 1, tzinfo=UTC)
        assert anchored_at(archive["credential"], anchor, "XA", [recorded(checkpoint, day)]) == day
        changed = archive["credential"] | {"validFrom": "2020-01-01T00:00:00Z"}
        assert anchored_at(changed, anchor, "XA", [recorded(checkpoint, day)]) is None


def test_the_archive_holds_the_credential_byte_for_byte(house: House) -> None:
    ids = house.issue("নাজমা আক্তার,2026-11-13,,\n")
    reader = house.program(CENTRE, "read")
    content = reader.get(f"/issuer/api/v1/credentials/{ids[0]}").content
    assert b'{"credential":' + content + b',"anchor":{' in reader.get(f"/issuer/api/v1/credentials/{ids[0]}/archive").content


def test_the_log_grows_and_every_earlier_checkpoint_stays_true(house: House) -> None:
    seen = []
    for number in range(4):
        house.issue(f"Sari {'ABCD'[number]},2026-11-13,,\nRana {'ABCD'[number]},2026-11-13,,\n", slug=(CENTRE, OTHER)[number % 2])
        seen.append(newest(house))
    assert [checkpoint.size for checkpoint in seen] == [2, 4, 6, 8]
    for old, new in pairwise(seen):
        verify_consistency(old.head, new.head, consistency_proof(nodes(house, new.size), old.size, new.size))


def test_more_than_one_tile_is_served_whole_and_in_part(house: House) -> None:
    people = TILE_WIDTH + 4
    names = [f"Graduate {chr(65 + n // 26)}{chr(97 + n % 26)}" for n in range(people)]
    issue_cohort(house.issuer, CENTRE, house.bring("".join(f"{name},2026-11-13,,\n" for name in names)).id)
    reader, size = program(house), newest(house).size
    assert size == people
    assert newest(house).root == tree_hash(nodes(house, size), size)
    whole, part, above = (reader.get(f"/log/{tile.path}") for tile in (Tile(0, 0), Tile(0, 1, 4), Tile(1, 0, 1)))
    assert (len(whole.content), len(part.content), len(above.content)) == (8192, 128, 32)
    assert whole.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert len(reader.get(f"/log/{entries_tile(1, 4).path}").content) == 4 * 34
    for beyond in (Tile(0, 1), Tile(0, 1, 5), Tile(1, 0, 2), Tile(2, 0, 1), Tile(0, 10**15)):
        assert reader.get(f"/log/{beyond.path}").status_code == 404
    assert reader.get("/log/tile/0/1").status_code == 422


def test_a_checkpoint_is_fetched_once(house: House) -> None:
    house.issue()
    first = program(house).get("/log/checkpoint")
    assert first.headers["content-type"].startswith("text/plain")
    again = program(house).get("/log/checkpoint", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_anchor_leads_to_the_first_head_that_the_lists_recorded_with_it(house: House) -> None:
    first = house.issue("Sari,2026-11-13,,\n")[0]
    early = newest(house)
    later = house.issue("Rana,2026-11-13,,\n")[0]
    heads = [recorded(early, house.now[0]), recorded(newest(house), house.now[0]), LogHead("other/log", "XA", 1, b"", house.now[0])]
    knowing = replace(house.issuer, log_heads=lambda _did: heads)
    assert json.loads(anchor_of(knowing, CENTRE, first))["treeSize"] == 1
    assert json.loads(anchor_of(knowing, CENTRE, later))["treeSize"] == 2
    assert json.loads(anchor_of(house.issuer, CENTRE, first))["treeSize"] == 2


def test_an_anchor_leads_to_no_head_that_only_another_state_recorded(house: House) -> None:
    credential = house.issue("Sari,2026-11-13,,\n")[0]
    early = newest(house)
    house.issue("Rana,2026-11-13,,\n")
    late, (home, _) = newest(house), organisation(house.issuer, CENTRE)

    def heads(did: str) -> list[LogHead]:
        return [recorded(late, house.now[0])] if did == home else [recorded(early, house.now[0], "XB")]

    found = json.loads(anchor_of(replace(house.issuer, log_heads=heads), CENTRE, credential))
    assert (found["treeSize"], found["recorded"]) == (2, True)


def test_a_log_that_was_set_back_signs_nothing_more(house: House) -> None:
    """An old copy of the database was put back: what it would sign contradicts what the lists have seen."""
    report = house.bring()
    heads: Sequence[LogHead] = [LogHead(origin(house.issuer), "XA", 7, bytes(32), house.now[0])]
    behind = replace(house.issuer, log_heads=lambda _did: heads)
    with pytest.raises(LogSetBackError, match="have seen 7"):
        issue_cohort(behind, CENTRE, report.id)
    assert house.counts()["issuer_log_checkpoints"] == house.counts()["issuer_credentials"] == 0
    assert len(issue_cohort(house.issuer, CENTRE, report.id)) == 3


def test_erasing_destroys_the_salt_and_leaves_the_leaf(house: House) -> None:
    ids = house.issue()
    before = newest(house)
    erase_subject(house.issuer, CENTRE, ids[0])
    with house.issuer.database.session() as session:
        assert session.exec(select(LogLeaf.sealed_salt).where(LogLeaf.credential == ids[0])).one() == b""
    with pytest.raises(ErasedError):
        anchor_of(house.issuer, CENTRE, ids[0])
    house.issue("Farid,2026-11-13,,\n")
    verify_consistency(before.head, newest(house).head, consistency_proof(nodes(house, 4), 3, 4))


def test_the_worker_gets_the_anchor_by_the_claim_link(house: House) -> None:
    ids = house.issue()
    _, subject = find_issued(house.issuer, CENTRE, ids[1])
    code = claim_url(house.issuer, ids[1], subject).rpartition("/")[2]
    answer = program(house).get(f"/issuer/api/v1/claims/{code}/anchor")
    assert answer.json() == json.loads(anchor_of(house.issuer, CENTRE, ids[1]))
    assert program(house).get("/issuer/api/v1/claims/nobody/anchor").status_code == 404


def test_writers_of_two_issuers_grow_one_log(house: House) -> None:
    """Side by side, from two connections: every leaf has one place, and no size two checkpoints."""
    other = house.again()
    classes = {
        slug: [here.bring(f"Sari {letter},2026-11-13,,\n", slug=slug).id for letter in "ABCDEF"]
        for slug, here in ((CENTRE, house), (OTHER, other))
    }
    workers = [
        Thread(target=lambda here=here, slug=slug: [issue_cohort(here.issuer, slug, one) for one in classes[slug]])
        for slug, here in ((CENTRE, house), (OTHER, other))
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    checkpoint = newest(house)
    assert checkpoint.size == 12
    assert checkpoint.root == root(entries(house, 12))
    assert house.counts()["issuer_log_checkpoints"] == 12
    other.close()


def test_a_leaf_keeps_what_a_closing_roll_would_name(house: House) -> None:
    ids = house.issue()
    document = json.loads(house.program(CENTRE, "read").get(f"/issuer/api/v1/credentials/{ids[0]}").content)
    with house.issuer.database.session() as session:
        short = session.exec(select(LogLeaf.short_hash).where(LogLeaf.credential == ids[0])).one()
    assert len(short) == 12
    entry = document["credentialStatus"][0]
    stem = entry["statusListCredential"].removesuffix(f"-{entry['statusPurpose']}")
    roll = {"issuer": document["issuer"]["id"], "accepted": {stem: {entry["statusListIndex"]: b64url_encode(short)}}}
    printed = {**document, "proof": next(proof for proof in document["proof"] if proof["cryptosuite"] == "eddsa-jcs-2022")}
    for shown in (document, printed):
        assert on_roll(shown, document["issuer"]["id"], "XA", [parse_roll(roll, "XA")])


def test_the_checkpoint_is_signed_by_the_key_that_is_published(house: House) -> None:
    house.issue()
    house.now[0] += timedelta(days=1)
    note = program(house).get("/log/checkpoint").text
    body, _, line = note.rpartition("\n\n")
    key = log_key(house.issuer)
    verify_signature(key.key, base64.b64decode(line.split(" ")[2])[4:], f"{body}\n".encode())
    assert b64url_decode(json.loads(anchor_of(house.issuer, CENTRE, house.issue("Farid,2026-11-13,,\n")[0]))["path"][0])


def test_what_is_stored_is_what_was_signed_and_recorded(house: House) -> None:
    assert check_log(house.issuer) == 0
    house.issue()
    early = recorded(newest(house), house.now[0])
    house.issue("Farid,2026-11-13,,\n")
    knowing = replace(house.issuer, log_heads=lambda _did: [early])
    assert check_log(knowing) == 4
    for wrong in (replace(early, root=bytes(32)), replace(early, tree_size=2)):
        with pytest.raises(CryptographicSecurityError):
            check_log(replace(house.issuer, log_heads=partial(heads_of, wrong)))
    with pytest.raises(LogSetBackError):
        check_log(replace(house.issuer, log_heads=partial(heads_of, replace(early, tree_size=5))))
    with house.issuer.database.write() as session:
        tile = session.get_one(LogTile, (0, 0))
        tile.hashes = bytes(32) + tile.hashes[32:]
    with pytest.raises(CryptographicSecurityError, match="not what was signed"):
        check_log(house.issuer)
