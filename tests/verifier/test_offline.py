from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.conftest import Demonstrated
from verifier.offline import kept_page, router
from web.joining import join
from web.site import STATIC


@pytest.fixture
def static(tmp_path: Path) -> Path:
    """The static files with a small app built into them."""
    for name in kept_page().kept_files():
        if not name.startswith("app/"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(STATIC / name, tmp_path / name)
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "offline.js").write_text("1;\n", encoding="utf-8")
    (tmp_path / "app" / "worker.js").write_text("2;\n", encoding="utf-8")
    return tmp_path


def test_the_worker_keeps_every_file_of_the_page_and_changes_with_each(demonstrated: Demonstrated, static: Path) -> None:
    app = FastAPI()
    join(app, router(demonstrated.composition.verifier, static))
    browser = TestClient(app)
    first = browser.get("/verify/worker.js")
    assert first.headers["service-worker-allowed"] == "/"
    assert first.text.endswith("2;\n")
    assert all(f'"/static/{name}"' in first.text for name in ("app/offline.js", "vendor/zxing/zxing_reader.wasm", "site.css"))
    assert "app/worker.js" not in first.text
    (static / "app" / "offline.js").write_text("3;\n", encoding="utf-8")
    assert browser.get("/verify/worker.js").text != first.text
    (static / "app" / "worker.js").unlink()
    assert browser.get("/verify/worker.js").status_code == 404


def test_the_page_and_its_manifest_are_there_in_every_language(demonstrated: Demonstrated) -> None:
    browser = TestClient(demonstrated.composition.app, base_url=demonstrated.composition.deployment.public_url)
    for language in ("en", "fr", "ar"):
        page = browser.get(f"/verify/offline?lang={language}")
        assert page.status_code == 200
        assert "/static/app/offline.js" in page.text
        assert "manifest-src 'self'" in page.headers["content-security-policy"]
        assert browser.get("/verify/manifest.webmanifest").json()["lang"] == language


def test_the_version_is_of_names_contents_and_page(static: Path) -> None:
    page = kept_page(static)
    files = page.kept_files()
    marks = {page.version_of(files, b""), page.version_of(files, b"page"), page.version_of(files[:-1], b"")}
    assert len(marks) == 3


def test_the_page_travels_packed_to_whoever_unpacks_it(demonstrated: Demonstrated) -> None:
    browser = TestClient(demonstrated.composition.app, base_url=demonstrated.composition.deployment.public_url)
    plain = browser.get("/verify/offline", headers={"Accept-Encoding": "identity"})
    packed = browser.get("/verify/offline", headers={"Accept-Encoding": "br, gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text
    assert int(packed.headers["content-length"]) * 3 < len(plain.content)
    assert "Accept-Encoding" in plain.headers["vary"]
