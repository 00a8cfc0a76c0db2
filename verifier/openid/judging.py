"""The answer as a whole: whether it is what was asked for, then report and recognition of every credential in it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from credentials.dcql import check_answer, excess
from credentials.dcql.paths import Pointer
from credentials.encoding import b64url_encode
from credentials.errors import VCError
from credentials.mdoc import IssuerSigned, open_mdoc
from credentials.report import problem_details
from credentials.sd_jwt_vc import open_sd_jwt_vc
from trust.bundle import BundleError
from verifier.assessing import assess
from verifier.errors import UnknownStateError
from verifier.openid.asking import HASH_ALGORITHMS, Ask, transaction
from verifier.openid.errors import TransactionDataError
from verifier.openid.presented import Presented, Question, look_at, transaction_hashes
from verifier.openid.requests import Request, Standing
from verifier.openid.responses import VPToken
from verifier.openid.service import WalletDesk


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of an answer.

    Attributes:
        standing: answered, refused, or unchecked: nothing was found wrong, and whether the holder presents it could not be told.
        content: report and recognition; nothing of what was shown where it is refused.
        problem: why it is refused; None where it is not.
    """

    standing: Standing
    content: Mapping[str, Any]
    problem: VCError | None = None


def judge(desk: WalletDesk, request: Request, token: VPToken, audience: str) -> Judgement:
    """Return what came of an answer.

    Args:
        desk: the desk.
        request: what was asked.
        token: what was presented.
        audience: how the wallet knows us.
    """
    ask = request.ask
    try:
        seen = _looked_at(desk, request, token, audience)
        wanted = check_answer(ask.query, {name: [one.candidate for one in ones if one.candidate] for name, ones in seen.items()})
        _check_transactions(ask, seen)
    except VCError as error:
        return _refused(error)
    shown = [_trimmed(one, paths) for name, ones in seen.items() for one, paths in zip(ones, wanted[name], strict=True)]
    return Judgement(Standing.ANSWERED, _content(desk, ask, shown))


def _looked_at(desk: WalletDesk, request: Request, token: VPToken, audience: str) -> dict[str, list[Presented]]:
    """Return every presentation, verified.

    Raises:
        VCError: the first thing that is wrong with one of them, before what could not be checked.
    """
    question = Question(audience, request.nonce, request.handover(audience, desk.base_url), request.ask.haip)
    seen: dict[str, list[Presented]] = {}
    for name, given in token.items():
        query = request.ask.query.credential(name)
        seen[name] = [look_at(desk, query, value, question) for value in given] if query else []
    problems = [one.problem for ones in seen.values() for one in ones if one.problem is not None]
    if problems:
        raise min(problems, key=lambda problem: problem.could_not_check)
    return seen


def _refused(problem: VCError) -> Judgement:
    report = {"verified": False, "problemDetails": [problem_details(problem)], "presentations": []}
    standing = Standing.UNCHECKED if problem.could_not_check else Standing.REFUSED
    return Judgement(standing, {"report": report, "recognition": None, "papers": []}, problem)


def _check_transactions(ask: Ask, seen: Mapping[str, Sequence[Presented]]) -> None:
    """Raise unless the holder signed every transaction, with one of the credentials that it names, and none besides.

    Raises:
        TransactionDataError: it is not so.
    """
    if not ask.transaction_data:
        return
    signed = {query: [transaction_hashes(one) for one in ones] for query, ones in seen.items()}
    known = {name: {_hashed(text, name) for text in ask.transaction_data} for name in HASH_ALGORITHMS}
    for name, hashes in (row for rows in signed.values() for row in rows):
        if not hashes <= known.get(name, set()):
            raise TransactionDataError("the holder signed another transaction than was shown")
    for text in ask.transaction_data:
        named = transaction(text)
        allowed = named.get("transaction_data_hashes_alg", ["sha-256"])
        rows = [row for query in named["credential_ids"] for row in signed.get(query, ())]
        if not any(name in allowed and _hashed(text, name) in hashes for name, hashes in rows):
            raise TransactionDataError("the holder did not sign the transaction")


def _hashed(text: str, name: str) -> str:
    return b64url_encode(hashlib.new(HASH_ALGORITHMS[name], text.encode()).digest())


@dataclass(frozen=True, slots=True)
class _Shown:
    """A presentation without what was not asked for."""

    one: Presented
    content: bytes
    claims: Mapping[str, Any]
    dropped: int


def _trimmed(one: Presented, asked: Sequence[Pointer]) -> _Shown:
    """Leave out what the holder disclosed and nobody asked for: it is neither kept nor handed on."""
    assert one.candidate is not None  # noqa: S101  # what answers a query was opened
    if one.mobile is not None:
        return _trimmed_mobile(one, one.mobile, asked)
    if one.sd_jwt is None:
        return _Shown(one, one.content, one.candidate.claims, 0)
    beyond = set(excess(asked, [placed.path for placed in one.sd_jwt.placed]).paths)
    if not beyond:
        return _Shown(one, one.sd_jwt.presented.encode(), one.sd_jwt.claims, 0)
    kept = [placed.disclosure.text for placed in one.sd_jwt.placed if placed.path not in beyond]
    text = "~".join([one.sd_jwt.presented.partition("~")[0], *kept, ""])
    claims = open_sd_jwt_vc(text.encode(), with_certificates=True).document
    return _Shown(one, text.encode(), claims, len(beyond))


def _trimmed_mobile(one: Presented, mobile: IssuerSigned, asked: Sequence[Pointer]) -> _Shown:
    shown = [(item.namespace, item.identifier) for item in mobile.items]
    kept = [path for path in shown if path in asked]
    content = b64url_encode(mobile.only(kept)).encode()
    return _Shown(one, content, open_mdoc(content).document["nameSpaces"], len(shown) - len(kept))


def _content(desk: WalletDesk, ask: Ask, shown: Sequence[_Shown]) -> dict[str, Any]:
    reports = [
        {
            "query": item.one.query,
            **item.one.report.to_json(),
            "claims": dict(item.claims),
            "notAskedFor": item.dropped,
        }
        for item in shown
    ]
    return {
        "report": {
            "verified": all(report["verified"] for report in reports),
            "problemDetails": [],
            "presentations": reports,
        },
        "recognition": _recognition(desk, ask, shown),
        "papers": [item.content.decode("utf-8", "replace") for item in shown],
    }


def _recognition(desk: WalletDesk, ask: Ask, shown: Sequence[_Shown]) -> list[dict[str, Any]] | None:
    """Return the five answers about each credential; None where there are no lists that can be relied on."""
    contents = [item.content for item in shown]
    try:
        return [
            {"query": item.one.query, **assess(desk.verifier, item.content, ask.state, _others(contents, place)).to_json()}
            for place, item in enumerate(shown)
        ]
    except (BundleError, UnknownStateError):
        return None


def _others(contents: Sequence[bytes], place: int) -> tuple[bytes, ...]:
    return (*contents[:place], *contents[place + 1 :])
