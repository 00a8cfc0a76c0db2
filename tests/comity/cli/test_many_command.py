from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from comity.cli.many_command import files_in
from comity.compose import Composition
from comity.deployment import SetupError
from tests.comity.conftest import Command, class_of
from verifier.receipts import method_of, read_receipt


@pytest.fixture
def folder(demo: Command, data: Path, tmp_path: Path) -> Path:
    """One certificate in three forms."""
    made = tmp_path / "inbox"
    made.mkdir()
    stem = class_of(data)[0].stem
    for name in (f"{stem}.json", f"{stem}-offline.png", f"{stem}.pdf"):
        shutil.copy(data / "demo" / name, made / name)
    assert demo is not None
    return made


def test_a_folder_gets_a_table_csv_receipts_and_the_worst_exit_status(
    demo: Command, composition: Composition, folder: Path, data: Path, tmp_path: Path
) -> None:
    table, receipts = tmp_path / "out.csv", tmp_path / "receipts.txt"
    ran = demo("verify", str(folder), "--state", "XB", "--csv", str(table), "--receipts", str(receipts))
    assert ran.status == 0
    assert ran.out.count("Recognised in Belmora") == 3
    assert "3 checked: 3 genuine, current and entitled" in ran.out
    with table.open(encoding="utf-8-sig", newline="") as file:
        assert [row["verdict"] for row in csv.DictReader(file)] == ["Recognised in Belmora"] * 3
    key = composition.issuer.keys.signer(method_of(composition.verifier.base_url)).public_key
    said = [read_receipt(line, key) for line in receipts.read_text(encoding="ascii").splitlines()]
    assert len({receipt["certificate"] for receipt in said}) == 1
    assert {receipt["verdict"] for receipt in said} == {"recognized"}
    (folder / "note.txt").write_text("a note", encoding="utf-8")
    assert demo("verify", str(folder)).status == 3
    shutil.copy(next((data / "demo").glob("*.tampered")), folder / "copy.json")
    ran = demo("verify", str(folder), "--json")
    assert ran.status == 1
    assert {row["verdict"] for row in json.loads(ran.out)} == {"genuine", "forged", None}


def test_a_folder_without_files_or_with_too_many_is_wrong_use(demo: Command, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    (empty / "deeper").mkdir(parents=True)
    (empty / ".hidden").touch()
    assert demo("verify", str(empty)).status == 2
    for number in range(501):
        (empty / f"{number}.json").touch()
    with pytest.raises(SetupError, match="at most 500"):
        files_in(empty)
    assert demo("verify", str(empty / "1.json"), "--csv", "x.csv").status == 2
