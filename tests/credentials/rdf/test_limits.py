from __future__ import annotations

from typing import Any

import pytest

from credentials.errors import ComplexityLimitError
from credentials.rdf.limits import MAX_DEPTH, MAX_OBJECTS, MAX_VALUES, check_shape


def nested(depth: int) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for _ in range(depth):
        document = {"a": document}
    return document


def test_what_lies_within_the_limits_passes() -> None:
    check_shape({})
    check_shape(nested(MAX_DEPTH))
    check_shape({"a": [0] * (MAX_VALUES - 2)})
    check_shape({"a": ({},) * (MAX_OBJECTS - 1)})


@pytest.mark.parametrize(
    ("document", "detail"),
    [
        (nested(MAX_DEPTH + 1), "nests deeper than 32 levels"),
        ({"a": [[[[]]]] * 1, "b": nested(40)}, "nests deeper"),
        ({"a": [0] * (MAX_VALUES - 1)}, "more values"),
        ({"a": [{}] * MAX_OBJECTS}, "more values"),
        ({str(number): number for number in range(MAX_VALUES)}, "more values"),
    ],
)
def test_a21_what_exceeds_one_is_refused(document: dict[str, Any], detail: str) -> None:
    with pytest.raises(ComplexityLimitError, match=detail):
        check_shape(document)
