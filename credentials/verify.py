"""The verification pipeline: every check has an outcome of its own.

    data-model         VCDM 2.0: structure, types, dates, digests            may fail, or not be checkable (a context of others)
    proof              every proof or the envelope, nothing left unsigned    may fail, or not be checkable (did:web does not answer)
    issuer-key         the keys that signed are the issuer's                 may fail
    validity-period    validFrom, validUntil                                 may fail
    status             revocation and suspension lists                       may fail, or not be checkable
    schema             the JSON Schemas or the type that it names            may fail, or not be checkable

Leaves raise; only this module collects. What depends on a check that did not pass is reported as could-not-check, never as passed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import schemas
from credentials import rdf
from credentials.data_integrity import proofs_of, verify_proofs
from credentials.dids import verification_key
from credentials.errors import (
    ExpiredError,
    IssuerKeyMismatchError,
    NotYetValidError,
    StatusVerificationError,
    TypeMismatchError,
    VCError,
)
from credentials.keys import PublicKey
from credentials.model_1_1 import is_1_1, parse_credential_1_1
from credentials.related import Resources, check_related_resources
from credentials.report import Check, CheckOutcome, VerificationResult
from credentials.schema import check_schemas
from credentials.securing import Opened, open_secured
from credentials.status import ListMemory, ListSource, StatusFinding, check_status, read_statuses
from credentials.status.replacement import read_replacement
from credentials.type_metadata import check_type
from credentials.vc_jwt_1_1 import open_older
from credentials.vc_sd_jwt import SdJwtEnvelope

if TYPE_CHECKING:
    from credentials.envelope import Envelope
    from credentials.fetching import Fetcher
    from credentials.model import Credential
    from credentials.x509 import Anchors

__all__ = ["CHECKS", "Check", "CheckOutcome", "VerificationOptions", "VerificationResult", "verify_credential"]


@dataclass(frozen=True, slots=True)
class VerificationOptions:
    """What a verification needs from outside.

    Attributes:
        now: the moment for dates, aware.
        fetcher: brings did:web documents and status lists.
        clock_skew: how far clocks may differ.
        canonicalize: RDFC-1.0.
        known_keys: verification method to key, from a source that is trusted; these DIDs are not resolved.
        status_authorities: gives, for an issuer, the DIDs of who else signs its status lists, from a source that is trusted.
        is_stolen: whether a trusted source knows the key of a verification method to be stolen: no list that it signed is believed.
        seen_lists: the status lists that were relied on before; None to remember none.
        resources: the related resources that we hold.
        checks: names of the checks to run after `data-model`; None for all.
        domain: for presentations, what the proof must name.
        challenge: for presentations, what the proof must answer.
        anchors: of certificates that may say whose the key of an SD-JWT VC is (`x5c`); None where none is trusted for that.
        accepts_1_1: whether a credential of VCDM 1.1 is looked at too, with proofs in it or in a token.
    """

    now: datetime
    fetcher: Fetcher
    clock_skew: timedelta = timedelta(minutes=5)
    canonicalize: rdf.Canonicalizer = rdf.canonicalize
    known_keys: Mapping[str, PublicKey] = field(default_factory=lambda: MappingProxyType({}))
    status_authorities: Callable[[str], Collection[str]] = lambda _: ()
    is_stolen: Callable[[str], bool] = lambda _: False
    seen_lists: ListMemory | None = None
    resources: Resources = schemas.revisions
    checks: frozenset[str] | None = None
    domain: str | None = None
    challenge: str | None = None
    anchors: Anchors | None = None
    accepts_1_1: bool = False


@dataclass(slots=True)
class _Run:
    """What the checks of one verification share."""

    opened: Opened
    options: VerificationOptions
    credential: Credential | None = None
    status_as_of: datetime | None = None
    statuses: tuple[StatusFinding, ...] = ()
    checks: list[Check] = field(default_factory=list)
    keys: dict[str, PublicKey] = field(default_factory=dict)
    reads_json_ld: bool = False

    @property
    def document(self) -> Mapping[str, Any]:
        return self.opened.document

    @property
    def envelope(self) -> Envelope | None:
        return self.opened.envelope

    def parsed(self) -> Credential:
        assert self.credential is not None  # noqa: S101  # what needs a credential needs `data-model`
        return self.credential


def _check_data_model(run: _Run) -> None:
    older = run.options.accepts_1_1 and run.envelope is None and is_1_1(run.document)
    run.credential = parse_credential_1_1(run.document) if older else run.opened.view()
    if run.opened.mechanism.is_json_ld:
        rdf.check_contexts(run.document)
        check_related_resources(run.document, run.options.resources)


def _check_proof(run: _Run) -> None:
    options = run.options

    def resolve_key(method: str, purpose: str) -> PublicKey:
        known = options.known_keys.get(method)
        run.keys[method] = known or verification_key(method, purpose, options.fetcher, now=options.now)
        return run.keys[method]

    def canonicalize(document: Mapping[str, object], *, hash_name: str = "sha256") -> bytes:
        run.reads_json_ld = True
        return options.canonicalize(document, hash_name=hash_name)

    if run.envelope is None:
        verify_proofs(
            run.document,
            resolve_key,
            now=options.now,
            domain=options.domain,
            challenge=options.challenge,
            canonicalize=canonicalize,
        )
    else:
        if run.envelope.chain is None:
            run.envelope.verify(resolve_key)
        else:
            run.keys[run.envelope.verification_method] = run.envelope.verify_by_certificate(options.anchors, options.now)
        run.envelope.check_audience(
            domain=options.domain, challenge=options.challenge, now=options.now, clock_skew=options.clock_skew
        )
        run.credential = replace(run.parsed(), secured_by=run.envelope.verification_method)
    if run.opened.mechanism.is_json_ld and not run.reads_json_ld:  # plain JSON was signed: undefined terms are refused all the same
        options.canonicalize({name: value for name, value in run.document.items() if name != "proof"})


def _check_issuer_key(run: _Run) -> None:
    if run.envelope is not None:
        run.envelope.check_issuer_key()
        return
    issuer = run.parsed().issuer
    for proof in proofs_of(run.document):
        if str(proof.get("verificationMethod")).partition("#")[0] != issuer:
            raise IssuerKeyMismatchError("the key that signed is not the issuer's", pointer="/proof")


def _check_validity_period(run: _Run) -> None:
    credential, now, skew = run.parsed(), run.options.now, run.options.clock_skew
    if credential.valid_from is not None and now + skew < credential.valid_from:
        raise NotYetValidError("validFrom lies in the future", pointer="/validFrom")
    if credential.valid_until is not None and credential.valid_until <= now - skew:
        raise ExpiredError("validUntil lies in the past", pointer="/validUntil")
    if run.envelope is not None:
        run.envelope.check_times(now, skew)


def _check_status(run: _Run) -> None:
    credential, options = run.parsed(), run.options
    signers = (credential.issuer, *options.status_authorities(credential.issuer))
    source = ListSource(signers, options.fetcher, lambda content: _verified_list(content, options), options.seen_lists)
    findings, problems = read_statuses(credential, source)
    run.statuses = findings
    if any(finding.is_set and finding.purpose == "revocation" for finding in findings):
        replacement = read_replacement(credential, source)
        run.statuses = (*findings, replacement) if replacement is not None and replacement.is_set else findings
    check_status(findings, problems)
    run.status_as_of = min((finding.as_of for finding in findings), default=None)


def _verified_list(content: bytes, options: VerificationOptions) -> Credential:
    needed = frozenset({"proof", "issuer-key", "validity-period"})
    result = _verify(open_secured(content), replace(options, checks=needed, domain=None, challenge=None))
    credential = result.require()
    if any(map(options.is_stolen, result.keys)):
        raise StatusVerificationError("the key that signed it is known to be stolen")
    return credential


def _check_schema(run: _Run) -> None:
    check_schemas(run.parsed())
    if isinstance(run.envelope, SdJwtEnvelope):
        check_type(run.document, [placed.path for placed in run.envelope.sd_jwt.placed], run.options.resources)


CHECKS: Final[Mapping[str, tuple[Callable[[_Run], None], tuple[str, ...]]]] = MappingProxyType(
    {
        "data-model": (_check_data_model, ()),
        "proof": (_check_proof, ("data-model",)),
        "issuer-key": (_check_issuer_key, ("data-model", "proof")),
        "validity-period": (_check_validity_period, ("data-model", "proof")),
        "status": (_check_status, ("data-model", "proof", "issuer-key")),
        "schema": (_check_schema, ("data-model", "proof")),
    }
)
"""Check name to (check, the checks that must have passed before it means anything); its order is the order of the report."""


def verify_credential(
    content: bytes | Mapping[str, Any], options: VerificationOptions, *, media_type: str = ""
) -> VerificationResult:
    """Return the report on a secured credential; nothing is raised for what the document is.

    Args:
        content: bytes off the wire, or a document that was parsed strictly.
        options: time, fetcher and what to check.
        media_type: a key of `SECURING_MECHANISMS` that the bytes came with; empty to look at them.
    """
    try:
        opened = _opened(content, media_type, options)
    except VCError as error:
        return VerificationResult(None, (Check("data-model", CheckOutcome.FAILED, error),))
    return _verify(opened, options)


def _opened(content: bytes | Mapping[str, Any], media_type: str, options: VerificationOptions) -> Opened:
    older = open_older(content, media_type) if options.accepts_1_1 else None
    if older is not None:
        return older
    opened = open_secured(content, media_type, with_certificates=options.anchors is not None)
    if opened.mechanism.is_status_list:
        raise TypeMismatchError("a status list is no credential of anybody")
    return opened


def _verify(opened: Opened, options: VerificationOptions) -> VerificationResult:
    run = _Run(opened, options)
    for name, (check, needs) in CHECKS.items():
        if name != "data-model" and options.checks is not None and name not in options.checks:
            continue
        run.checks.append(_outcome(run, name, check, needs))
    return VerificationResult(run.credential, tuple(run.checks), run.status_as_of, run.keys, run.statuses)


def _outcome(run: _Run, name: str, check: Callable[[_Run], None], needs: tuple[str, ...]) -> Check:
    if any(done.outcome is not CheckOutcome.PASSED for done in run.checks if done.name in needs):
        return Check(name, CheckOutcome.COULD_NOT_CHECK)
    try:
        check(run)
    except VCError as error:
        outcome = CheckOutcome.COULD_NOT_CHECK if error.could_not_check else CheckOutcome.FAILED
        return Check(name, outcome, error)
    return Check(name, CheckOutcome.PASSED)
