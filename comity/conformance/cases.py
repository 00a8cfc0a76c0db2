"""What a case of a family of test vectors is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from credentials.errors import VCError

Case = tuple[str, Callable[[], None]]
"""A name, and what returns when it is as it should be."""


class WrongAnswerError(Exception):
    """A case did not come out as the vector says."""


class SkippedCase(Exception):  # noqa: N818  # nothing is wrong
    """A case that cannot apply here; the text says why."""


def read(path: Path) -> Any:  # noqa: ANN401  # whatever stands there
    """Return the JSON of a file."""
    return json.loads(path.read_bytes())


def expect(found: object, expected: object) -> None:
    """Raise unless what was found is what was expected.

    Raises:
        WrongAnswerError: it is not.
    """
    if found != expected:
        raise WrongAnswerError(f"found {_shown(found)}, expected {_shown(expected)}")


def expect_refusal(work: Callable[[], object], kind: type[VCError] = VCError) -> None:
    """Raise unless something is refused, for the reason that is expected.

    Raises:
        WrongAnswerError: it is accepted, or refused for another reason.
    """
    try:
        work()
    except VCError as error:
        if not isinstance(error, kind):
            raise WrongAnswerError(f"refused as {type(error).__name__}, expected {kind.__name__}") from error
    else:
        raise WrongAnswerError("accepted, and should be refused")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}…"  # noqa: PLR2004  # a line or two
