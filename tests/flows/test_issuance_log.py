"""From issuing over publishing to a check years on: a school closes, and who has a place in the log stays recognised."""

from __future__ import annotations

import json
import shutil
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlmodel import select

from comity.cli.deployment_commands import initialize
from comity.cli.files import read_json
from comity.cli.issuing_commands import add_issuer
from comity.cli.output import NO, YES
from comity.cli.roll_command import run_roll
from comity.cli.trust_commands import publish
from comity.clock import now
from comity.compose import ROOT, Composition, compose
from comity.deployment import SetupError
from comity.issued_counts import issued_by_day
from comity.settings import Settings
from issuer_api.archive import archive
from issuer_api.cohorts import import_cohort
from issuer_api.errors import ErasedError, UnknownThingError
from issuer_api.issuing import credential_json, erase_subject, issue_cohort
from issuer_api.log import log_key
from issuer_api.organisations import create_issuer, organisation
from issuer_api.programmes import define_programme
from issuer_api.tables import LogCheckpoint, LogTile
from registry.witnessing import LogRewrittenError
from trust.checkpoints import sign_checkpoint, verify_checkpoint
from trust.merkle import TileNodes, tree_hash
from verifier.assessing import assess

CENTRE: Final = "sunder-bay-care"
EXAMPLES: Final = ROOT / "examples"


@dataclass
class Partnership:
    """A deployment, and the folder of its lists."""

    settings: Settings
    composition: Composition
    folder: Path

    def publish(self) -> int:
        return publish(self.composition, self.folder)

    def issue(self, name: str) -> str:
        content = f"name,awarded_on\n{name},{now():%Y-%m-%d}\n".encode()
        report = import_cohort(self.composition.issuer, CENTRE, "caregiving-nc2", content, "list.csv")
        return issue_cohort(self.composition.issuer, CENTRE, report.id)[0]

    def recorded(self, state: str) -> list[dict[str, Any]]:
        content = self.composition.registry.publisher.current()[f"states/{state}/log-heads.json"]
        found: list[dict[str, Any]] = json.loads(content)["log-heads"]
        return found


@pytest.fixture
def partnership(tmp_path: Path) -> Iterator[Partnership]:
    settings = Settings(data=tmp_path / "data")
    initialize(settings)
    shutil.copytree(EXAMPLES / "partnership", tmp_path / "lists")
    with closing(compose(settings)) as composition:
        for path in sorted((EXAMPLES / "issuers").glob("*.json")):
            add_issuer(composition, read_json(path))
        define_programme(composition.issuer, CENTRE, read_json(EXAMPLES / "programmes" / "caregiving-nc2.json"))
        built = Partnership(settings, composition, tmp_path / "lists")
        built.publish()
        yield built


def test_who_is_in_the_log_outlives_the_school(partnership: Partnership) -> None:
    issuer = partnership.composition.issuer
    credential = partnership.issue("Najma Akter")
    assert json.loads(archive(issuer, CENTRE, credential))["anchor"]["recorded"] is False
    partnership.publish()
    for state in ("XA", "XB", "XC"):
        assert [head["treeSize"] for head in partnership.recorded(state)] == [1]
    kept = archive(issuer, CENTRE, credential)
    assert json.loads(kept)["anchor"]["recorded"] is True
    bare = credential_json(issuer, CENTRE, credential)

    close_school(partnership)
    partnership.publish()
    unproven = archive(issuer, CENTRE, partnership.issue("Sari"))
    with closing(compose(partnership.settings, clock=lambda: now() + timedelta(days=4))) as later:
        answers = {what: assess(later.verifier, content, "XB") for what, content in (("kept", kept), ("bare", bare))}
        assert "ISSUE_TIME_ANCHORED" in {step.code for step in answers["kept"].recognition.chain}  # type: ignore[union-attr]
        assert answers["kept"].verdict == "recognized"
        assert "ISSUE_TIME_UNPROVEN" in {step.code for step in answers["bare"].recognition.chain}  # type: ignore[union-attr]
        assert answers["bare"].verdict != "recognized"
        assert assess(later.verifier, unproven, "XB").verdict != "recognized"


def test_erasing_a_person_leaves_every_proof_of_the_log_good(partnership: Partnership) -> None:
    """Acceptance: the house knows nothing more of the person; what the person kept, and every other place, stay proven."""
    issuer = partnership.composition.issuer
    erased, other = partnership.issue("Najma Akter"), partnership.issue("Sari")
    partnership.publish()
    kept = archive(issuer, CENTRE, erased)
    erase_subject(issuer, CENTRE, erased)
    with pytest.raises(ErasedError):
        archive(issuer, CENTRE, erased)
    close_school(partnership)
    partnership.publish()
    others = archive(issuer, CENTRE, other)
    with closing(compose(partnership.settings, clock=lambda: now() + timedelta(days=4))) as later:
        for content in (kept, others):
            answer = assess(later.verifier, content, "XB")
            assert answer.verdict == "recognized"
            assert "ISSUE_TIME_ANCHORED" in {step.code for step in answer.recognition.chain}  # type: ignore[union-attr]


