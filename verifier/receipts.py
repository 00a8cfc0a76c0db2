"""Receipts: what was answered, when, and by which lists, signed, without a copy of the certificate.

A receipt is a JWS (RFC 7515) of type `comity-receipt+jwt`. It names the certificate only by the hash of its words, the proofs left
out: whoever holds the certificate in any form can tell that it is the one, and nobody else learns whose it is. What was looked at
beside it is named in the same way (`beside`), and so is that somebody said it was all of one person (`compared`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from credentials import jcs
from credentials.encoding import b64url_encode
from credentials.errors import VCError
from credentials.jose import encode_json, parse_jws, sign_jws
from credentials.keys import KeyStore, PublicKey, Signer
from credentials.parsing import parse_json
from verifier.answers import Answer
from verifier.archives import opened
from verifier.assessing import Assessment

TYPE: Final = "comity-receipt+jwt"


def method_of(base_url: str) -> str:
    """Return the name of the key that signs a deployment's receipts."""
    return f"{base_url}/verifier/api/v1/receipts#k1"


def receipt_signer(keys: KeyStore, base_url: str) -> Signer | None:
    """Return what signs receipts, or None where there is no such key."""
    method = method_of(base_url)
    return keys.signer(method) if method in keys.verification_methods() else None


def new_receipt_signer(keys: KeyStore, base_url: str) -> Signer:
    """Return what signs receipts; the key is made when it is first asked for."""
    method = method_of(base_url)
    keys.create(method)
    return keys.signer(method)


def receipt_of(assessment: Assessment, contents: Sequence[bytes], now: datetime, signer: Signer, *, same: str = "") -> str:
    """Return the signed receipt of an answer about a credential.

    Args:
        assessment: the answer.
        contents: the credential and what was shown beside it.
        now: when it was given.
        signer: of receipts.
        same: what whoever stood there said of the fifth question, `yes` or `no`; empty where nothing was said.
    """
    bundle = assessment.bundle
    is_asked = assessment.question("same-person").answer is Answer.YOU_CHECK
    said = {"same-person": same} if same and is_asked else {}
    claims = {
        "iat": int(now.timestamp()),
        "verdict": assessment.verdict,
        "state": assessment.state,
        "answers": {**{question.name: question.answer.value for question in assessment.questions}, **said},
        "lists": {"version": bundle.version, "published": bundle.published.isoformat(), "hash": bundle.hash},
        "certificate": mark_of(contents[0]),
        "beside": [mark_of(paper) for paper in contents[1:]] if assessment.beside else [],
        "compared": assessment.compared,
    }
    return sign_jws(encode_json(claims), signer, typ=TYPE)


def read_receipt(text: str, key: PublicKey) -> Mapping[str, Any]:
    """Return what a receipt says.

    Raises:
        VCError: it is none, it was changed, or another key signed it.
    """
    receipt = parse_jws(text.strip(), typ=(TYPE,))
    receipt.verify(key)
    return receipt.claims()


def mark_of(content: bytes) -> str:
    """Return the hash of a credential's words: the same for its JSON, its archive, its PDF and its printed code."""
    credential = opened(content).content
    try:
        document = credential if isinstance(credential, Mapping) else parse_json(credential)
        words = jcs.canonicalize({name: value for name, value in document.items() if name != "proof"})
    except VCError:
        words = content
    return b64url_encode(hashlib.sha256(words).digest())
