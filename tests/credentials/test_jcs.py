from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from credentials import jcs
from credentials.errors import ProofTransformationError
from tests.credentials.strategies import reordered
from tests.shared_vectors import SHARED, shared
from tests.strategies import json_objects

INPUTS = sorted(SHARED.glob("vectors/jcs/testdata/input/*.json"))


def read_number(digits: str) -> float:
    return int(digits) if abs(int(digits)) < 2**53 else float(digits)


def wrapped(value: Any) -> bytes:  # noqa: ANN401  # any JSON
    return jcs.canonicalize({"": value})[len(b'{"":') : -1]


def test_the_vectors_of_rfc_8785_are_there() -> None:
    assert len(list(shared("vectors", "jcs", "testdata", "input").iterdir())) == len(INPUTS) == 6


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.stem)
def test_the_vectors_of_rfc_8785(path: Path) -> None:
    canonical = wrapped(json.loads(path.read_bytes()))
    folder = path.parents[1]
    assert canonical == (folder / "output" / path.name).read_bytes()
    assert canonical == bytes.fromhex((folder / "outhex" / f"{path.stem}.txt").read_text())


@pytest.mark.parametrize(
    ("bits", "text"),
    [
        ("0000000000000000", "0"),
        ("8000000000000000", "0"),
        ("0000000000000001", "5e-324"),
        ("8000000000000001", "-5e-324"),
        ("7fefffffffffffff", "1.7976931348623157e+308"),
        ("4340000000000000", "9007199254740992"),
        ("c340000000000000", "-9007199254740992"),
        ("4430000000000000", "295147905179352830000"),
        ("44b52d02c7e14af5", "9.999999999999997e+22"),
        ("44b52d02c7e14af6", "1e+23"),
        ("44b52d02c7e14af7", "1.0000000000000001e+23"),
        ("444b1ae4d6e2ef4e", "999999999999999700000"),
        ("444b1ae4d6e2ef4f", "999999999999999900000"),
        ("444b1ae4d6e2ef50", "1e+21"),
        ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
        ("3eb0c6f7a0b5ed8d", "0.000001"),
        ("41b3de4355555553", "333333333.3333332"),
        ("41b3de4355555554", "333333333.33333325"),
        ("41b3de4355555555", "333333333.3333333"),
        ("41b3de4355555556", "333333333.3333334"),
        ("41b3de4355555557", "333333333.33333343"),
        ("becbf647612f3696", "-0.0000033333333333333333"),
        ("43143ff3c1cb0959", "1424953923781206.2"),
    ],
)
def test_the_numbers_of_rfc_8785_appendix_b(bits: str, text: str) -> None:
    assert wrapped(struct.unpack(">d", bytes.fromhex(bits))[0]) == text.encode()


NAMES = st.text(max_size=4) | st.sampled_from(["a", "A", "é", "\ufb33", "\U0001f600", "\ud7ff", ""])
SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4))


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_it_is_spelled_as_the_reference_spells_it(document: dict[str, Any]) -> None:
    assert jcs.canonicalize(document) == rfc8785.dumps(document)


@given(st.dictionaries(st.text(st.characters(max_codepoint=127), max_size=3), st.text() | st.integers(0, 9) | st.none()))
def test_the_short_way_spells_as_the_reference_does(document: dict[str, Any]) -> None:
    assert jcs.canonicalize(document) == rfc8785.dumps(document)


@given(st.data(), json_objects())
def test_order_never_matters_and_nothing_is_lost(data: st.DataObject, document: dict[str, Any]) -> None:
    canonical = jcs.canonicalize(document)
    assert jcs.canonicalize(data.draw(reordered(document))) == canonical
    assert json.loads(canonical, parse_int=read_number) == document
    assert jcs.canonicalize(json.loads(canonical)) == canonical


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (2**53 - 1, "9007199254740991"),
        (2**53, "9007199254740992"),
        (-(2**53) - 2, "-9007199254740994"),
        (10**20, "100000000000000000000"),
        (10**21, "1e+21"),
        (58177729613104350, "58177729613104350"),
    ],
)
def test_a_whole_number_as_a_double_is_spelled_has_its_form(number: int, text: str) -> None:
    assert jcs.canonicalize({"a": [{"b": number, "c": True}], "d": 0.5}) == b'{"a":[{"b":' + text.encode() + b',"c":true}],"d":0.5}'


@pytest.mark.parametrize(
    "value", [2**53 + 1, 58177729613104352, -(10**21) - 1, 10**400, float("inf"), float("nan"), "\ud800", {"\udfff": 1}]
)
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:  # noqa: ANN401  # any JSON
    with pytest.raises(ProofTransformationError):
        jcs.canonicalize({"a": value})
