"""Taking down what others said of a person's work: what waits, one answer with what it is worth, signing it or not."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile
from pydantic import BaseModel

from credentials.encoding import multibase_encode
from issuer_api.errors import InvalidRecordError
from issuer_api.names import text_problem
from issuer_api.records import WorkChecked, read_record
from issuer_api.service import Issuer
from issuer_api.visiting import Visit, acting, visit
from issuer_api.work_asking import ANSWERED
from issuer_api.work_collecting import MAX_REASON, asked_work, evidence_with, refuse, sign, witness_of

IDENTITIES: Final = ("document", "called", "known", "none")
PAPERS: Final = ("contract", "payroll", "social-security")
_SHA2_256: Final = b"\x12\x20"
Token = Annotated[str, Form(max_length=64)]
Short = Annotated[str, Form(max_length=20)]
Several = Annotated[Sequence[str], Form()]
Upload = Annotated[UploadFile | None, File()]


class FoundTyped(BaseModel):
    """What was found out about an answer; `digests` has kinds of papers and digests of their files, apart by a space."""

    form: str = ""
    step: str = ""
    identity: str = ""
    household: bool = False
    paper: list[str] = []
    digests: list[str] = []
    reason: str = ""

    def with_files(self, files: Mapping[str, UploadFile | None]) -> FoundTyped:
        """Return the form with the digests of the files of papers; the files are not kept."""
        fresh = {kind: digest for kind, file in files.items() if file is not None and (digest := _digest(file.file.read()))}
        kept = dict(line.split(" ", 1) for line in self.digests if " " in line)
        digests = [f"{kind} {digest}" for kind, digest in (kept | fresh).items() if kind in PAPERS]
        return self.model_copy(update={"paper": [*dict.fromkeys((*self.paper, *fresh))], "digests": digests})

    def found(self) -> dict[str, Any]:
        """Return what was found out."""
        digests = dict(line.split(" ", 1) for line in self.digests)
        papers = [
            {"paper": kind, **({"digestMultibase": digests[kind]} if kind in digests else {})}
            for kind in PAPERS
            if kind in self.paper
        ]
        return {"identity": self.identity, "household": self.household, "papers": papers}


def _digest(content: bytes) -> str:
    """Return the multihash of a file in base64url, or an empty string for an empty one."""
    return multibase_encode(_SHA2_256 + hashlib.sha256(content).digest(), "u") if content else ""


def _typed(
    form: Token = "",
    step: Short = "",
    identity: Short = "",
    household: Short = "",
    paper: Several = (),
    digests: Several = (),
    reason: Annotated[str, Form(max_length=2_000)] = "",
) -> FoundTyped:
    return FoundTyped(
        form=form,
        step=step,
        identity=identity,
        household=bool(household),
        paper=[*paper][:8],
        digests=[*digests][:8],
        reason=reason,
    )


def router(issuer: Issuer) -> APIRouter:
    """Return the pages."""
    api = APIRouter(include_in_schema=False)

    @api.get("/issuer/{slug}/asked-work")
    def waits(request: Request, slug: str) -> Response:
        here = visit(issuer, request, slug)
        rows = [(work, one) for work in asked_work(issuer, slug) for one in work.witnesses]
        answered = [(work, one) for work, one in rows if one.state == ANSWERED]
        others = [(work, one) for work, one in rows if one.state == "asked"]
        return here.show("asked-work", answered=answered, others=others, invite=f"{issuer.base_url}/work-requests/ask/{slug}")

    @api.get("/issuer/{slug}/asked-work/{witness}")
    def look(request: Request, slug: str, witness: str) -> Response:
        return _page(visit(issuer, request, slug), witness, FoundTyped())

    @api.post("/issuer/{slug}/asked-work/{witness}")
    def decide(
        request: Request,
        slug: str,
        witness: str,
        typed: Annotated[FoundTyped, Depends(_typed)],
        contract: Upload = None,
        payroll: Upload = None,
        social_security: Upload = None,
    ) -> Response:
        here = acting(issuer, request, slug, typed.form)
        if typed.step == "refuse":
            if text_problem(" ".join(typed.reason.split()), MAX_REASON):
                return _page(here, witness, typed, wrong={"reason": "text"})
            refuse(issuer, slug, witness, typed.reason, by=here.by)
            return here.go("asked-work", then="#said")
        found = typed.with_files({"contract": contract, "payroll": payroll, "social-security": social_security})
        if typed.identity not in IDENTITIES:
            return _page(here, witness, found, wrong={"identity": "choose"})
        if typed.step != "sign":
            return _page(here, witness, found)
        credential = sign(issuer, slug, witness, found.found(), by=here.by)
        return here.go("certificates", credential.removeprefix("urn:uuid:"), then="?done=signed#said")

    return api


def _page(here: Visit, witness_id: str, typed: FoundTyped, wrong: Mapping[str, str] | None = None) -> Response:
    work, witness = witness_of(here.issuer, here.slug, witness_id)
    checked = _checked(typed)
    weighs = witness.answer is not None and checked is not None and witness.state == ANSWERED and not wrong
    level = evidence_with(here.issuer, work, witness, checked).name.lower() if weighs and checked else ""
    return here.show(
        "asked-answer",
        status=422 if wrong else 200,
        work=work,
        witness=witness,
        typed=typed,
        wrong=wrong or {},
        level=level,
        identities=IDENTITIES,
        papers=PAPERS,
        longest=MAX_REASON,
    )


def _checked(typed: FoundTyped) -> WorkChecked | None:
    try:
        return read_record(WorkChecked, typed.found())
    except InvalidRecordError:
        return None