def close_school(partnership: Partnership) -> None:
    path = partnership.folder / "states" / "XA" / "issuers.json"
    listed = read_json(path)
    [school] = [record for record in listed["issuers"] if record["slug"] == CENTRE]
    for entry in school["accreditations"]:
        entry["periods"][-1]["until"] = f"{now() + timedelta(days=1):%Y-%m-%d}"
    path.write_text(json.dumps(listed), encoding="utf-8")


def roll(partnership: Partnership, before: datetime, slug: str = CENTRE, folder: Path | None = None) -> int:
    asked = Namespace(issuer=slug, folder=folder or partnership.folder, before=before.isoformat())
    return run_roll(asked, partnership.settings)


def test_who_stands_on_the_closing_roll_needs_nothing_but_the_certificate(partnership: Partnership) -> None:
    issuer, moment = partnership.composition.issuer, now() + timedelta(minutes=30)
    assert roll(partnership, moment) == NO
    erased, honest = partnership.issue("Rana"), partnership.issue("Najma Akter")
    content = {"erased": credential_json(issuer, CENTRE, erased), "honest": credential_json(issuer, CENTRE, honest)}
    erase_subject(issuer, CENTRE, erased)
    with closing(compose(partnership.settings, clock=lambda: now() + timedelta(hours=1))) as afterwards:
        late = replace(partnership, composition=afterwards).issue("Sari")
    content["late"] = credential_json(issuer, CENTRE, late)
    for _ in range(2):
        assert roll(partnership, moment) == YES
    [record] = read_json(partnership.folder / "states" / "XA" / "closing-rolls.json")["closing-rolls"]
    assert [len(places) for places in record["accepted"].values()] == [2]
    close_school(partnership)
    partnership.publish()
    with closing(compose(partnership.settings, clock=lambda: now() + timedelta(days=4))) as later:
        found = {who: assess(later.verifier, one, "XB") for who, one in content.items()}
    codes = {who: {step.code for step in one.recognition.chain} for who, one in found.items() if one.recognition}
    assert {who for who, told in codes.items() if "ISSUE_TIME_ON_ROLL" in told} == {"erased", "honest"}
    assert "ISSUE_TIME_UNPROVEN" in codes["late"]


def test_a_roll_of_nobody_or_into_nowhere_is_not_written(partnership: Partnership, tmp_path: Path) -> None:
    partnership.issue("Najma Akter")
    moment = now() + timedelta(days=1)
    with pytest.raises(SetupError, match="no folder of a state"):
        roll(partnership, moment, folder=tmp_path / "nowhere")
    with pytest.raises(UnknownThingError):
        roll(partnership, moment, "nobody")
    create_issuer(partnership.composition.issuer, "lonely-school", {"name": "Lonely School"})
    define_programme(partnership.composition.issuer, "lonely-school", read_json(EXAMPLES / "programmes" / "caregiving-nc2.json"))
    with pytest.raises(SetupError, match="know no centre"):
        roll(partnership, moment, "lonely-school")
    assert not (partnership.folder / "states" / "XA" / "closing-rolls.json").exists()


def test_a_log_that_was_rewritten_stops_the_publishing(partnership: Partnership) -> None:
    """The database is changed behind the program's back, tiles and signed checkpoint and all."""
    for name in ("Najma Akter", "Sari", "Rana"):
        partnership.issue(name)
    version = partnership.publish()
    issuer = partnership.composition.issuer
    with issuer.database.write() as session:
        tile = session.get_one(LogTile, (0, 0))
        tile.hashes = bytes(32) + tile.hashes[32:]
        [checkpoint] = session.exec(select(LogCheckpoint).where(LogCheckpoint.size == 3)).all()
        key, signer = log_key(issuer), issuer.keys.signer(f"log:{log_key(issuer).name}")
        read = verify_checkpoint(checkpoint.note, key)
        forged = tree_hash(TileNodes(3, lambda _: tile.hashes), 3)
        checkpoint.note = sign_checkpoint(replace(read, root=forged), signer)
    with pytest.raises(LogRewrittenError, match="no continuation"):
        partnership.publish()
    assert partnership.composition.verifier.bundle().version == version


def test_an_authority_sees_what_entered_the_log_by_day(partnership: Partnership) -> None:
    for name in ("Najma Akter", "Sari"):
        partnership.issue(name)
    counts = issued_by_day(partnership.composition.issuer.database)
    today = now().date()
    did, _ = organisation(partnership.composition.issuer, CENTRE)
    assert sum(counts(did, today - timedelta(days=1)).values()) == 2
    assert set(counts(did, today)) <= {today, today + timedelta(days=1)}
    assert counts(did, today + timedelta(days=2)) == {}
    assert counts("did:web:nobody.example", today - timedelta(days=1)) == {}
