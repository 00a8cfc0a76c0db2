"""`kill -9` while a class is issued: whatever was done, every graduate ends with exactly one certificate."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlmodel import col, select

from comity.compose import ROOT, compose
from credentials.verify import VerificationOptions, verify_credential
from issuer_api.cohorts import cohort_report, import_cohort
from issuer_api.issuing import GROUP, credential_json, issue_cohort
from issuer_api.log import log_key
from issuer_api.service import Issuer
from issuer_api.tables import Act, Claim, Issued, Link, LogCheckpoint, LogLeaf, StatusListRow
from tests.flows.world import NOW, SLUG, World
from tests.trust.logs import root
from trust.checkpoints import verify_checkpoint

HEADER = "name,awarded_on\n"
PEOPLE = 2 * GROUP + 3

_ISSUE = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from sqlalchemy import event

from comity.compose import compose
from comity.settings import Settings
from issuer_api.issuing import issue_cohort

data, url, now, slug, cohort, last, when = sys.argv[1:]
issuer = compose(Settings(data=Path(data), database_url=url), clock=lambda: datetime.fromisoformat(now)).issuer
writes = 0

def count(connection):
    global writes
    if connection.get_execution_options().get("writing"):
        writes += 1
        if writes == int(last):
            if when == "after":
                connection.connection.dbapi_connection.commit()
            os.kill(os.getpid(), signal.SIGKILL)

event.listen(issuer.database.engine, "commit", count)
issue_cohort(issuer, slug, cohort, lambda done, _: print(done, flush=True))
"""
"""A process that ends itself at a chosen commit, without a word: just before it, or just after the database acknowledged it."""


def command(world: World, cohort: str, *, last: int, when: str) -> Sequence[str]:
    settings = world.settings
    return [
        *(sys.executable, "-c", _ISSUE, str(settings.data), settings.database_url),
        *(NOW.isoformat(), SLUG, cohort, str(last), when),
    ]


def bring_people(world: World, first: str) -> str:
    names = (f"{first} {chr(65 + number // 26)}{chr(97 + number % 26)}" for number in range(PEOPLE))
    rows = "".join(f"{name},2026-11-13\n" for name in names)
    return import_cohort(world.composition.issuer, SLUG, "caregiving-nc2", (HEADER + rows).encode(), "class.csv").id


def states(issuer: Issuer, cohort: str) -> list[str]:
    return [row.state or "none" for row in cohort_report(issuer, SLUG, cohort).rows]


def check_one_each(issuer: Issuer, cohort: str) -> None:
    """Raise unless every graduate has one certificate: signed, in both tables of codes, with an index of its own, issued once."""
    ids = issue_cohort(issuer, SLUG, cohort)
    assert issue_cohort(issuer, SLUG, cohort) == ids
    assert len(set(ids)) == PEOPLE
    with issuer.database.session() as session:
        rows = session.exec(select(Issued)).all()
        mine = {row.id for row in rows if row.cohort == cohort}
        linked = session.exec(select(Link.credential)).all()
        claimed = session.exec(select(Claim.credential)).all()
        acts = session.exec(select(Act.thing).where(Act.action == "credential-issued")).all()
        allocated = session.exec(select(StatusListRow.allocated)).all()
    assert mine == set(ids)
    assert {row.state for row in rows} == {"delivered"}
    assert len({(row.list_number, row.list_index) for row in rows}) == len(rows) == sum(allocated)
    for listed in (linked, claimed, acts):
        assert sorted(listed) == sorted(row.id for row in rows)
    options = VerificationOptions(now=NOW, fetcher=issuer.fetcher, checks=frozenset({"proof", "issuer-key", "schema", "status"}))
    check_log(issuer, {row.id for row in rows})
    for credential in (ids[0], ids[-1]):
        verify_credential(credential_json(issuer, SLUG, credential), options).require()


def check_log(issuer: Issuer, expected: set[str]) -> None:
    """Raise unless every credential is one leaf of the log, and every checkpoint was signed of a prefix of what is there now."""
    with issuer.database.session() as session:
        leaves = session.exec(select(LogLeaf).order_by(col(LogLeaf.position))).all()
        notes = session.exec(select(LogCheckpoint).order_by(col(LogCheckpoint.size))).all()
    assert [leaf.position for leaf in leaves] == list(range(len(expected)))
    assert {leaf.credential for leaf in leaves} == expected
    heads = [verify_checkpoint(note.note, log_key(issuer)) for note in notes]
    assert [head.size for head in heads] == [note.size for note in notes]
    assert heads[-1].size == len(expected)
    for head in heads:
        assert head.root == root([leaf.entry for leaf in leaves[: head.size]])


@pytest.mark.parametrize(
    ("last", "when", "left"),
    [
        pytest.param(1, "before", 0, id="signed, nothing stored"),
        pytest.param(1, "after", GROUP, id="between two groups"),
        pytest.param(2, "before", GROUP, id="in the second group"),
        pytest.param(3, "before", 2 * GROUP, id="before the last commit"),
        pytest.param(3, "after", PEOPLE, id="after the last commit"),
    ],
)
def test_k1_killed_at_a_commit_every_graduate_has_exactly_one(world: World, last: int, when: str, left: int) -> None:
    issuer = world.composition.issuer
    cohort = bring_people(world, f"{when.title()} {'abcdefghijklm'[last]}")
    done = subprocess.run(command(world, cohort, last=last, when=when), capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert Counter(states(issuer, cohort)) == Counter({"delivered": left}) + Counter({"none": PEOPLE - left})
    fresh = compose(world.settings, clock=lambda: NOW)
    check_one_each(fresh.issuer, cohort)
    fresh.close()


def test_k1_killed_again_and_again_at_any_moment(world: World) -> None:
    """Each run is killed from outside while it works, the next goes on without being told of it."""
    cohort = bring_people(world, "Killed")
    for wanted in (1, GROUP + 1, 2 * GROUP + 1):
        with subprocess.Popen(command(world, cohort, last=0, when="before"), stdout=subprocess.PIPE, cwd=ROOT) as issuing:
            assert issuing.stdout is not None
            while int(issuing.stdout.readline() or wanted) < wanted:
                pass
            os.kill(issuing.pid, signal.SIGKILL)
        assert issuing.returncode in {-signal.SIGKILL, 0}
    check_one_each(world.composition.issuer, cohort)


def test_what_was_brought_is_brought_whole_or_not_at_all(world: World, tmp_path: Path) -> None:
    """A list of many rows is one transaction: killed inside it, the class is not there."""
    before = world.rows()
    rows = "".join(f"Import {chr(65 + n // 26)}{chr(97 + n % 26)},2026-11-13\n" for n in range(300))
    (tmp_path / "list.csv").write_text(HEADER + rows, encoding="utf-8")
    script = _ISSUE.replace(
        "issue_cohort(issuer, slug, cohort, lambda done, _: print(done, flush=True))",
        "from issuer_api.cohorts import import_cohort\n"
        "import_cohort(issuer, slug, 'caregiving-nc2', Path(cohort).read_bytes(), 'list.csv')",
    )
    settings = world.settings
    arguments = [str(settings.data), settings.database_url, NOW.isoformat(), SLUG, str(tmp_path / "list.csv"), "1", "before"]
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert world.rows() == before
