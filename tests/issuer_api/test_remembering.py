from __future__ import annotations

from collections.abc import Mapping

from issuer_api.remembering import MOST, Remembering


def test_a_document_is_canonicalized_once_and_the_oldest_is_forgotten() -> None:
    asked: list[object] = []

    def canonicalize(document: Mapping[str, object], *, hash_name: str = "sha256") -> bytes:
        asked.append(document["n"])
        return f"{document['n']} {hash_name}".encode()

    remembering = Remembering(canonicalize)
    assert remembering({"n": 0}) == remembering({"n": 0}) == b"0 sha256"
    assert remembering({"n": 0}, hash_name="sha384") == b"0 sha384"
    assert asked == [0, 0]
    for number in range(1, MOST):
        remembering({"n": number})
    remembering({"n": MOST - 1})
    assert len(asked) == MOST + 1
    remembering({"n": 0})
    assert asked[-1] == 0
    assert len(asked) == MOST + 2
