"""A state's decision on one person's certificate, issued to the person as a credential.

An authority signs it with its own key and DID, which the lists name. It is bound to the certificate by its digest, says who
decided, and names the hash of the lists that were in force. What is issued is what `recognize` reads: it is checked first.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import schemas
from credentials.data_integrity import add_proof_set
from credentials.errors import MalformedValueError
from credentials.fetching import Fetcher
from credentials.keys import KeyStore
from credentials.model import parse_credential
from credentials.schema import check_schemas
from credentials.verify import CHECKS, VerificationOptions, verify_credential
from trust.bundle import Bundle
from trust.decisions import OUTCOMES, decision_on, digest_multibase
from trust.keys import ListedKey
from trust.outcomes import Condition
from trust.records import Authority

RIGHT_TO_LEFT: Final = frozenset({"ar"})
KEY: Final = "#k1"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What an official decided.

    Attributes:
        authority: id of the authority.
        outcome: `recognised`, `partly` or `refused`.
        decided_by: the official's name.
        legal_basis: article.
        purpose: for what; empty for every purpose.
        local_titles: what it counts as, by language.
        nqf: the local level, or empty.
        conditions: what is still to be shown, for `partly`; the ids are words such as `language-b1`.
        reason: in words; for `refused`.
        appeal: to whom and until when; for `refused`.
        until: when the decision ends, or None.
    """

    authority: str
    outcome: str
    decided_by: str
    legal_basis: str
    purpose: str = ""
    local_titles: Mapping[str, str] | None = None
    nqf: str = ""
    conditions: tuple[Condition, ...] = ()
    reason: str = ""
    appeal: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Signing:
    """What issuing a decision needs from outside."""

    keys: KeyStore
    fetcher: Fetcher
    now: datetime
    new_id: Callable[[], uuid.UUID] = uuid.uuid4


def authority_did(base_url: str, slug: str) -> str:
    """Return the did:web of an authority whose keys lie in this deployment."""
    host = base_url.partition("://")[2]
    return f"did:web:{host.replace(':', '%3A')}:registry:authorities:{slug}"


