"""The page without internet in the machine's own Firefox."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from tests.browser import station
from tests.browser.test_checking import first_file
from tests.client.node import NODE, ROOT
from tests.conftest import Served

pytestmark = pytest.mark.browser
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
SCRIPT = Path(__file__).with_name("firefox.mjs")
OF_THE_BROWSER = frozenset({"/verify/worker.js"})
"""Firefox looks for a newer worker by itself, past the offline mode that WebDriver sets; the page asks for nothing."""
IS_DRIVEN = (ROOT / "node_modules" / "puppeteer-core").is_dir()


@pytest.mark.skipif(FIREFOX is None, reason="this machine has no Firefox: apt-get install firefox-esr")
@pytest.mark.skipif(not IS_DRIVEN, reason="npm puppeteer-core is not installed: make setup-dev")
def test_a_photo_gets_its_answer_in_firefox_with_the_network_cut_and_the_page_asks_for_nothing(
    served: Served, tmp_path: Path
) -> None:
    photo = tmp_path / "paper.jpg"
    photo.write_bytes(station.jpeg(station.photo(Image.open(first_file(served, "-offline.png")))))
    with station.counted(served) as (door, port):
        command = [str(NODE), str(SCRIPT), str(FIREFOX), served.base_url, f"127.0.0.1:{port}", str(photo)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as driver:
            assert driver.stdout is not None
            assert driver.stderr is not None
            said = driver.stdout.readline().strip()
            asked = len(door.asked)
            answer, trouble = driver.communicate(timeout=120)
        assert said == "cut", trouble
        assert driver.returncode == 0, trouble
        assert "/verify/offline" in door.asked
        assert set(door.asked[asked:]) <= OF_THE_BROWSER
    told = json.loads(answer)
    assert told["browser"].lower().startswith("firefox/")
    assert (told["verdict"], told["told"]) == ("Recognised in Belmora", "")
