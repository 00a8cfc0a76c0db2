from __future__ import annotations

import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest
from PIL import Image
from sqlmodel import col, select

from comity.bundles import holds_exactly
from comity.cli.trust_commands import files_of
from comity.clock import now
from comity.compose import ROOT, Composition
from comity.demo import EXAMPLES
from comity.key_stores import FileKeyStore
from comity.officers import OFFICERS
from credentials.verify import VerificationOptions, verify_credential
from registry.applications import applications
from registry.awards import awards
from registry.changes import suspension
from registry.founding import state_codes
from registry.publishing import Publisher
from registry.working_copy import Change, apply_change, undone_by
from tests.comity.conftest import Command, issued
from tests.conftest import Demonstrated
from verifier.reading import read_input
from web.people import hash_of
from web.sealing import Sealer
from web.tables import Membership, SignInLink

ALL_DELIVERED = ["delivered"] * 28


def files(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern))


def test_it_leaves_28_credentials_as_json_page_and_code(demonstrated: Demonstrated) -> None:
    folder = demonstrated.files
    names = {path.stem for path in files(folder, "*.json")}
    assert len(names) == 28
    assert {path.stem for path in files(folder, "*.pdf")} == names
    assert {path.stem.removesuffix("-link") for path in files(folder, "*-link.png")} == names
    assert sorted(path.parent.name for path in folder.glob("*/did.json")) == [
        "harborline-shipyard",
        "sunder-bay-care",
        "tarimba-welding",
    ]
    for path in folder.glob("*/did.json"):
        document = json.loads(path.read_bytes())
        assert document["id"].endswith(f":issuers:{path.parent.name}")
        assert (
            demonstrated.composition.verifier.fetcher.fetch(
                f"{demonstrated.composition.deployment.public_url}/issuers/{path.parent.name}/did.json"
            ).content
            == json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
        )


def test_every_json_file_carries_good_proofs_and_the_tampered_copy_does_not(demonstrated: Demonstrated) -> None:
    verifier = demonstrated.composition.verifier
    options = VerificationOptions(now=now(), fetcher=verifier.fetcher, checks=frozenset({"proof", "issuer-key", "schema"}))
    for path in files(demonstrated.files, "*.json"):
        assert verify_credential(path.read_bytes(), options).verified, path.name
    [tampered] = files(demonstrated.files, "*.tampered")
    assert not verify_credential(tampered.read_bytes(), options).is_genuine
    assert tampered.with_suffix(".json").is_file()


def test_every_code_is_a_bare_symbol_that_leads_to_its_certificate(demonstrated: Demonstrated) -> None:
    for path in files(demonstrated.files, "*-link.png"):
        with Image.open(path) as picture:
            assert picture.mode == "1"
            assert picture.width == picture.height == 410
            assert all(picture.getpixel((place, edge)) for place in range(410) for edge in (0, 20, 409))
        link = read_input(path.read_bytes()).link
        assert link is not None
        assert link.origin == demonstrated.composition.deployment.public_url


def test_every_page_is_one_a4_sheet_that_carries_its_credential(demonstrated: Demonstrated) -> None:
    for path in files(demonstrated.files, "*.pdf")[:3]:
        with pypdfium2.PdfDocument(path.read_bytes()) as document:
            assert [round(side) for side in document[0].get_size()] == [595, 842]
            attached = bytes(document.get_attachment(0).get_data())
        assert attached == path.with_suffix(".json").read_bytes()


def test_it_says_what_it_did(demonstrated: Demonstrated) -> None:
    printed = demonstrated.printed
    for expected in (
        "30 rows, 27 ready, 3 need you",
        "28 credentials, each checked before release",
        "1654 by 2339 pixels",
        "asked by an employer in XB:\nRecognised in Belmora",
        "asked by an employer in XC:\nRecognised in part in Calentia",
        "one that the centre withdrew:\nWithdrawn",
        "one that the centre put on hold:\nOn hold",
        "the name was changed:\nDo not rely on this certificate",
    ):
        assert expected in printed
    assert printed.count(", wrong: ") == 3
    changed = printed.split("the name was changed:")[1].split("\n6. ")[0]
    assert "Somebody Else" not in changed


def test_a_second_run_does_nothing_twice_and_minds_no_taken_port(
    data: Path, demo: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path.name: path.read_bytes() for path in files(data / "demo", "*.json")}
    root = (data / "pinned-root.json").read_bytes()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("PORT", str(listener.getsockname()[1]))
        ran = demo("demo")
    assert ran.status == 0
    assert "0 of them are new; the others were issued before" in ran.out
    assert "signed lists, version 1:" in ran.out
    assert list(issued(data).values()) == ALL_DELIVERED
    assert {path.name: path.read_bytes() for path in files(data / "demo", "*.json")} == before
    assert (data / "pinned-root.json").read_bytes() == root


