"""The question to a person's phone and its answer; and the symbols that carry them, read by an independent reader."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image

from credentials import jcs
from credentials.keys import InMemorySigner, PublicKey
from credentials.qr import to_digits
from tests.client.node import run_node

SIGNER = InMemorySigner("", sha256(b"a phone").digest())
HOLDER = f"did:key:{SIGNER.public_key.multibase}"
DOCUMENT = {"id": "urn:uuid:1", "name": "Certificate", "credentialSubject": {"id": HOLDER}, "proof": {"proofValue": "z"}}
NONCE = bytes(range(16))
WORDS = {name: value for name, value in DOCUMENT.items() if name != "proof"}
MARKS = sha256(jcs.canonicalize(WORDS)).digest()[:16] + sha256(HOLDER.encode()).digest()[:8]
ASKED = b"\xc2" + NONCE + MARKS
SIGNATURE = SIGNER.sign(b"comity holder answer 1\n" + ASKED)
ANSWER = b"\xc3" + SIGNATURE
NO_ANSWERS = (b"\xc2" + SIGNATURE, ANSWER[:-1], ANSWER + b"\0")
NO_QUESTIONS = (b"\xc3" + ASKED[1:], ASKED[:-1], ASKED + b"\0")
SYMBOLS: list[list[str]] = [
    [HOLDER],
    ["HTTPS://LISTS.SKILLS.EXAMPLE", "/wallet/key#", to_digits(ASKED)],
    [to_digits(ANSWER)],
    ["7"],
    ["COMITY $%*+-./:1", "é✓", "00123456"],
    *(["x" * length] for length in (14, 26, 42, 62, 84, 106, 122, 152, 180, 213)),
    ["9" * 60, ""],
]


def _said(tmp_path: Path, **given: object) -> Any:  # noqa: ANN401  # what the script prints
    path = tmp_path / "given.json"
    path.write_text(json.dumps({"document": DOCUMENT, "nonce": NONCE.hex(), "texts": [], "symbols": [], **given}), "utf-8")
    return run_node("challenge.mjs", path)


def test_the_answer_fits_this_question_this_certificate_and_this_key_alone(tmp_path: Path) -> None:
    said = _said(tmp_path, signature=SIGNATURE.hex())
    assert (said["asked"], said["digits"], said["answer"]) == (ASKED.hex(), to_digits(ASKED), to_digits(ANSWER))
    assert (said["fits"], said["another"], said["elsewhere"], said["somebody"]) == (True, False, False, False)


def test_questions_and_answers_are_told_from_any_other_text(tmp_path: Path) -> None:
    asks = [
        f"HTTPS://V.EXAMPLE/wallet/key#{to_digits(ASKED)}",
        f"#{to_digits(ASKED)}",
        f"https://v.example/wallet/key#{to_digits(ASKED)}",
    ]
    foreign = [f"javascript:{to_digits(ASKED)}", f"https://v.example/evil#{to_digits(ASKED)}", "", "1" * 100, "1" * 170]
    damaged = [to_digits(content) for content in (*NO_ANSWERS, *NO_QUESTIONS)]
    texts = [*asks, to_digits(ANSWER), *foreign, *damaged, "9" * 3001]
    said = _said(tmp_path, texts=texts)
    assert said["questions"] == [ASKED.hex()] * 3 + [None] * (len(texts) - 3)
    assert said["answers"] == [None] * 3 + [SIGNATURE.hex()] + [None] * (len(texts) - 4)


def test_an_independent_reader_reads_the_symbols(tmp_path: Path) -> None:
    for segments, modules in zip(SYMBOLS, _said(tmp_path, symbols=SYMBOLS)["symbols"], strict=True):
        side = len(modules) + 8
        drawn = Image.new("L", (side, side), 255)
        for row, line in enumerate(modules):
            for column, dark in enumerate(line):
                drawn.putpixel((column + 4, row + 4), 0 if dark else 255)
        [code] = zxingcpp.read_barcodes(drawn.resize((side * 4, side * 4), Image.Resampling.NEAREST))
        assert code.bytes.decode() == "".join(segments)
        assert code.ec_level == "M"


def test_keys_on_p_256_answer_too_whichever_side_of_the_curve_they_lie_on(tmp_path: Path) -> None:
    sides = set()
    for number in range(4):
        signer = InMemorySigner("", sha256(b"a phone on P-256 %d" % number).digest(), "ES256")
        holder = f"did:key:{signer.public_key.multibase}"
        document = {**DOCUMENT, "credentialSubject": {"id": holder}}
        words = {name: value for name, value in document.items() if name != "proof"}
        asked = b"\xc2" + NONCE + sha256(jcs.canonicalize(words)).digest()[:16] + sha256(holder.encode()).digest()[:8]
        signature = signer.sign(b"comity holder answer 1\n" + asked)
        said = _said(tmp_path, document=document, signature=signature.hex())
        assert (said["fits"], said["another"], said["elsewhere"]) == (True, False, False)
        sides.add(signer.public_key.raw[0])
    assert sides == {2, 3}


def test_a_key_that_is_no_point_of_the_curve_verifies_nothing(tmp_path: Path) -> None:
    no_point = PublicKey("ES256", b"\x02" + bytes(31) + b"\x01")
    document = {**DOCUMENT, "credentialSubject": {"id": f"did:key:{no_point.multibase}"}}
    assert _said(tmp_path, document=document, signature=SIGNATURE.hex())["fits"] is False
