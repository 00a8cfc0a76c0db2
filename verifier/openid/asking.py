"""What is asked of a wallet, bounded, and what HAIP forbids (OpenID4VP 1.0 §5, §8; HAIP 1.0 §5)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

from credentials.dcql import Query, parse_query
from credentials.dcql.query import JWT_VC_JSON, LDP_VC, MSO_MDOC, SD_JWT_VC, VC_JWT
from credentials.encoding import b64url_decode, b64url_encode
from credentials.errors import ComplexityLimitError, MalformedValueError, VCError
from credentials.jose import encode_json
from credentials.parsing import parse_json
from verifier.openid.errors import NotAllowedByHaipError
from verifier.openid.identity import Prefix

FORMATS: Final = (SD_JWT_VC, LDP_VC, JWT_VC_JSON, VC_JWT, MSO_MDOC)
"""What is verified here."""
_HAIP_FORMATS: Final = (SD_JWT_VC, MSO_MDOC)
MAX_TRANSACTIONS: Final = 10
MAX_ORIGINS: Final = 5
HASH_ALGORITHMS: Final = {"sha-256": "sha256", "sha-384": "sha384", "sha-512": "sha512"}


class ResponseMode(StrEnum):
    """How a wallet answers."""

    DIRECT_POST = "direct_post"
    DIRECT_POST_JWT = "direct_post.jwt"
    DC_API = "dc_api"
    DC_API_JWT = "dc_api.jwt"

    @property
    def is_encrypted(self) -> bool:
        """Whether the answer is a JWE."""
        return self.value.endswith(".jwt")

    @property
    def is_by_browser(self) -> bool:
        """Whether the answer comes back through the browser's Digital Credentials API."""
        return self.value.startswith("dc_api")


@dataclass(frozen=True)
class Ask:
    """One question to a wallet, checked.

    Attributes:
        response_mode: how it is answered.
        prefix: in which name it is asked.
        dcql_query: what is asked, as it was given.
        transaction_data: base64url of JSON, as the wallet shall see and sign it.
        state: the state that shall say what it recognises, or None.
        haip: whether the HAIP profile is kept.
        same_device: whether the browser that asks gets the answer by what the wallet opens in it, and by nothing else.
        by_post: whether the wallet shall post for the request, with a nonce of its own.
        origins: those that may ask through the browser.
        also: further names in which the same request is signed, for the browser alone (Appendix A.3.2.2).
    """

    response_mode: ResponseMode
    prefix: Prefix
    dcql_query: Mapping[str, Any]
    transaction_data: tuple[str, ...] = ()
    state: str | None = None
    haip: bool = False
    same_device: bool = False
    by_post: bool = False
    origins: tuple[str, ...] = ()
    also: tuple[Prefix, ...] = ()

    @cached_property
    def query(self) -> Query:
        """The query.

        Raises:
            MalformedValueError, ComplexityLimitError: it is none, with a pointer into it.
        """
        try:
            return parse_query(self.dcql_query)
        except VCError as error:
            raise type(error)(error.detail, pointer=f"/dcql_query{error.pointer}") from error

    def check(self) -> None:
        """Raise unless it can be asked.

        Raises:
            MalformedValueError, ComplexityLimitError: what is wrong, with a pointer to it.
            NotAllowedByHaipError: HAIP forbids it.
        """
        for place, one in enumerate(self.query.credentials):
            if one.format not in FORMATS:
                where = f"/dcql_query/credentials/{place}/format"
                raise MalformedValueError(f"a credential of this format is not verified here: {', '.join(FORMATS)}", pointer=where)
        if self.prefix is Prefix.REDIRECT_URI and self.by_post:
            raise MalformedValueError("a request without a signature is not fetched", pointer="/request_uri_method")
        if self.response_mode.is_by_browser and self.same_device:
            raise MalformedValueError("the browser itself brings the answer", pointer="/same_device")
        if self.response_mode.is_by_browser and not self.origins:
            raise MalformedValueError("name the origins that ask", pointer="/expected_origins")
        self._check_names()
        self._check_transactions()
        if self.haip:
            self._check_haip()

    def _check_names(self) -> None:
        if not self.also:
            return
        if not self.response_mode.is_by_browser:
            raise MalformedValueError("only the browser takes a request of several names", pointer="/also_signed_as")
        names = (self.prefix, *self.also)
        if Prefix.REDIRECT_URI in names or len(set(names)) < len(names):
            raise MalformedValueError("each name signs, and once", pointer="/also_signed_as")

    def _check_transactions(self) -> None:
        for place, text in enumerate(self.transaction_data):
            where = f"/transaction_data/{place}"
            names = transaction(text).get("credential_ids")
            asked = [self.query.credential(name) if isinstance(name, str) else None for name in names or ()]
            if not asked or any(one is None or one.format != SD_JWT_VC for one in asked):
                raise MalformedValueError("credential_ids name SD-JWT VCs that are asked for", pointer=f"{where}/credential_ids")
            if not all(one and one.require_cryptographic_holder_binding for one in asked):
                raise MalformedValueError("a transaction needs the holder's signature", pointer=f"{where}/credential_ids")

    def _check_haip(self) -> None:
        if not self.response_mode.is_encrypted:
            raise NotAllowedByHaipError("HAIP has answers encrypted", pointer="/response_mode")
        if self.prefix is not Prefix.X509_HASH or self.also:
            raise NotAllowedByHaipError("HAIP has requests signed, and named by x509_hash", pointer="/client_id_prefix")
        for place, one in enumerate(self.query.credentials):
            where = f"/dcql_query/credentials/{place}"
            if one.format not in _HAIP_FORMATS:
                raise NotAllowedByHaipError("HAIP knows dc+sd-jwt and mso_mdoc", pointer=f"{where}/format")
            if any(authority.type != "aki" for authority in one.trusted_authorities):
                raise NotAllowedByHaipError("HAIP names authorities by aki", pointer=f"{where}/trusted_authorities")

    def to_text(self) -> str:
        """Return what is stored."""
        return json.dumps(asdict(self), ensure_ascii=False)