def parse_ruling(record: Mapping[str, Any]) -> Ruling:
    """Return a ruling of `{"authority", "outcome", "decidedBy", "legalBasis", …}`, with `localTitle` and texts by language.

    Raises:
        MalformedValueError: it is not of this form.
    """
    try:
        conditions = tuple(Condition(str(one["id"]), dict(one["texts"])) for one in record.get("conditions", []))
        until = datetime.fromisoformat(record["until"]) if record.get("until") else None
        ruling = Ruling(
            **{name: str(record[key]) for name, key in _NEEDED.items()},
            **{name: str(record.get(name, "")) for name in ("purpose", "nqf", "reason", "appeal")},
            local_titles=dict(record.get("localTitle", {})),
            conditions=conditions,
            until=until,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedValueError(f"this is no decision: {error}") from error
    if ruling.outcome not in OUTCOMES:
        raise MalformedValueError(f"a decision's outcome is one of {', '.join(sorted(OUTCOMES))}", pointer="/outcome")
    if until is not None and until.tzinfo is None:
        raise MalformedValueError("the day on which it ends needs a time zone", pointer="/until")
    return ruling


_NEEDED: Final = {"authority": "authority", "outcome": "outcome", "decided_by": "decidedBy", "legal_basis": "legalBasis"}


def issue_decision(
    certificate: Mapping[str, Any],
    ruling: Ruling,
    bundle: Bundle,
    signing: Signing,
    status: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return a decision on a certificate, signed by the authority.

    Args:
        certificate: the secured certificate, exactly as received.
        ruling: what was decided.
        bundle: the lists in force; they name the authority and its keys.
        signing: keys, clock, ids.
        status: the entry by which it can be withdrawn; None for one that cannot.

    Raises:
        MalformedValueError: the lists know no such authority that signs, or the decision says too little.
        SchemaError: it is not of the form that a decision has.
    """
    authority, key, document = _drafted(certificate, ruling, bundle, signing)
    document |= {"credentialStatus": dict(status)} if status else {}
    method = authority.did + key.id
    secured = add_proof_set(document, signing.keys.signer(method), created=signing.now)
    options = VerificationOptions(
        now=signing.now,
        fetcher=signing.fetcher,
        known_keys={method: key.public_key},
        checks=frozenset(CHECKS) - {"status"},  # nobody has withdrawn what is issued now
    )
    result = verify_credential(secured, options)
    result.require()
    if decision_on(certificate, [result], authority.state, ruling.purpose, bundle) is None:
        raise MalformedValueError("nobody would read this decision as one of this authority on this certificate")
    return secured


def check_decision(certificate: Mapping[str, Any], ruling: Ruling, bundle: Bundle, signing: Signing) -> None:
    """Raise where `issue_decision` would, before anybody is asked to approve it; nothing is signed.

    Raises:
        VCError: as `issue_decision`.
    """
    _drafted(certificate, ruling, bundle, signing)


def _drafted(
    certificate: Mapping[str, Any], ruling: Ruling, bundle: Bundle, signing: Signing
) -> tuple[Authority, ListedKey, dict[str, Any]]:
    authority = bundle.authorities.get(ruling.authority)
    if authority is None or not authority.did:
        raise MalformedValueError(f"the lists name no authority {ruling.authority!r} that signs decisions", pointer="/authority")
    key = key_in_use(authority, signing.now)
    document = _document(certificate, ruling, authority, bundle, signing)
    check_schemas(parse_credential(document))
    return authority, key, document


def key_in_use(authority: Authority, now: datetime) -> ListedKey:
    """Return the newest key that an authority signs with.

    Raises:
        MalformedValueError: it has none in use.
    """
    usable = [key for key in authority.keys if now in key.period and key.compromised_since is None]
    if not usable:
        raise MalformedValueError(f"{authority.id} has no key in use", pointer="/authority")
    return usable[-1]


def _document(
    certificate: Mapping[str, Any], ruling: Ruling, authority: Authority, bundle: Bundle, signing: Signing
) -> dict[str, Any]:
    name = authority.names.get("en") or next(iter(authority.names.values()))
    return {
        "@context": [schemas.CREDENTIALS_V2, schemas.COMITY_CONTEXT],
        "id": f"urn:uuid:{signing.new_id()}",
        "type": ["VerifiableCredential", "RecognitionDecisionCredential"],
        "name": "Decision on recognition",
        "issuer": {"id": authority.did, "name": name},
        "validFrom": whole_second(signing.now),
        **({"validUntil": whole_second(ruling.until)} if ruling.until else {}),
        "credentialSubject": {
            "type": ["Worker"],
            **_person(certificate),
            "recognitionDecision": _decision(certificate, ruling, authority, bundle),
        },
        "credentialSchema": {"id": schemas.DECISION_SCHEMA, "type": "JsonSchema"},
    }


def whole_second(moment: datetime) -> str:
    """Return a moment in UTC as credentials spell it."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z"


def _person(certificate: Mapping[str, Any]) -> dict[str, Any]:
    """Return the identifier and the names that the certificate gives the person."""
    subject = parse_credential(certificate).subjects[0]
    named = isinstance(subject.get("name"), list)
    return {name: subject[name] for name in ("id", "name") if name in subject and (name == "id" or named)}


def _decision(certificate: Mapping[str, Any], ruling: Ruling, authority: Authority, bundle: Bundle) -> dict[str, Any]:
    of = {"id": certificate["id"]} if "id" in certificate else {}
    told = {
        "type": ["RecognitionDecision"],
        "of": {**of, "digestMultibase": digest_multibase(certificate)},
        "state": authority.state,
        "purpose": ruling.purpose,
        "outcome": ruling.outcome,
        "localTitle": _texts(ruling.local_titles or {}),
        "nqfLevel": ruling.nqf,
        "condition": [
            {
                "id": f"urn:comity:{authority.state}:condition:{condition.id}",
                "type": ["RecognitionCondition"],
                "text": _texts(condition.texts),
            }
            for condition in ruling.conditions
        ],
        "reason": ruling.reason,
        "legalBasis": ruling.legal_basis,
        "appeal": ruling.appeal,
        "decidedBy": ruling.decided_by,
        "listsHash": bundle.hash,
    }
    return {name: value for name, value in told.items() if value}


def _texts(texts: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {"@value": text, "@language": language} | ({"@direction": "rtl"} if language in RIGHT_TO_LEFT else {})
        for language, text in texts.items()
    ]
