from __future__ import annotations

import json
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from comity.deployment import (
    SetupError,
    check_public_url,
    create_deployment,
    create_private,
    open_deployment,
    write_private,
)
from credentials.errors import ParsingError
from credentials.keys import InMemorySigner

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
URL = "https://skills.example"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://skills.example", "https://skills.example"),
        ("https://skills.example/", "https://skills.example"),
        ("  https://skills.example:8443  ", "https://skills.example:8443"),
        ("https://a-b.c1.example", "https://a-b.c1.example"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://localhost", "http://localhost"),
        ("https://localhost:1", "https://localhost:1"),
    ],
)
def test_public_urls(url: str, origin: str) -> None:
    assert check_public_url(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "",
        "skills.example",
        "https://",
        "https://skills.example/path",
        "https://skills.example?x",
        "https://user@skills.example",
        "https://Skills.example",
        "https://skills..example",
        "https://-skills.example",
        "https://skills-.example",
        "https://10.0.0.1",
        "https://[::1]",
        "https://skills.example:0",
        "https://skills.example:99999",
        "ftp://skills.example",
        "https://skills.example\nhttps://x.example",
        "https://bücher.example",
    ],
)
def test_what_is_no_public_url(url: str) -> None:
    with pytest.raises(SetupError, match="is no public URL"):
        check_public_url(url)


@pytest.mark.parametrize("url", ["http://skills.example", "http://localhost.example", "http://127.0.0.1:8000", "http://10.0.0.1"])
def test_plain_http_is_for_this_machine_only(url: str) -> None:
    with pytest.raises(SetupError, match="must begin with https"):
        check_public_url(url)


def test_an_address_too_long_for_a_printed_code_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="too long for a printed code"):
        create_deployment(tmp_path / "data", "https://" + "a" * 50 + ".example", NOW)
    assert not (tmp_path / "data").exists()


def test_a_deployment_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    made = create_deployment(tmp_path / "deep" / "data", URL, NOW)
    assert (made.public_url, made.is_local, len(made.master_key)) == (URL, False, 32)
    assert made == open_deployment(tmp_path / "deep" / "data")
    assert stat.S_IMODE(made.folder.stat().st_mode) == 0o700
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in made.folder.iterdir()} == {
        "master.key": 0o600,
        "deployment.json": 0o600,
    }
    assert made.master_key.hex() not in repr(made)
    assert made.master_key != create_deployment(tmp_path / "other", URL, NOW).master_key


def test_a_deployment_is_not_made_twice(tmp_path: Path) -> None:
    made = create_deployment(tmp_path, URL, NOW)
    with pytest.raises(SetupError, match="holds a deployment already"):
        create_deployment(tmp_path, "https://other.example", NOW)
    assert open_deployment(tmp_path) == made


@pytest.mark.parametrize("left", ["comity.db", "keys", "bundle"])
def test_what_is_left_of_a_deployment_is_not_given_another_key(tmp_path: Path, left: str) -> None:
    (tmp_path / left).mkdir()
    with pytest.raises(SetupError, match=rf"holds {left} of a deployment whose deployment\.json is gone"):
        create_deployment(tmp_path, URL, NOW)
    assert [path.name for path in tmp_path.iterdir()] == [left]


def test_a_making_that_was_cut_off_is_finished_with_the_key_it_had(tmp_path: Path) -> None:
    create_private(tmp_path / "master.key", b"k" * 32)
    assert create_deployment(tmp_path, URL, NOW).master_key == b"k" * 32


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SetupError, match="is no folder"):
        create_deployment(tmp_path / "file", URL, NOW)


def test_where_nothing_was_made_nothing_is_opened(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="Create one with: comity init"):
        open_deployment(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ("{", "is damaged"),
        ("[]", "is damaged"),
        ("\xff", "is damaged"),
        ('{"format": 2, "public_url": "https://skills.example"}', "has format 2, this program reads format 1"),
        ("{}", "has format None"),
        ('{"format": 1, "public_url": "http://skills.example"}', "must begin with https"),
        ('{"format": 1}', "is no public URL"),
    ],
)
def test_a_record_that_was_changed_is_refused(tmp_path: Path, record: str, told: str) -> None:
    create_deployment(tmp_path, URL, NOW)
    (tmp_path / "deployment.json").write_text(record, encoding="latin-1")
    with pytest.raises(SetupError, match=told):
        open_deployment(tmp_path)


def test_a_master_key_that_is_gone_cut_off_or_open_to_others_is_refused(tmp_path: Path) -> None:
    key = create_deployment(tmp_path, URL, NOW).folder / "master.key"
    for mode in (0o640, 0o604, 0o660):
        key.chmod(mode)
        with pytest.raises(SetupError, match=r"can be read by others\. Close it with: chmod 600"):
            open_deployment(tmp_path)
    key.chmod(0o600)
    key.write_bytes(b"k" * 31)
    with pytest.raises(SetupError, match="is missing or damaged"):
        open_deployment(tmp_path)
    key.unlink()
    with pytest.raises(SetupError, match="is missing or damaged"):
        open_deployment(tmp_path)


def test_a_private_file_is_whole_closed_and_leaves_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret"
    write_private(path, b"one")
    write_private(path, b"two")
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secret"]
    assert create_private(path, b"three") is False
    assert path.read_bytes() == b"two"


def test_a_draft_that_a_crash_left_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / ".secret.new").write_bytes(b"half")
    write_private(tmp_path / "secret", b"whole")
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_of_many_that_make_the_same_file_one_does(tmp_path: Path) -> None:
    made: list[bool] = []
    start = threading.Barrier(8)

    def make(number: int) -> None:
        start.wait(10)
        made.append(create_private(tmp_path / "secret", json.dumps(number).encode() * 1000))

    threads = [threading.Thread(target=make, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(made) == [False] * 7 + [True]
    assert len(set((tmp_path / "secret").read_bytes())) == 1


def test_the_states_whose_lists_are_kept_are_all_unless_some_are_named(tmp_path: Path) -> None:
    deployment = create_deployment(tmp_path, URL, NOW)
    assert deployment.corridor is None
    deployment.corridor_file.write_text('["XA", "XB"]')
    assert deployment.corridor == ("XA", "XB")


@pytest.mark.parametrize("wrong", ["{", "[]", '["XA", 7]', '{"XA": 1}'])
def test_a_choice_of_states_that_cannot_be_read_is_told(tmp_path: Path, wrong: str) -> None:
    deployment = create_deployment(tmp_path, URL, NOW)
    deployment.corridor_file.write_text(wrong)
    with pytest.raises(SetupError, match=r"corridor\.json"):
        _ = deployment.corridor


def test_a_certificate_of_another_key_is_not_put_beside_a_list(tmp_path: Path) -> None:
    deployment = create_deployment(tmp_path, URL, NOW)
    key = InMemorySigner("did:example:1#k", bytes(32)).public_key
    assert deployment.certificate("XA", key) == ()
    (tmp_path / "certificates").mkdir()
    (tmp_path / "certificates" / "XA.pem").write_text("no certificate")
    with pytest.raises(ParsingError):
        deployment.certificate("XA", key)
