"""Many certificates at once, and receipts that are checked again: for programs of employers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import JSONResponse

from verifier.errors import NoReceiptKeyError
from verifier.many import Item, as_csv, check_all, check_number
from verifier.receipts import read_receipt
from verifier.service import Verifier
from web.openapi import Answers, problems
from web.strict_json import StrictJSONRoute

_ROWS: Answers = {200: {"description": "a row for each", "content": {"application/json": {}, "text/csv": {}}}}
_RECEIPT: Answers = {200: {"description": "what the receipt says"}}


def router(verifier: Verifier) -> APIRouter:
    """Return the addresses."""
    api = APIRouter(route_class=StrictJSONRoute, tags=["verifier"])

    @api.post(
        "/verifier/api/v1/batch",
        summary="Answer the questions about many certificates",
        responses=problems(413, 422, 503) | _ROWS,
    )
    def batch(
        request: Request,
        state: Annotated[str | None, Form(examples=["XB"])] = None,
        text: Annotated[list[str] | None, Form(description="credentials, texts of codes", examples=[["HTTPS://HOST/#…"]])] = None,
        file: Annotated[list[UploadFile] | None, File(description="JSON, PDF, pictures", examples=[["certificate.pdf"]])] = None,
    ) -> Response:
        """Answer the questions about up to 500 certificates: files, credentials, texts of codes. `Accept: text/csv` gives a table.

        What cannot be read has a row of its own. A receipt names the answer, its time and the lists, and holds nothing of the
        certificate.
        """
        language, texts, files = verifier.pages.language(request), text or [], file or []
        check_number(len(texts) + len(files))
        if verifier.sign_receipts is not None:
            verifier.sign_receipts()  # from now on there is a key for `check_all`
        rows = list(check_all(verifier, _items(texts, files), state or None))
        headers = {"Content-Language": language, "Vary": "Accept"}
        if "text/csv" in request.headers.get("accept", ""):
            return Response(as_csv(verifier.pages, language, rows), media_type="text/csv", headers=headers)
        counted = Counter(row.assessment.verdict if row.assessment else "unread" for row in rows)
        document = {"state": state or None, "counts": dict(counted), "rows": [row.to_json() for row in rows]}
        return JSONResponse(document, headers=headers)

    @api.post("/verifier/api/v1/receipts", summary="Check a receipt again", responses=problems(400, 404, 413, 422) | _RECEIPT)
    def receipt(receipt: Annotated[str, Form(max_length=8192, examples=["eyJ…"])]) -> dict[str, Any]:
        """Return what a receipt of this deployment says, or a problem where it was changed or another signed it."""
        signer = verifier.receipts()
        if signer is None:
            raise NoReceiptKeyError("this deployment signs no receipts")
        return {"receipt": dict(read_receipt(receipt, signer.public_key)), "key": signer.public_key.multibase}

    return api


def _items(texts: list[str], files: list[UploadFile]) -> Iterator[Item]:
    for number, text in enumerate(texts, start=1):
        yield Item(f"text {number}", text.encode())
    for file in files:
        yield Item(file.filename or "file", file.file.read())