def parse_ask(text: str) -> Ask:
    """Return what was stored."""
    stored: dict[str, Any] = json.loads(text)
    return Ask(
        ResponseMode(stored["response_mode"]),
        Prefix(stored["prefix"]),
        stored["dcql_query"],
        tuple(stored["transaction_data"]),
        stored["state"],
        stored["haip"],
        stored["same_device"],
        stored["by_post"],
        tuple(stored["origins"]),
        tuple(Prefix(name) for name in stored.get("also", ())),
    )


def transaction(text: str) -> dict[str, Any]:
    """Return a transaction as the wallet reads it."""
    return parse_json(b64url_decode(text))


def spell_transactions(given: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return transactions as a request carries them (OpenID4VP 1.0 §5.1).

    Raises:
        ComplexityLimitError: too many.
        MalformedValueError: no type, or a hash that we do not know.
    """
    if len(given) > MAX_TRANSACTIONS:
        raise ComplexityLimitError(f"there are more than {MAX_TRANSACTIONS} transactions", pointer="/transaction_data")
    for place, one in enumerate(given):
        if not isinstance(one.get("type"), str) or not isinstance(one.get("credential_ids"), list):
            raise MalformedValueError("a transaction has a type and credential_ids", pointer=f"/transaction_data/{place}")
        algorithms = one.get("transaction_data_hashes_alg", ["sha-256"])
        if not isinstance(algorithms, list) or not algorithms or not all(name in (*HASH_ALGORITHMS,) for name in algorithms):
            where = f"/transaction_data/{place}/transaction_data_hashes_alg"
            raise MalformedValueError("hashes are sha-256, sha-384 or sha-512", pointer=where)
    return tuple(b64url_encode(encode_json(one)) for one in given)


def check_origins(given: Sequence[str]) -> tuple[str, ...]:
    """Return origins as browsers spell them.

    Raises:
        MalformedValueError: one is none, or they are too many.
    """
    if len(given) > MAX_ORIGINS:
        raise MalformedValueError(f"there are at most {MAX_ORIGINS}", pointer="/expected_origins")
    for place, origin in enumerate(given):
        try:
            address = urlsplit(origin)
            port = f":{address.port}" if address.port else ""
        except ValueError as error:
            raise MalformedValueError("this is no origin", pointer=f"/expected_origins/{place}") from error
        if address.scheme not in {"https", "http"} or origin != f"{address.scheme}://{address.hostname}{port}":
            raise MalformedValueError("this is no origin", pointer=f"/expected_origins/{place}")
    return tuple(given)
