"""For wallets: whoever holds a certificate asks its centre to correct it, and reads the answer. No token is needed."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Header
from pydantic import Field

from credentials.encoding import b64url_decode
from issuer_api import answering_corrections
from issuer_api.asked_corrections import MOST_EVIDENCE, MOST_WORDS, Asked, Turn, Wanted, ask, claim_of_replacement, standing
from issuer_api.direct import MAX_NUMBER
from issuer_api.holder_proofs import LONGEST_COPY, Shown, digest_of, held_by
from issuer_api.messages import CREDENTIAL_ID, DAY, Message
from issuer_api.names import MAX_NAME
from issuer_api.organisations import CORRECTIONS
from issuer_api.replacing import MOST_NAMES
from issuer_api.service import Issuer
from web.openapi import problems
from web.strict_json import StrictJSONRoute

_LONGEST_FILE: Final = 4 * -(-MOST_EVIDENCE // 3)
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=22,
        max_length=64,
        pattern="^[A-Za-z0-9_-]+$",
        description="128 random bits that nobody else has; the same request with it again is one request",
        examples=["k5rTqpRKmXH6fD2sVn0bYw"],
    ),
]
Name = Annotated[str, Field(max_length=2 * MAX_NAME)]


class CorrectionRequest(Message):
    """What a holder asks; what is left out is right. Either `claim`, or `copy` and `proof`, show that they hold the certificate."""

    credential: str = Field(max_length=45, examples=[CREDENTIAL_ID])
    names: list[Name] = Field(default_factory=list, max_length=MOST_NAMES, examples=[["Najma Aktar", "নাজমা আক্তার"]])
    awarded_on: str = Field(default="", max_length=10, examples=["2026-11-13"])
    number: str = Field(default="", max_length=2 * MAX_NUMBER, examples=["XA-2026-0007"])
    words: str = Field(default="", max_length=2 * MOST_WORDS, examples=["My passport writes Aktar."])
    evidence: str = Field(default="", max_length=_LONGEST_FILE, description="a PDF, PNG or JPEG, base64url without padding")
    claim: str = Field(default="", max_length=128, description="the code of the claim link", examples=["b1iYw2lRT3mUuEyFk0a2hA"])
    copy_: str = Field(default="", alias="copy", max_length=LONGEST_COPY, description="a copy that is bound to the holder's key")
    proof: str = Field(
        default="",
        max_length=4000,
        description="a JWS of that key, `typ` comity-correction+jwt, with `aud` (the issuer's DID), `iat`, and `digest`: SHA-256, "
        "as base64url, over the RFC 8785 form of this object without `proof`",
    )

    def wanted(self) -> Wanted:
        """Return what is asked."""
        return Wanted(tuple(self.names), self.awarded_on, self.number, self.words)

    def shown(self) -> Shown:
        """Return what is shown for holding the certificate."""
        asked = self.model_dump(by_alias=True, exclude={"proof"}, exclude_unset=True)
        return Shown(self.claim, self.copy_, self.proof, digest_of(asked))


class Answered(Message):
    """What the holder answers the centre."""

    words: str = Field(max_length=2 * MOST_WORDS, examples=["I added the page of my passport."])


class TurnSaid(Message):
    """What one side said."""

    by: Literal["holder", "centre"]
    words: str
    at: datetime = Field(examples=[DAY])

    @classmethod
    def of(cls, turn: Turn) -> TurnSaid:
        """Return it as it travels."""
        return cls(by="holder" if turn.by == "holder" else "centre", words=turn.words, at=turn.at)


class CorrectionStanding(Message):
    """How a request stands; what was asked is not repeated."""

    id: str
    state: str = Field(description="waiting, asked-back, refused, corrected, or withdrawn", examples=["waiting"])
    asked_at: datetime = Field(examples=[DAY])
    turns: list[TurnSaid]
    claim: str = Field(description="the claim link of the certificate that took the place; empty while there is none")

    @classmethod
    def of(cls, issuer: Issuer, asked: Asked) -> CorrectionStanding:
        """Return it as it travels."""
        turns, claim = [TurnSaid.of(turn) for turn in asked.turns], claim_of_replacement(issuer, asked)
        return cls(id=asked.id, state=asked.state, asked_at=asked.asked_at, turns=turns, claim=claim)


def router(issuer: Issuer) -> APIRouter:
    """Return the addresses."""
    api = APIRouter(tags=["public"], route_class=StrictJSONRoute, responses=problems(422))

    @api.post(
        CORRECTIONS,
        status_code=201,
        summary="Ask the centre to correct a certificate that one holds",
        responses=problems(400, 403, 404, 409, 410, 413, 422, 429),
    )
    def ask_by_program(asked: CorrectionRequest, key: Key = "") -> CorrectionStanding:
        """Ask; the answer names the id under which the request is read, which nobody guesses."""
        slug = held_by(issuer, asked.credential, asked.shown())
        evidence = b64url_decode(asked.evidence) if asked.evidence else b""
        name = ask(issuer, slug, asked.credential, asked.wanted(), evidence=evidence, key=key or secrets.token_urlsafe(16))
        return CorrectionStanding.of(issuer, standing(issuer, name))

    @api.get(CORRECTIONS + "/{name}", summary="How a request for a correction stands", responses=problems(404, 410))
    def show(name: str) -> CorrectionStanding:
        return CorrectionStanding.of(issuer, standing(issuer, name))

    @api.post(
        CORRECTIONS + "/{name}/answers",
        summary="Answer what the centre asked about a request",
        responses=problems(400, 404, 409, 410, 413, 422, 429),
    )
    def answer(name: str, answered: Answered) -> CorrectionStanding:
        """Answer; the same words again change nothing."""
        answering_corrections.reply(issuer, name, answered.words)
        return CorrectionStanding.of(issuer, standing(issuer, name))

    return api
