"""The command-line form of the W3C suite for JOSE, SD-JWT and COSE: one input, one key, one feature, one answer.

The key is given, so nothing is resolved, and whose key it is is not judged; the suite's vectors have dates in the past and inner
credentials that other keys signed, so dates and inner signatures are not judged either. Everything else is as the product does it.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import schemas
from credentials import rdf
from credentials.data_url import base64_decode, parse_data_url
from credentials.encoding import b64url_decode
from credentials.envelope import Envelope, JsonObject
from credentials.errors import DataLossError, MalformedValueError, VCError
from credentials.keys import InMemorySigner, PublicKey, parse_jwk
from credentials.model import parse_credential
from credentials.parsing import parse_json
from credentials.presentation import parse_presentation
from credentials.sd_jwt import Entropy, Path
from credentials.securing import SECURING_MECHANISMS
from credentials.vc_cose import VC_COSE, VP_COSE, open_cose, secure_cose
from credentials.vc_jwt import VC_JWT, VP_JWT, ascii_text, open_jwt, secure_jwt
from credentials.vc_sd_jwt import VC_SD_JWT, VP_SD_JWT, open_sd_jwt, secure_sd_jwt

_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_PATH: Final = re.compile(r"[^.\[\]]+(?:\[\d+\]|\.[^.\[\]]+)*")


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature of the suite.

    Attributes:
        media_type: what is made and read.
        secure: (document, signer, media type, what is selective, entropy) to secured content.
        open: (content, media type) to the envelope.
        is_text: whether secured content is text; else it is written in base64.
    """

    media_type: str
    secure: Callable[[JsonObject, InMemorySigner, str, Sequence[Path], Entropy], bytes]
    open: Callable[[bytes, str], Envelope]
    is_text: bool = True

    @property
    def is_presentation(self) -> bool:
        """Whether presentations are made and read, and not credentials."""
        return self.media_type.startswith("application/vp")


def _jwt(media_type: str) -> Feature:
    return Feature(
        media_type,
        lambda document, signer, kind, _selective, _entropy: secure_jwt(document, signer, media_type=kind),
        lambda content, kind: open_jwt(content, media_type=kind),
    )


def _sd_jwt(media_type: str) -> Feature:
    return Feature(
        media_type,
        lambda document, signer, kind, selective, entropy: secure_sd_jwt(
            document, signer, entropy=entropy, media_type=kind, selective=selective
        ),
        lambda content, kind: open_sd_jwt(content, media_type=kind),
    )


def _cose(media_type: str) -> Feature:
    return Feature(
        media_type,
        lambda document, signer, kind, _selective, _entropy: secure_cose(document, signer, media_type=kind),
        lambda content, kind: open_cose(base64_decode(ascii_text(content)), media_type=kind),
        is_text=False,
    )


FEATURES: Final[Mapping[str, Feature]] = MappingProxyType(
    {
        "credential_jose": _jwt(VC_JWT),
        "credential_sd_jwt": _sd_jwt(VC_SD_JWT),
        "credential_sdjwt": _sd_jwt(VC_SD_JWT),
        "credential_cose": _cose(VC_COSE),
        "presentation_jose": _jwt(VP_JWT),
        "presentation_sd_jwt": _sd_jwt(VP_SD_JWT),
        "presentation_sdjwt": _sd_jwt(VP_SD_JWT),
        "presentation_cose": _cose(VP_COSE),
    }
)
"""Feature name to what it asks for; the suite writes `sdjwt`."""


def issue(content: bytes, key: bytes, feature: Feature, selective: Sequence[str], entropy: Entropy) -> str:
    """Return what was asked for, as text.

    Args:
        content: a credential or presentation in JSON.
        key: a verification method with `secretKeyJwk`.
        feature: a value of `FEATURES`.
        selective: paths such as `credentialSubject.phoneNumbers[0]`.
        entropy: for salts.

    Raises:
        VCError: the document, the key or a path will not do.
    """
    document = parse_json(content)
    _check_document(document, feature)
    _check_named(document)
    signer = _signer(parse_json(key))
    secured = feature.secure(document, signer, feature.media_type, [parse_path(text) for text in selective], entropy)
    return secured.decode() if feature.is_text else base64.b64encode(secured).decode()


def verify(content: bytes, key: bytes, feature: Feature) -> JsonObject:
    """Return the document, once its envelope is good and signed with the key.

    Args:
        content: secured content, as text.
        key: a verification method with `publicKeyJwk`.
        feature: a value of `FEATURES`.

    Raises:
        VCError: it is not.
    """
    envelope = feature.open(content, feature.media_type)
    envelope.signed.verify(_public_key(parse_json(key)))
    _check_document(envelope.document, feature)
    return envelope.document