def test_fictional_issuers_are_not_mixed_with_real_ones(deployed: Command, data: Path) -> None:
    assert deployed("issuer", "add", EXAMPLES / "issuers" / "sunder-bay-care.json").status == 0
    ran = deployed("demo")
    assert (ran.status, ran.out) == (2, "")
    assert "is in use: the demonstration would mix fictional issuers with yours" in ran.err
    assert not (data / "demo").exists()


def publish_earlier(composition: Composition, changes: dict[str, bytes], days: int) -> None:
    deployment = composition.deployment
    publisher = Publisher(deployment.bundle, FileKeyStore(deployment.bundle_keys, Sealer(deployment.master_key)))
    listed = files_of(composition, EXAMPLES / "partnership") | changes
    publisher.publish(listed, state_codes(EXAMPLES / "partnership"), now=now() - timedelta(days=days))


def test_lists_whose_signatures_are_old_are_signed_again(composition: Composition, demo: Command) -> None:
    publish_earlier(composition, {}, 3)
    ran = demo("demo")
    assert "signed lists, version 3:" in ran.out
    assert demo("bundle", "show", "--json").json["published"] > (now() - timedelta(minutes=5)).isoformat()


def test_what_officers_have_approved_waits_for_them_when_signatures_are_old(composition: Composition, demo: Command) -> None:
    publish_earlier(composition, {}, 3)
    registry, at = composition.registry, now()
    of = {"issuer": next(iter(registry.bundle().issuers))}
    stop = suspension("urn:comity:XA:stop:1", of, "an inspection", f"{at.year + 1}-12-31", at)
    with registry.database.write() as session:
        apply_change(session, Change("XA", "suspensions", stop, "", "an inspection"), registry.publisher.current(), at)
    assert demo("demo").status == 0
    assert demo("bundle", "show", "--json").json["published"] > (at - timedelta(minutes=5)).isoformat()
    assert undone_by(registry.database, {}, registry.publisher.current()).waiting == ("states/XA/suspensions.json",)


def test_lists_of_somebody_elses_are_left_alone(composition: Composition, demo: Command) -> None:
    rules = {"states/XB/rules.json": b'{"rules": []}'}
    publish_earlier(composition, rules, 3)
    ran = demo("demo")
    assert "signed lists, version 2:" in ran.out
    assert holds_exactly(composition.deployment.bundle, files_of(composition, EXAMPLES / "partnership") | rules)


@pytest.mark.parametrize("until", ["2. Programmes", "caregiving-2026.csv: 30 rows"])
def test_after_kill_9_it_is_finished_and_nothing_is_doubled(tmp_path: Path, until: str) -> None:
    data = tmp_path / "data"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COMITY_", "PORT"))}
    command = [sys.executable, "-c", "from comity.cli import main; raise SystemExit(main(['demo']))"]
    environment["COMITY_DATA"] = str(data)
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, encoding="utf-8") as running:
        assert running.stdout is not None
        for line in running.stdout:
            if until in line:
                break
        time.sleep(0.2)
        running.send_signal(signal.SIGKILL)
        running.stdout.read()
    assert running.returncode == -signal.SIGKILL
    again = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert (again.returncode, again.stderr) == (0, "")
    assert "28 credentials, each checked before release" in again.stdout
    assert re.search(r"Recognised in Belmora\n.*Recognised in part in Calentia\n", again.stdout, re.DOTALL)
    assert list(issued(data).values()) == ALL_DELIVERED
    assert len(files(data / "demo", "*.json")) == 28


def test_a_picture_of_a_page_is_what_is_read(demonstrated: Demonstrated) -> None:
    content = (demonstrated.files / "scanned-page.png").read_bytes()
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == (1654, 2339)
    assert read_input(content).link is not None


@pytest.mark.parametrize(("state", "name"), [("XA", "Aravel"), ("XB", "Belmora"), ("XC", "Calentia")])
def test_it_names_the_officers_of_each_state_and_each_begins_at_its_desk(demonstrated: Demonstrated, state: str, name: str) -> None:
    lines = re.findall(rf"sign in for {name}: +(\S+)  \((\w+)\)", demonstrated.printed)
    assert [role for _, role in lines] == [role for _, role in OFFICERS[state]]
    with demonstrated.composition.registry.database.session() as session:
        links = session.exec(
            select(SignInLink).where(col(SignInLink.token_hash).in_([hash_of(url[-32:]) for url, _ in lines]))
        ).all()
        roles = [session.get_one(Membership, (link.person_id, f"state.{state}")).role for link in links]
    assert sorted(roles) == sorted(role for _, role in OFFICERS[state])


def test_something_waits_at_the_desks(demonstrated: Demonstrated) -> None:
    for state in OFFICERS:
        [found] = awards(demonstrated.composition.registry, state)
        assert (found.states, dict(found.endorsements)) == (("XA", "XB", "XC"), {})
    [waiting] = applications(demonstrated.composition.registry.database, "XA")
    assert waiting.asked["name"] == "Highland Care School"
