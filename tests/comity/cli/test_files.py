from __future__ import annotations

from pathlib import Path

import pytest

from comity.cli.files import MAX_FILE, read_file, read_json
from comity.deployment import SetupError


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * MAX_FILE)
    assert len(read_file(path)) == MAX_FILE
    path.write_bytes(b"x" * (MAX_FILE + 1))
    with pytest.raises(SetupError, match="has more than the 10 MB that are read"):
        read_file(path)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for path, told in (
        (tmp_path / "nothing", "No such file"),
        (tmp_path, "Is a directory"),
        (tmp_path / "empty", "is empty"),
        (Path("/dev/zero"), "more than"),
        (tmp_path / "empty" / "below", "Not a directory"),
    ):
        with pytest.raises(SetupError, match=told) as caught:
            read_file(path)
        assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"[]", "no JSON object"),
        (b"{", "not JSON"),
        (b'{"a": 1, "a": 2}', "stands twice"),
        (b'{"a": NaN}', "NaN"),
        (b"\xff{}", "not UTF-8"),
    ],
)
def test_json_is_read_strictly(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(content)
    with pytest.raises(SetupError, match=told) as caught:
        read_json(path)
    assert str(caught.value).startswith(str(path))
    path.write_bytes(b'{"a": 1}')
    assert read_json(path) == {"a": 1}
