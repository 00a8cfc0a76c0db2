"""From what a wallet posted to the one answer: opened, taken, judged, kept."""

from __future__ import annotations

from credentials.errors import VCError
from verifier.openid.errors import InvalidResponseError
from verifier.openid.judging import judge
from verifier.openid.requests import Request, Standing, settle, take
from verifier.openid.responses import Posted, is_declined, open_response
from verifier.openid.service import WalletDesk


def answer(desk: WalletDesk, request: Request, posted: Posted, audience: str) -> tuple[str | None, VCError | None]:
    """Return (response code for a browser on the same device, why the answer is refused).

    Args:
        desk: the desk.
        request: that it answers.
        posted: the parameters.
        audience: how the wallet knows us.

    Raises:
        InvalidResponseError: no answer to this request, or it was answered already.
        VCError: it does not open.
    """
    if is_declined(request, posted):
        take(desk, request)
        said = {"error": (posted.error or "")[:100]}
        return settle(desk, request, Standing.DECLINED, {"report": None, "recognition": None, "papers": [], **said}), None
    if request.standing not in {Standing.WAITING, Standing.FETCHED}:
        take(desk, request)
    token = open_response(request, posted)
    take(desk, request)
    judgement = judge(desk, request, token, audience)
    return settle(desk, request, judgement.standing, judgement.content), judgement.problem


def audience_of(request: Request, origin: str) -> str:
    """Return how a wallet knows a page that asks through the browser (Appendix A.4).

    Raises:
        InvalidResponseError: the page is none of those that ask.
    """
    if origin not in request.ask.origins:
        raise InvalidResponseError("the origin is none of those that ask")
    return f"origin:{origin}"
