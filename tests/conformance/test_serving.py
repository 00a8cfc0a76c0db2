"""`comity serve --profile conformance`: over a real socket, from nothing, and nothing is left of it."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from comity.cli import main
from comity.cli.output import USAGE
from tests.comity.cli.test_serving_commands import read_until, started
from tests.conformance.surface import V2
from tests.conftest import free_port


def test_it_issues_and_verifies_over_a_socket_and_leaves_nothing(tmp_path: Path) -> None:
    port, data, scratch = free_port(), tmp_path / "data", tmp_path / "scratch"
    scratch.mkdir()
    with started("serve", "--profile", "conformance", COMITY_DATA=str(data), PORT=str(port), TMPDIR=str(scratch)) as process:
        base = f"http://localhost:{port}"
        said = read_until(process, "Ctrl-C to stop")
        assert f"{base}/.well-known/vc-conformance.json" in said
        assert [path.name.startswith("comity-conformance-") for path in scratch.iterdir()] == [True]
        with httpx2.Client(timeout=30) as client:
            manifest = answered(client, f"{base}/.well-known/vc-conformance.json")
            [issuer] = [entry for entry in manifest["issuers"] if entry["tags"] == ["BitstringStatusList"]]
            credential = {
                "@context": [V2],
                "type": ["VerifiableCredential"],
                "issuer": issuer["id"],
                "credentialSubject": {"id": "did:example:worker"},
            }
            issued = client.post(issuer["endpoint"], json={"credential": credential})
            assert issued.status_code == 201
            document = issued.json()["verifiableCredential"]
            [verifier] = [entry for entry in manifest["verifiers"] if entry["tags"] == ["BitstringStatusList"]]
            verified = client.post(verifier["endpoint"], json={"verifiableCredential": document})
            assert (verified.status_code, verified.json()["verified"]) == (200, True)
            assert client.get(document["credentialStatus"]["statusListCredential"]).status_code == 200
            refused = client.post(verifier["endpoint"], json={"verifiableCredential": credential})
            assert (refused.status_code, refused.json()["verified"]) == (400, False)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "Stopped.\n", "")
    assert list(scratch.iterdir()) == []
    assert not data.exists()


def answered(client: httpx2.Client, url: str) -> dict[str, Any]:
    """Return the JSON at an address, once something listens there."""
    for _ in range(100):
        try:
            return dict(json.loads(client.get(url).content))
        except httpx2.TransportError:
            time.sleep(0.05)
    raise AssertionError(url)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::"])  # noqa: S104  # to be refused
def test_other_machines_do_not_reach_it_unless_somebody_says_so(
    host: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("COMITY_HOST", host)
    monkeypatch.setenv("COMITY_DATA", str(tmp_path / "data"))
    assert main(["serve", "--profile", "conformance"]) == USAGE
    assert "--i-know" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_there_is_no_other_profile(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["serve", "--profile", "other"])
    assert stopped.value.code == USAGE
    assert "conformance" in capsys.readouterr().err
