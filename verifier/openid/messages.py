"""What programs send to have a wallet asked."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from credentials.errors import MalformedValueError
from trust.bundle import BundleError
from verifier.errors import UnknownStateError
from verifier.openid.asking import Ask, ResponseMode, check_origins, spell_transactions
from verifier.openid.identity import Prefix
from verifier.openid.responses import Posted
from verifier.openid.service import WalletDesk

EXAMPLE: Final[dict[str, Any]] = {
    "response_mode": "direct_post.jwt",
    "client_id_prefix": "decentralized_identifier",
    "dcql_query": {
        "credentials": [
            {"id": "course", "format": "dc+sd-jwt", "meta": {"vct_values": ["urn:course:1"]}, "claims": [{"path": ["name"]}]}
        ]
    },
}
_SIGNERS: Final[Mapping[str, Prefix]] = MappingProxyType(
    {
        "x509_hash": Prefix.X509_HASH,
        "x509_san_dns": Prefix.X509_SAN_DNS,
        "did": Prefix.DECENTRALIZED_IDENTIFIER,
        "none": Prefix.REDIRECT_URI,
    }
)
_Origin = Annotated[str, StringConstraints(max_length=300)]


class RequestMessage(BaseModel):
    """A question to a wallet; `mode`, `signer` and `query` are its short form, in the conformance profile alone."""

    model_config = ConfigDict(extra="ignore", json_schema_extra={"examples": [EXAMPLE]})
    response_mode: ResponseMode | None = None
    client_id_prefix: Prefix | None = None
    dcql_query: dict[str, Any] | None = None
    transaction_data: list[dict[str, Any]] = Field(default_factory=list, description="what the holder shall sign (§5.1)")
    request_uri_method: Literal["get", "post"] = "get"
    expected_origins: list[_Origin] = Field(default_factory=list, description="who asks by the browser's Digital Credentials API")
    also_signed_as: list[Prefix] = Field(
        default_factory=list, max_length=3, description="further names that sign the same request, for the browser (Appendix A.3.2)"
    )
    same_device: bool = Field(default=False, description="the wallet opens the browser that asks, which alone gets the answer")
    haip: bool = Field(default=False, description="refuse what the HAIP 1.0 profile forbids")
    state: str | None = Field(default=None, max_length=8, description="who shall say what it recognises")
    mode: ResponseMode | None = None
    signer: str | None = Field(default=None, max_length=20)
    query: dict[str, Any] | None = None


class BrowserAnswer(BaseModel):
    """What the browser's Digital Credentials API gave to our own page."""

    model_config = ConfigDict(extra="ignore")
    data: dict[str, Any] = Field(description="of the credential", examples=[{"vp_token": {"course": ["eyJ…~"]}}])

    def posted(self) -> Posted:
        """Return the parameters of the response."""
        return Posted(self.data.get("vp_token"), _text(self.data.get("response")), None, _text(self.data.get("error")))


class BrowserMessage(BrowserAnswer):
    """What the browser's Digital Credentials API gave to a page."""

    origin: str = Field(max_length=300, description="of the page", examples=["https://employer.example"])


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def read_request(desk: WalletDesk, message: RequestMessage) -> Ask:
    """Return what shall be asked.

    Raises:
        MalformedValueError, ComplexityLimitError: what is wrong, with a pointer to it.
        NotAllowedByHaipError: HAIP forbids it.
        UnknownStateError: the lists know no such state.
    """
    is_short = desk.short_forms and message.query is not None
    mode, query = (message.mode, message.query) if is_short else (message.response_mode, message.dcql_query)
    prefix = _signer(message.signer) if is_short else message.client_id_prefix
    if mode is None or prefix is None or query is None:
        name = "response_mode" if mode is None else "client_id_prefix" if prefix is None else "dcql_query"
        raise MalformedValueError(f"{name} is missing", pointer=f"/{name}")
    _check_state(desk, message.state)
    origins = check_origins(message.expected_origins) or ((desk.base_url,) if mode.is_by_browser else ())
    ask = Ask(
        mode,
        prefix,
        query,
        spell_transactions(message.transaction_data),
        message.state,
        message.haip,
        message.same_device,
        message.request_uri_method == "post",
        origins,
        tuple(message.also_signed_as),
    )
    ask.check()
    return ask


def _signer(name: str | None) -> Prefix:
    if name is None or name not in _SIGNERS:
        raise MalformedValueError(f"signer is one of {', '.join(_SIGNERS)}", pointer="/signer")
    return _SIGNERS[name]


def _check_state(desk: WalletDesk, state: str | None) -> None:
    if state is None:
        return
    try:
        known = desk.verifier.bundle().states
    except BundleError:
        return
    if state not in known:
        raise UnknownStateError(f"the lists know no state {state!r}; they know {', '.join(known)}")
