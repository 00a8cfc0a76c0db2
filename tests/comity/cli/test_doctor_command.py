from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from comity.cli.trust_commands import files_of
from comity.clock import now
from comity.compose import Composition
from comity.key_stores import FileKeyStore
from credentials.x509 import certify
from issuer_api.tables import Act
from registry.founding import state_codes
from registry.publishing import Publisher
from tests.comity.conftest import EXAMPLES, Command, Ran
from tests.databases import PostgresServer
from web.sealing import Sealer

SLUG = "sunder-bay-care"


def outcomes(ran: Ran) -> dict[str, str]:
    return {finding["check"]: finding["outcome"] for finding in ran.json}


def test_after_the_demonstration_all_is_well(demo: Command, data: Path) -> None:
    ran = demo("doctor")
    assert (ran.status, ran.err) == (0, "")
    assert all(line.startswith("✓ ") for line in ran.out.splitlines())
    assert "✓ certificates  28" in ran.out
    assert str(data) in ran.out
    assert set(outcomes(demo("doctor", "--json")).values()) == {"ok"}


def test_without_lists_it_could_not_tell(deployed: Command) -> None:
    ran = deployed("doctor", "--json")
    assert ran.status == 3
    assert {name for name, outcome in outcomes(ran).items() if outcome != "ok"} == {"lists"}


def test_lists_that_have_run_out_are_named(composition: Composition, demo: Command) -> None:
    deployment, folder = composition.deployment, EXAMPLES / "partnership"
    keys = FileKeyStore(deployment.bundle_keys, Sealer(deployment.master_key))
    Publisher(deployment.bundle, keys).publish(files_of(composition, folder), state_codes(folder), now=now() - timedelta(days=8))
    ran = demo("doctor")
    assert ran.status == 3
    assert "? lists         version 2, 8 days old, 3 states, 3 issuers; their signatures have run out" in ran.out
    assert "Their signatures have run out" in demo("bundle", "show").out


def test_a_folder_that_others_can_read_is_wrong(demo: Command, data: Path) -> None:
    data.chmod(0o755)
    ran = demo("doctor")
    assert ran.status == 1
    assert f"✗ data          {data} can be read by others; close it with: chmod 700 {data}" in ran.out


def test_a_key_that_is_gone_or_does_not_open_is_wrong(demo: Command, data: Path) -> None:
    first = next(path for path in (data / "keys").glob("*.json") if b":issuers:" in path.read_bytes())
    kept = first.read_bytes()
    first.unlink()
    gone = demo("doctor")
    assert (gone.status, "There is no signing key" in gone.out) == (1, True)
    first.write_bytes(kept.replace(b'"sealed_private_key": "', b'"sealed_private_key": "AAAA'))
    broken = demo("doctor")
    assert (broken.status, "does not open" in broken.out) == (1, True)


def test_a_damaged_database_is_wrong(demo: Command, data: Path) -> None:
    database = sqlite3.connect(data / "comity.db")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (size,) = database.execute("PRAGMA page_size").fetchone()
    (page,) = database.execute(
        "SELECT max(rootpage) FROM sqlite_master WHERE type = 'index' AND tbl_name = 'issuer_credentials'"
    ).fetchone()
    database.close()
    with (data / "comity.db").open("r+b") as file:
        file.seek((page - 1) * size + 8)
        file.write(b"\xff" * 200)
    ran = demo("doctor")
    assert ran.status == 1
    assert "✗ database      damaged" in ran.out


def test_certificates_of_keys_are_told_of_before_they_end(composition: Composition, demo: Command, data: Path) -> None:
    key, today = composition.issuer.keys.create("did:example:x#verifier", "ES256"), now()
    file = data / "certificates" / "verifier.pem"
    file.parent.mkdir()

    def put(days: int) -> Ran:
        x5c, _ = certify(key, "localhost", starts=today - timedelta(days=90), ends=today + timedelta(days=days))
        file.write_text(f"-----BEGIN CERTIFICATE-----\n{x5c[0]}\n-----END CERTIFICATE-----\n")
        return demo("doctor")

    good, soon, ended = put(60), put(20), put(-1)
    assert (good.status, "✓ certified keys 1, the first ends on" in good.out) == (0, True)
    assert (soon.status, "! certified keys they end: verifier.pem on" in soon.out) == (0, True)
    assert (ended.status, "✗ certified keys ended: verifier.pem on" in ended.out) == (1, True)
    assert outcomes(demo("doctor", "--json"))["certified keys"] == "wrong"
    file.write_text("nothing")
    assert demo("doctor").status == 1


def test_a_clock_that_was_set_back_is_told(composition: Composition, demo: Command) -> None:
    with composition.issuer.database.write() as session:
        session.add(Act(organisation=SLUG, at=now() + timedelta(hours=2), by="tests", action="list-brought", thing="x"))
    ran = demo("doctor")
    assert (ran.status, "something was written at" in ran.out, "set the clock" in ran.out) == (1, True, True)


@pytest.mark.postgres
def test_on_postgresql_the_schema_is_known(comity: Command, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITY_DATABASE_URL", postgres.new_database())
    assert comity("init").status == 0
    assert comity("issuer", "add", EXAMPLES / "issuers" / "sunder-bay-care.json").status == 0
    said = comity("doctor").out
    assert "✓ database      postgresql, schema up to date\n" in said
    assert "✓ keys          1, and each opens" in said
