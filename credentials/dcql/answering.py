"""Whether what was presented is what was asked for, and what was shown beyond it (OpenID4VP 1.0 §8.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from credentials.dcql.matching import Candidate, select_claims
from credentials.dcql.paths import Pointer
from credentials.dcql.query import CredentialQuery, Query
from credentials.errors import COMITY, VCError


class AnswerError(VCError):
    """What was presented is not what was asked for."""

    type = COMITY + "QUERY_NOT_ANSWERED"
    title = "problem.query-not-answered"


@dataclass(frozen=True, slots=True)
class Excess:
    """Claims that were disclosed and not asked for."""

    paths: tuple[tuple[str | int, ...], ...]


def check_answer(query: Query, presented: Mapping[str, Sequence[Candidate]]) -> Mapping[str, tuple[tuple[Pointer, ...], ...]]:
    """Return, for every credential query that was answered, the paths that each presentation was asked for.

    Args:
        query: what was asked.
        presented: id of a credential query to what was presented for it.

    Raises:
        AnswerError: an id that was not asked, too many or too few, something that does not answer, or no combination
            that will do.
    """
    asked = {name: tuple(_asked(query.credential(name), name, given)) for name, given in presented.items()}
    _check_combination(query, frozenset(presented))
    return asked


def _asked(query: CredentialQuery | None, name: str, given: Sequence[Candidate]) -> list[tuple[Pointer, ...]]:
    where = f"/vp_token/{name}"
    if query is None:
        raise AnswerError("something was presented that was not asked for", pointer="/vp_token")
    if not given or (len(given) > 1 and not query.multiple):
        raise AnswerError("here stands one presentation", pointer=where)
    selected = [select_claims(query, candidate) for candidate in given]
    if None in selected:
        raise AnswerError("the presentation is not what was asked for", pointer=f"{where}/{selected.index(None)}")
    return [claims for claims in selected if claims is not None]


def _check_combination(query: Query, given: frozenset[str]) -> None:
    required = [one for one in query.credential_sets if one.required]
    if not query.credential_sets:
        missing = sorted({one.id for one in query.credentials} - given)
        if missing:
            raise AnswerError(f"nothing was presented for {missing[0]}", pointer="/vp_token")
    elif not all(any(given.issuperset(option) for option in one.options) for one in required):
        raise AnswerError("no combination that was asked for was presented", pointer="/vp_token")


def excess(asked: Iterable[Pointer], disclosed: Iterable[tuple[str | int, ...]]) -> Excess:
    """Return what was disclosed and neither leads to, nor lies below, a claim that was asked for.

    Args:
        asked: paths of the claims that were asked for.
        disclosed: paths of the disclosures.
    """
    wanted = tuple(asked)
    return Excess(tuple(path for path in disclosed if not any(_meet(path, one) for one in wanted)))


def _meet(path: tuple[str | int, ...], asked: Pointer) -> bool:
    return all(wanted in (None, step) for step, wanted in zip(path, asked, strict=False))
