"""Many certificates at once: a row for each, as JSON for programs and as CSV for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from credentials.errors import VCError
from credentials.keys import Signer
from verifier.assessing import Assessment, assess, exit_code
from verifier.cards import card_of
from verifier.errors import CodeUnreadableError, FileTooLargeError, TooManyError, UnknownStateError
from verifier.links import credential_in
from verifier.reading import MAX_FILE
from verifier.receipts import receipt_of
from verifier.service import Verifier
from verifier.words import words
from web.pages import Pages
from web.sheets import sheet

MOST: Final = 500
QUESTIONS: Final = ("genuine", "current", "entitled", "recognised")
_HEAD: Final = ("source", "verdict", *QUESTIONS, "names", "certificate", "number", "issuer", "state", "lists", "problem")
_COULD_NOT_TELL: Final = 3


@dataclass(frozen=True, slots=True)
class Item:
    """Something to check: where it is from, and its bytes."""

    source: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one item.

    Attributes:
        source: where it is from.
        assessment: the answer, or None where nothing could be read.
        problem: why nothing could be read.
        receipt: of the answer, signed; None where nothing signs.
    """

    source: str
    assessment: Assessment | None = None
    problem: VCError | None = None
    receipt: str | None = None

    @property
    def exit_code(self) -> int:
        """As the exit status for one certificate; 3 for what could not be read."""
        return exit_code(self.assessment) if self.assessment else _COULD_NOT_TELL

    def to_json(self) -> dict[str, Any]:
        """Return the row for programs: the answer without the report."""
        if self.assessment is None:
            problem = {"type": self.problem.type, "detail": self.problem.detail} if self.problem else None
            return {"source": self.source, "verdict": None, "problem": problem}
        answer = self.assessment.to_json()
        kept = {name: answer[name] for name in ("verdict", "state", "questions", "issuer", "bundle", "credentialId")}
        return {"source": self.source, **kept, "problem": None, "receipt": self.receipt}


def check_number(number: int) -> None:
    """Raise when these are more certificates than are checked at once.

    Raises:
        TooManyError: they are.
    """
    if number > MOST:
        raise TooManyError(f"at most {MOST} certificates are checked at once; these are {number}")


def check_all(verifier: Verifier, items: Iterable[Item], state: str | None) -> Iterator[Row]:
    """Yield a row for each item, one after the other.

    Raises:
        BundleError: there are no lists that can be relied on.
        UnknownStateError: the lists know no such state.
    """
    bundle = verifier.bundle()
    if state is not None and state not in bundle.states:
        raise UnknownStateError(f"the lists know no state {state[:20]!r}; they know {', '.join(bundle.states)}")
    signer = verifier.receipts()
    for item in items:
        yield check_one(verifier, item, state, signer)


def check_one(verifier: Verifier, item: Item, state: str | None, signer: Signer | None = None) -> Row:
    """Return what came of one item; what cannot be read is a row too."""
    try:
        if len(item.content) > MAX_FILE:
            raise FileTooLargeError("at most 10 MB of a file can be read")
        if not item.content.strip():
            raise CodeUnreadableError("there is nothing in it")
        _, credential = credential_in(verifier, item.content)
        assessment = assess(verifier, credential, state)
    except VCError as error:
        return Row(item.source, problem=error)
    receipt = receipt_of(assessment, (credential,), verifier.clock(), signer) if signer else None
    return Row(item.source, assessment, receipt=receipt)


def exit_code_of(rows: Iterable[Row]) -> int:
    """Return 1 when one of them failed, 3 when none failed and one could not be told, 0 when all are good."""
    codes = {row.exit_code for row in rows}
    return 1 if 1 in codes else max(codes, default=0)


def headline(pages: Pages, language: str, row: Row) -> str:
    """Return the verdict in words."""
    if row.assessment is None:
        return pages.text(language, "verifier.many.unread")
    found = row.assessment
    return pages.text(language, f"verifier.verdict.{found.verdict}", **words(pages, language, found.params))


def names_of(row: Row) -> str:
    """Return the names on a genuine certificate; empty for any other."""
    credential = row.assessment.credential if row.assessment else None
    if credential is None or row.assessment is None:
        return ""
    return " / ".join(name.value for name in card_of(credential, row.assessment.bundle).names)


def as_csv(pages: Pages, language: str, rows: Iterable[Row]) -> str:
    """Return the rows as CSV; what a spreadsheet would take for a formula is set apart with an apostrophe."""
    return sheet((_HEAD, *(_cells(pages, language, row) for row in rows)))


def _cells(pages: Pages, language: str, row: Row) -> list[str]:
    found, problem = row.assessment, row.problem.detail if row.problem else ""
    if found is None:
        return [row.source, headline(pages, language, row), *[""] * (len(_HEAD) - 3), problem]
    answers = [pages.text(language, f"verifier.answer.{found.question(name).answer.value}") for name in QUESTIONS]
    card = card_of(found.credential, found.bundle) if found.credential else None
    issuer = found.issuer.names if found.issuer else {}
    return [
        row.source,
        headline(pages, language, row),
        *answers,
        names_of(row),
        card.title if card else "",
        card.number if card else "",
        str(issuer.get(language) or issuer.get("en") or ""),
        found.state or "",
        f"{found.bundle.version} {found.bundle.published.date().isoformat()}",
        problem,
    ]
