from __future__ import annotations

from pathlib import Path

import pytest

from comity.deployment import SetupError
from comity.settings import Settings, read_settings


def test_what_is_not_said_is_as_usual(data: Path) -> None:
    settings = read_settings()
    assert settings == Settings(data=data)
    assert (settings.port, settings.host, settings.public_url, settings.key_store) == (8000, "127.0.0.1", "", "file:")


def test_the_environment_is_read(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8123")
    monkeypatch.setenv("COMITY_PUBLIC_URL", "https://skills.example")
    monkeypatch.setenv("COMITY_DATABASE_URL", "postgresql://user:secret@host/name")
    settings = read_settings()
    assert (settings.data, settings.port, settings.public_url) == (data, 8123, "https://skills.example")
    assert "secret" not in repr(settings)


def test_an_empty_value_is_none(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    monkeypatch.setenv("COMITY_DATA", "")
    assert (read_settings().port, read_settings().data) == (8000, Path("var"))
    assert data != Path("var")


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "80.5"])
def test_a_port_that_is_none_is_named(data: Path, monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(SetupError, match=rf"^PORT is '{port}'; it should be "):
        read_settings()
    assert not data.exists()
