from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest

from credentials.errors import VCError
from credentials.keys import parse_multikey
from tests.trust.world import Keys
from tests.verifier.cases import CASES, good
from tests.verifier.desk import BASE, browser, certificate, desk, pages, signed, subject_with
from tests.verifier.files import qr_picture, saved
from trust.bundle import Bundle
from verifier.errors import TooManyError, UnknownStateError
from verifier.many import MOST, Item, as_csv, check_all, check_number, exit_code_of
from verifier.receipts import mark_of, method_of, read_receipt, receipt_signer
from verifier.service import Verifier

BATCH = "/verifier/api/v1/batch"
RECEIPTS = "/verifier/api/v1/receipts"


def signing_desk(bundle: Bundle | None = None) -> Verifier:
    signer = Keys().signer(method_of(BASE))
    return replace(desk(bundle=bundle), receipts=lambda: signer, sign_receipts=lambda: signer)


def files(**contents: bytes) -> list[tuple[str, tuple[str, bytes]]]:
    return [("file", (name, content)) for name, content in contents.items()]


def test_many_get_a_row_each_whatever_they_are() -> None:
    sent = files(good=good(), forged=CASES["forged"].content(), foreign=saved(qr_picture("https://evil.example")), empty=b"")
    answer = browser(desk()).post(BATCH, data={"state": "XB", "text": [good().decode()]}, files=sent)
    assert answer.status_code == 200
    rows = answer.json()["rows"]
    assert [(row["source"], row["verdict"]) for row in rows] == [
        ("text 1", "recognized"),
        ("good", "recognized"),
        ("forged", "forged"),
        ("foreign", None),
        ("empty", None),
    ]
    assert [row["problem"]["type"].rpartition("#")[2] for row in rows[3:]] == ["CODE_FOREIGN", "CODE_UNREADABLE"]
    assert answer.json()["counts"] == {"recognized": 2, "forged": 1, "unread": 2}
    assert rows[2]["credentialId"] is None
    assert "Somebody" not in answer.text
    assert rows[0]["receipt"] is None


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\uff1d"], ids=ascii)
def test_i4_a_cell_that_would_be_a_formula_is_kept_as_it_is_and_set_apart_in_the_table(first: str) -> None:
    row = next(check_all(desk(), [Item(f"{first}HYPERLINK", good())], "XB"))
    assert row.source == f"{first}HYPERLINK"
    [read] = csv.DictReader(io.StringIO(as_csv(pages(), "en", [row]), newline=""))
    assert read["source"] == f"'{first}HYPERLINK"


def test_i4_a_table_is_csv_and_no_cell_is_a_formula() -> None:
    named = subject_with(certificate(), name=[{"@value": "=cmd|' /C calc'!A0", "@language": "en"}])
    sent = files(**{"=1+1.json": signed(named), "-x": CASES["withdrawn"].content()})
    answer = browser(desk()).post(BATCH, data={"state": "XB"}, files=sent, headers={"Accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["source"] for row in rows] == ["'=1+1.json", "'-x"]
    assert rows[0]["names"].startswith("'=cmd")
    assert rows[0]["verdict"] == "Recognised in Belmora"
    assert (rows[0]["genuine"], rows[0]["state"]) == ("Yes", "XB")


def test_nothing_of_what_is_not_genuine_reaches_the_table() -> None:
    row = next(check_all(desk(), [Item("x", CASES["forged"].content())], "XB"))
    assert next(csv.DictReader(io.StringIO(as_csv(pages(), "en", [row]))))["names"] == ""


def test_a_receipt_says_what_was_answered_and_holds_nothing_of_the_certificate() -> None:
    house = browser(signing_desk())
    row = house.post(BATCH, data={"state": "XB"}, files=files(good=good())).json()["rows"][0]
    checked = house.post(RECEIPTS, data={"receipt": row["receipt"]}).json()
    said = checked["receipt"]
    assert (said["verdict"], said["state"]) == ("recognized", "XB")
    assert said["answers"]["same-person"] == "you-check"
    assert said["lists"]["hash"] == row["bundle"]["hash"]
    assert said["certificate"] == mark_of(good())
    document = json.loads(good())
    for secret in (document["id"], document["credentialSubject"]["name"][0]["@value"], document["proof"][0]["proofValue"]):
        assert secret not in json.dumps(said)
    assert read_receipt(row["receipt"], parse_multikey(checked["key"])) == said


def test_the_mark_is_that_of_the_words_whichever_proof_stands_beside_them() -> None:
    document: dict[str, Any] = json.loads(good())
    one = {**document, "proof": document["proof"][0]}
    assert mark_of(json.dumps(one, indent=2).encode()) == mark_of(good())
    assert mark_of(json.dumps({**one, "id": "urn:uuid:x"}).encode()) != mark_of(good())
    assert mark_of(b"a.b.c") != mark_of(b"a.b.d")


def test_a_receipt_that_was_changed_or_signed_by_another_is_refused() -> None:
    house = browser(signing_desk())
    row = house.post(BATCH, data={"state": "XB"}, files=files(good=good())).json()["rows"][0]
    head, body, signature = row["receipt"].split(".")
    for changed in (f"{head}.{body[:-2]}AA.{signature}", f"{head}.{body}.{signature[:-4]}AAAA", "no receipt"):
        assert house.post(RECEIPTS, data={"receipt": changed}).status_code in {400, 422}
    with pytest.raises(VCError):
        read_receipt(row["receipt"], Keys().signer("another").public_key)
    assert browser(desk()).post(RECEIPTS, data={"receipt": row["receipt"]}).status_code == 404


def test_without_a_key_nothing_signs() -> None:
    assert receipt_signer(Keys(), BASE) is None


def test_more_than_are_checked_at_once_are_refused() -> None:
    check_number(MOST)
    with pytest.raises(TooManyError):
        check_number(MOST + 1)
    answer = browser(desk()).post(BATCH, data={"text": ["x"] * 501})
    assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (413, "TOO_MANY")


def test_an_unknown_state_is_told_at_once() -> None:
    with pytest.raises(UnknownStateError):
        next(check_all(desk(), [Item("x", good())], "ZZ"))


@pytest.mark.parametrize(
    ("names", "code"),
    [(["good"], 0), (["good", "key that cannot be had"], 3), (["key that cannot be had", "withdrawn"], 1), ([], 0)],
)
def test_the_worst_of_them_decides(names: list[str], code: int) -> None:
    rows = [
        row
        for name in names
        for case in [CASES.get(name)]
        for row in check_all(case.verifier() if case else desk(), [Item(name, case.content() if case else good())], None)
    ]
    assert exit_code_of(rows) == code


def test_what_cannot_be_read_could_not_be_told() -> None:
    assert exit_code_of(check_all(desk(), [Item("good", good()), Item("x", b"nothing")], None)) == 3
    row = next(check_all(desk(), [Item("big", b"x" * (10 * 1024 * 1024 + 1))], None))
    assert row.problem is not None
    assert row.problem.type.endswith("#FILE_TOO_LARGE")
