"""Processes side by side: one deployment, one port; nothing issued twice or lost, and nobody left behind."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event

import httpx2
import pytest
from sqlmodel import Session, select

from comity.compose import compose
from comity.deployment import SetupError
from comity.settings import Settings
from comity.workers import run_workers
from issuer_api.issuing import credential_json
from issuer_api.messages import ATTESTATION
from issuer_api.openid.service import OpenID
from issuer_api.openid.tables import OpenIDSpent
from issuer_api.tables import Issued, StatusListRow
from tests.comity.cli.test_serving_commands import read_until, started
from tests.comity.conftest import EXAMPLES, Command
from tests.conftest import free_port
from web.db import open_engine
from web.statements import Writing

EMPLOYER = "harborline-shipyard"
FORM = "work-experience"
WORK = dict(ATTESTATION)
KEYS = [f"worked-there-{number}" for number in range(16)]


def children(pid: int) -> set[int]:
    return {int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()}


def until(there: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not there():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def attested(address: str, token: str, key: str) -> str:
    """Return the credential for a key, asked for again where the one who had the request is gone."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    for _ in range(5):
        with contextlib.suppress(httpx2.TransportError):
            answer = httpx2.post(address, params={"form": FORM}, json=WORK, headers=headers, timeout=30)
            assert answer.status_code == 201, answer.text
            return answer.text
    raise AssertionError(key)


def test_two_workers_issue_nothing_twice_and_a_killed_one_loses_nothing(deployed: Command, data: Path) -> None:
    assert deployed("issuer", "add", EXAMPLES / "issuers" / f"{EMPLOYER}.json").status == 0
    assert deployed("programme", "define", EXAMPLES / "forms" / f"{FORM}.json").status == 0
    token = deployed("token", "--issuer", EMPLOYER, "--name", "office", "--may", "issue").out.strip()
    port, halfway = free_port(), Event()
    address = f"http://localhost:{port}/issuer/api/v1/work"

    def asked(key: str) -> str:
        if key == KEYS[len(KEYS) // 3]:
            halfway.set()
        return attested(address, token, key)

    with started("serve", "--workers", "2", COMITY_DATA=str(data), PORT=str(port)) as process, ThreadPoolExecutor(6) as clients:
        read_until(process, "The public address stays")
        until(lambda: len(children(process.pid)) == 2)
        first = children(process.pid)
        answers = clients.map(asked, KEYS)
        assert halfway.wait(20)
        os.kill(min(first), signal.SIGKILL)
        credentials = list(answers)
        until(lambda: len(children(process.pid)) == 2)
        workers = children(process.pid)
        assert len(workers - first) == 1
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=20)
    assert (process.returncode, out) == (0, "Stopped.\n")
    assert all(is_gone(pid) for pid in workers | first)
    assert len(set(credentials)) == len(KEYS)
    with contextlib.closing(compose(Settings(data=data))) as composition:
        with composition.issuer.database.session() as session:
            rows = session.exec(select(Issued)).all()
            allocated = sum(row.allocated for row in session.exec(select(StatusListRow)).all())
        assert {row.id for row in rows} == {json.loads(text)["id"] for text in credentials}
        assert len({(row.list_number, row.list_index) for row in rows}) == len(rows) == len(KEYS) == allocated
        assert {credential_json(composition.issuer, EMPLOYER, row.id) for row in rows} == {text.encode() for text in credentials}


def test_what_is_asked_is_answered_before_the_end(tmp_path: Path) -> None:
    """Whoever is told to end finishes what it is at; who does not start says so, and takes the others along."""
    begun, ended = tmp_path / "begun", tmp_path / "ended"

    def run(work: Callable[[int], object]) -> int:
        pid = os.fork()
        if pid == 0:
            try:
                run_workers(2, work)
            except SetupError:
                os._exit(9)
            os._exit(0)
        return pid

    def works(number: int) -> None:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            Path(f"{begun}{number}").touch()
            time.sleep(30)
        except KeyboardInterrupt:
            time.sleep(0.2)
            Path(f"{ended}{number}").touch()

    parent = run(works)
    until(lambda: all(Path(f"{begun}{number}").exists() for number in (0, 1)))
    os.kill(parent, signal.SIGTERM)
    assert os.waitstatus_to_exitcode(os.waitpid(parent, 0)[1]) == 0
    assert all(Path(f"{ended}{number}").exists() for number in (0, 1))
    parent = run(lambda number: time.sleep(30) if number else None)
    assert os.waitstatus_to_exitcode(os.waitpid(parent, 0)[1]) == 9


@pytest.mark.parametrize(("number", "left"), [(0, 0), (1, 1)])
@pytest.mark.usefixtures("deployed")
def test_what_has_ended_is_removed_by_the_first_alone(data: Path, number: int, left: int) -> None:
    with contextlib.closing(compose(Settings(data=data), processes=2, number=number)) as composition:
        openid = OpenID(composition.issuer)
        with composition.issuer.database.write() as session:
            session.add(OpenIDSpent(hash="0" * 64, expires_at=composition.issuer.clock() - timedelta(days=2)))
            openid.sweep(Writing.within(session))
        with Session(open_engine(f"sqlite:///{data / 'comity.db'}")) as session:
            assert len(session.exec(select(OpenIDSpent)).all()) == left
