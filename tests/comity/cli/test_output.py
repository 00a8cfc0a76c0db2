from __future__ import annotations

import io
import sys

import pytest

from comity.cli.output import complain, explain, say, say_json, show_progress
from credentials.errors import (
    DataLossError,
    FetchError,
    MalformedValueError,
    ProofVerificationError,
    StatusRetrievalError,
    VCError,
)
from issuer_api.errors import ConflictError, InvalidRecordError, KeyReusedError, UnknownThingError
from trust.bundle import BundleError
from verifier.errors import CodeUnreadableError, UnknownStateError
from web.sealing import SealBrokenError


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (VCError("x"), 2),
        (MalformedValueError("x"), 2),
        (UnknownThingError("x"), 2),
        (InvalidRecordError("x"), 2),
        (CodeUnreadableError("x"), 2),
        (UnknownStateError("x"), 2),
        (ConflictError("x"), 1),
        (KeyReusedError("x"), 1),
        (ProofVerificationError("x"), 1),
        (DataLossError("x"), 1),
        (SealBrokenError("x"), 1),
        (FetchError("x"), 3),
        (StatusRetrievalError("x"), 3),
        (BundleError("x"), 3),
    ],
)
def test_a_problem_has_an_exit_status(error: VCError, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(error) == status
    assert capsys.readouterr() == ("", "comity: x\n")


def test_a_problem_is_a_document_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    explain(MalformedValueError("wrong", pointer="/name"), as_json=True)
    said = capsys.readouterr()
    assert said.err == "comity: wrong (at /name)\n"
    assert '"pointer": "/name"' in said.out


def test_a_terminal_is_not_given_what_it_would_obey(capsys: pytest.CaptureFixture[str]) -> None:
    say("one\x1b[2Jtwo\nthree\x9b\x7f")
    complain("one\x1b]0;\x07\ntwo")
    assert capsys.readouterr() == ("one\\x1b[2Jtwo\nthree\\x9b\\x7f\n", "comity: one\\x1b]0;\\x07 two\n")


def test_documents_are_said_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    say_json({"name": "নাজমা"})
    assert capsys.readouterr().out == '{\n "name": "নাজমা"\n}\n'


def test_progress_is_drawn_on_a_terminal_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    show_progress(1, 2, "pages")
    assert capsys.readouterr() == ("", "")
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    show_progress(1, 2, "pages")
    show_progress(2, 2, "pages")
    show_progress(0, 0, "pages")
    half, whole, none = screen.getvalue().split("\r")[1:]
    assert half == f"  {'█' * 15}{'░' * 15} 1 of 2 pages"
    assert whole == f"  {'█' * 30} 2 of 2 pages\n"
    assert none.endswith("0 of 0 pages\n")
