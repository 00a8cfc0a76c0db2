"""A signed receipt of the answer on the result page, as a file; and a page that says what a receipt says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, File, Form, Request, Response, UploadFile

from credentials.errors import VCError
from verifier.answers import Answer
from verifier.assessing import assess
from verifier.errors import NoReceiptKeyError
from verifier.links import credential_in, papers_in
from verifier.receipts import mark_of, read_receipt, receipt_of
from verifier.results import TAGS
from verifier.service import Verifier
from verifier.verdicts import LOOKS

LONGEST: Final = 8192
"""Letters of a receipt that is read."""
_SAID: Final = frozenset({"yes", "no"})
_QUESTIONS: Final = ("genuine", "current", "entitled", "recognised", "same-person")


def router(verifier: Verifier) -> APIRouter:
    """Return the pages."""
    api = APIRouter(include_in_schema=False)

    @api.post("/verify/receipt")
    def save(
        text: Annotated[str, Form(max_length=2_000_000)],
        state: Annotated[str, Form(max_length=8)] = "",
        same: Annotated[str, Form(max_length=3)] = "",
        paper: Annotated[tuple[str, ...], Form(max_length=2_000_000)] = (),
        compared: Annotated[str, Form(max_length=3)] = "",
    ) -> Response:
        if verifier.sign_receipts is None:
            raise NoReceiptKeyError("this deployment signs no receipts")
        signer = verifier.sign_receipts()
        credential = credential_in(verifier, text.encode())[1]
        papers = papers_in(verifier, (one.encode() for one in paper))
        now = verifier.clock()
        answer = assess(verifier, credential, state or None, papers, compared=compared == "yes")
        receipt = receipt_of(answer, (credential, *papers), now, signer, same=same if same in _SAID else "")
        headers = {"Content-Disposition": f'attachment; filename="receipt-{now:%Y-%m-%d-%H%M%S}.jws"'}
        return Response(receipt, media_type="application/jose", headers=headers)

    @api.get("/verify/receipts")
    def form(request: Request) -> Response:
        return verifier.pages.render(request, "verifier/receipt.html", said=None, wrong=False)

    @api.post("/verify/receipts")
    def read(
        request: Request,
        receipt: Annotated[str, Form(max_length=LONGEST)] = "",
        file: Annotated[UploadFile | None, File()] = None,
        certificate: Annotated[UploadFile | None, File()] = None,
    ) -> Response:
        content = file.file.read(LONGEST + 1).decode("ascii", "replace") if file is not None and file.size else receipt
        of = certificate.file.read() if certificate is not None and certificate.size else b""
        try:
            told = _told(verifier, content, credential_in(verifier, of)[1] if of else b"")
        except VCError:
            return verifier.pages.render(request, "verifier/receipt.html", status=422, said=None, wrong=True)
        return verifier.pages.render(request, "verifier/receipt.html", said=told, wrong=False)

    return api


def _told(verifier: Verifier, receipt: str, certificate: bytes) -> dict[str, Any]:
    """Return what a receipt of this deployment says, for its page.

    Raises:
        VCError: it was changed, or another signed it.
    """
    signer = verifier.receipts()
    if signer is None or len(receipt) > LONGEST:
        raise NoReceiptKeyError("this deployment signed no such receipt")
    said = read_receipt(receipt, signer.public_key)
    state = verifier.bundle().states.get(str(said["state"]))
    return {
        "verdict": said["verdict"],
        "look": LOOKS[said["verdict"]],
        "when": datetime.fromtimestamp(said["iat"], UTC),
        "state": state.names if state else {},
        "answers": _answers(said["answers"]),
        "lists": said["lists"],
        "mark": said["certificate"],
        "beside": said.get("beside", []),
        "compared": said.get("compared", False),
        "fits": _fit(certificate, said) if certificate else "",
    }


def _fit(certificate: bytes, said: Mapping[str, Any]) -> str:
    """Return how a receipt names a certificate: as the one it is about, as one that lay beside it, or not at all."""
    mark = mark_of(certificate)
    return "fits" if mark == said["certificate"] else "beside" if mark in said.get("beside", ()) else "other"


def _answers(said: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """Return question, answer, style and sign of each."""
    return [(name, said[name], *TAGS[Answer(said[name])]) for name in _QUESTIONS]
