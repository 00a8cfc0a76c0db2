from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice

import pytest

from bench.certificates import HOLDER, INLINE, KINDS, lists, shared_texts, signed
from bench.material import BBS, CREATED, ED25519, NOW, P256, SMALL, TRAINING, Key, Subject
from bench.mutations import accepted
from bench.partnership import ISSUERS_OF_A_STATE, STATES, codes, files
from bench.timing import Contender, in_process, side_by_side
from credentials.data_integrity import add_base_proof, derive, verify_proofs
from credentials.qr import parse_codec
from trust.bundle import NEEDED_FILES


def one_by_one(size: int) -> bytes:
    return bytes(range(1, size + 1))


def contender(said: Iterator[float]) -> Contender:
    return lambda times: next(said) * times


def test_the_median_of_interleaved_rounds_counts() -> None:
    asked: list[str] = []

    def named(name: str, seconds: float) -> Contender:
        def run(times: int) -> float:
            asked.append(name)
            return seconds * times

        return run

    assert side_by_side({"a": named("a", 1.0), "b": named("b", 2.0)}, rounds=3) == {"a": 1.0, "b": 2.0}
    assert asked[-6:] == ["a", "b"] * 3
    assert side_by_side({"": contender(iter([1.0, 1.0, 1.0, 9.0, 2.0, 3.0]))}, rounds=3) == {"": 3.0}


def test_an_action_is_run_as_often_as_it_is_asked() -> None:
    runs = count()
    assert in_process(lambda: next(runs))(5) >= 0
    assert next(runs) == 5


@pytest.mark.parametrize("subject", [TRAINING, SMALL], ids=lambda subject: subject.name)
@pytest.mark.parametrize(("suite", "key"), [("ecdsa-sd-2023", P256), ("bbs-2023", BBS)])
def test_what_is_measured_holds(subject: Subject, suite: str, key: Key) -> None:
    issued = add_base_proof(
        subject.by(key),
        key.signer,
        cryptosuite=suite,
        mandatory_pointers=subject.mandatory,
        created=CREATED,
        random_bytes=one_by_one,
    )
    shown = derive(issued, selective_pointers=subject.shown, random_bytes=one_by_one)
    verify_proofs(shown, key.resolve, now=NOW)
    assert shown["credentialSubject"] != issued["credentialSubject"]


def test_a_bbs_key_signs_no_documents() -> None:
    assert ED25519.document_signer.public_key.algorithm == "Ed25519"
    with pytest.raises(TypeError):
        _ = BBS.document_signer


def test_the_partnership_is_as_large_as_it_says() -> None:
    made = dict(islice(files(), 6))
    assert len(set(codes())) == STATES
    assert sorted(made)[1:] == sorted(f"states/AA/{name}.json" for name in NEEDED_FILES)
    assert made["partnership/parties.json"].count(b'"code"') == STATES
    assert made["states/AA/issuers.json"].count(b'"slug"') == ISSUERS_OF_A_STATE


@pytest.mark.parametrize("kind", KINDS)
def test_the_code_gives_back_what_is_measured(kind: str) -> None:
    for codec in (parse_codec(lists(others=False)), parse_codec(lists(others=False, without=INLINE))):
        assert codec.decode(codec.encode(signed(kind))) == signed(kind)


def test_the_table_for_the_peer_holds_nothing_of_the_person() -> None:
    texts = shared_texts(signed("training", subject=HOLDER))
    assert "Caregiving NC II" in texts
    assert not [text for text in texts if "Maria" in text or "4711" in text or "XA-SBC" in text]


def test_of_changed_codes_none_is_taken_for_good() -> None:
    tried, wrong = accepted(200)
    assert tried > 200
    assert wrong == 0