def _public_key(method: Mapping[str, Any]) -> PublicKey:
    jwk = method.get("publicKeyJwk")
    if not isinstance(jwk, dict):
        raise MalformedValueError("the key has no publicKeyJwk", pointer="/publicKeyJwk")
    return parse_jwk(jwk)


def _signer(method: Mapping[str, Any]) -> InMemorySigner:
    key, secret, name = _public_key(method), method.get("secretKeyJwk"), method.get("id")
    if not isinstance(secret, dict) or not isinstance(secret.get("d"), str) or not isinstance(name, str):
        raise MalformedValueError("the key has no secretKeyJwk or no id", pointer="/secretKeyJwk")
    signer = InMemorySigner(name, b64url_decode(secret["d"]), key.algorithm)
    if signer.public_key != key:
        raise MalformedValueError("secretKeyJwk is not the secret of publicKeyJwk", pointer="/secretKeyJwk")
    return signer


def parse_path(text: str) -> Path:
    """Return the path that the suite spells `a.b[0]`.

    Raises:
        MalformedValueError: another spelling.
    """
    if not _PATH.fullmatch(text):
        raise MalformedValueError(f"{text[:100]!r} is no path to a member")
    return tuple(name or int(position) for name, position in _STEP.findall(text))


def _check_document(document: JsonObject, feature: Feature) -> None:
    """Raise unless the document is a conforming one of its kind, of which JSON-LD drops nothing."""
    if not feature.is_presentation:
        parse_credential(document)
        rdf.canonicalize(document)
        return
    presentation = parse_presentation(_on_one_line(document))
    for position, credential in enumerate(presentation.credentials):
        media_type, _ = parse_data_url(str(credential.get("id")))
        if "EnvelopedVerifiableCredential" not in credential["type"] or media_type not in SECURING_MECHANISMS:
            raise MalformedValueError("a credential is not in an envelope", pointer=f"/verifiableCredential/{position}")


def _on_one_line(document: JsonObject) -> JsonObject:
    """Return a presentation whose envelopes have no line breaks in their URLs, as a URL parser reads them."""
    carried = document.get("verifiableCredential")
    listed = carried if isinstance(carried, list) else [carried]
    tidied = [
        item | {"id": re.sub(r"[\t\r\n]", "", item["id"])} if isinstance(item, dict) and isinstance(item.get("id"), str) else item
        for item in listed
    ]
    return {**document, "verifiableCredential": tidied}


def _check_named(document: JsonObject) -> None:
    """Raise when a member at the top is named by no context and only swept up by a catch-all vocabulary.

    A verifier must ignore what it does not understand; an issuer need not sign it.
    """
    types = document["type"] if isinstance(document["type"], list) else [document["type"]]
    known = set(_terms(document["@context"], types)) | {"@context"}
    unknown = sorted(set(document) - known)
    if unknown:
        raise DataLossError(f"no context names the member {unknown[0][:100]!r}", pointer=f"/{unknown[0]}")


def _terms(context: Any, types: Sequence[str]) -> Iterable[str]:  # noqa: ANN401  # what JSON-LD has read already
    for item in context if isinstance(context, list) else [context]:
        found: Mapping[str, Any] = schemas.context(item)["@context"] if isinstance(item, str) else item
        yield from found
        for name in types:
            scoped = found.get(name)
            yield from _terms(scoped.get("@context") or {}, types) if isinstance(scoped, dict) else ()


def answer(work: Callable[[], str]) -> dict[str, str]:
    """Return the suite's answer: `success` with the data, or `failure` with the reason."""
    try:
        return {"result": "success", "data": work()}
    except VCError as error:
        return {"result": "failure", "data": error.detail}


def issue_answer(content: bytes, key: bytes, feature: str, selective: str, entropy: Entropy) -> dict[str, str]:
    """Return the answer to `issue`.

    Args:
        content: see `issue`.
        key: see `issue`.
        feature: a key of `FEATURES`.
        selective: a JSON list of paths; empty for none.
        entropy: for salts.
    """
    return answer(lambda: issue(content, key, feature_of(feature), _paths(selective), entropy))


def verify_answer(content: bytes, key: bytes, feature: str) -> dict[str, str]:
    """Return the answer to `verify`."""
    return answer(lambda: json.dumps(verify(content, key, feature_of(feature)), ensure_ascii=False))


def feature_of(name: str) -> Feature:
    """Return a feature.

    Raises:
        MalformedValueError: there is none of that name.
    """
    if name not in FEATURES:
        raise MalformedValueError(f"we do not know the feature {name[:100]!r}")
    return FEATURES[name]


def _paths(text: str) -> list[str]:
    try:
        paths = json.loads(text or "[]")
    except ValueError as error:
        raise MalformedValueError("what is selective is no JSON list") from error
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise MalformedValueError("what is selective is no JSON list of paths")
    return paths
