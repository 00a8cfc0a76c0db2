"""What wallets can ask for: each programme and form of an issuer, in each format that it is handed out in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import schemas
from credentials.data_integrity import PRODUCT_CRYPTOSUITES
from issuer_api.certified_keys import certified_signer
from issuer_api.openid.service import OpenID
from issuer_api.organisations import organisation
from issuer_api.programmes import programmes, versions
from issuer_api.service import Purpose

SD_JWT_VC, LDP_VC, JWT_VC, MSO_MDOC = "dc+sd-jwt", "ldp_vc", "jwt_vc_json", "mso_mdoc"
_ENDS: Final[Mapping[str, str]] = MappingProxyType(
    {SD_JWT_VC: "", LDP_VC: "_ldp_vc", JWT_VC: "_jwt_vc_json", MSO_MDOC: "_mso_mdoc"}
)
"""Format to what follows the programme's id in the configuration's; no programme has an underscore in its id."""
FORMATS: Final = tuple(_ENDS)
PROOF_ALGORITHMS: Final = ("ES256", "EdDSA", "ES384")
BINDING_METHODS: Final = ("jwk", "did:jwk", "did:key")
NAMESPACE: Final = "example.comity.1"
"""Of the elements of our mobile documents, which have the names and values of the SD-JWT VC's claims."""
_DOCTYPES: Final = {False: f"{NAMESPACE}.training", True: f"{NAMESPACE}.work"}
_ES256: Final = -7  # (RFC 9053 §2.1)
_WORK_VCT: Final = "urn:comity:work-experience"
_CLAIMS: Final[Mapping[bool, tuple[tuple[str, str, bool], ...]]] = MappingProxyType(
    {
        False: (
            ("name", "Name", True),
            ("native_name", "Name in its own script", False),
            ("achievement", "Qualification", True),
            ("licenseNumber", "Certificate number", True),
            ("activityStartDate", "Course began", False),
            ("activityEndDate", "Awarded on", True),
            ("volumeOfLearning", "Hours of learning", True),
        ),
        True: (("name", "Name", True), ("native_name", "Name in its own script", False), ("workExperience", "Work", True)),
    }
)
"""Whether it is work to (claim of the SD-JWT VC, label, whether every one has it)."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """A programme in a format.

    Attributes:
        id: its credential configuration identifier, and its scope.
        format: `dc+sd-jwt`, `ldp_vc`, `jwt_vc_json` or `mso_mdoc`.
        course: the programme's record.
        issuer_name: for display.
        is_certified: whether a certified key signs its SD-JWT VCs.
    """

    id: str
    format: str
    course: Mapping[str, Any]
    issuer_name: str
    is_certified: bool = False

    @property
    def programme(self) -> str:
        """The programme's id."""
        return str(self.course["id"])

    @property
    def vct(self) -> str:
        """The type of the SD-JWT VC: the qualification, by its own identifier."""
        return str(self.course.get("qualification", _WORK_VCT))

    @property
    def doctype(self) -> str:
        """The type of the mobile document."""
        return _DOCTYPES[self._is_work]

    @property
    def proof_algorithms(self) -> tuple[str, ...]:
        """Of the keys that copies are bound to: the devices of mobile documents sign with ES256, as HAIP 1.0 §7 has it."""
        return ("ES256",) if self.format == MSO_MDOC else PROOF_ALGORITHMS

    @property
    def _is_work(self) -> bool:
        return bool(self.course["kind"] == "work")

    def metadata(self) -> dict[str, Any]:
        """Return its entry of `credential_configurations_supported` (OpenID4VCI 1.0 §12.2.4, Appendix A)."""
        token = ("ES256",) if self.is_certified else ("EdDSA",)
        signed: tuple[str | int, ...] = {LDP_VC: PRODUCT_CRYPTOSUITES, MSO_MDOC: (_ES256,), SD_JWT_VC: token}.get(
            self.format, ("EdDSA",)
        )
        bound = ("cose_key",) if self.format == MSO_MDOC else BINDING_METHODS
        return {
            "format": self.format,
            "scope": self.id,
            **self._of_format(),
            "cryptographic_binding_methods_supported": list(bound),
            "credential_signing_alg_values_supported": list(signed),
            "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": list(self.proof_algorithms)}},
            "credential_metadata": {"display": list(self._display()), "claims": list(self._claims())},
        }

    def _of_format(self) -> dict[str, Any]:
        if self.format == SD_JWT_VC:
            return {"vct": self.vct}
        if self.format == MSO_MDOC:
            return {"doctype": self.doctype}
        types = ["VerifiableCredential", "WorkExperienceCredential" if self._is_work else "OpenBadgeCredential"]
        if self.format == JWT_VC:
            return {"credential_definition": {"type": types}}
        contexts = [schemas.CREDENTIALS_V2, *([] if self._is_work else [schemas.OPEN_BADGES_CONTEXT]), schemas.COMITY_CONTEXT]
        return {"credential_definition": {"@context": contexts, "type": types}}

    def _display(self) -> Iterator[dict[str, Any]]:
        for language, title in self.course["title"].items():
            yield {"name": title, "locale": language} | (
                {"description": self.course["description"]} if language == "en" and "description" in self.course else {}
            )

    def _claims(self) -> Iterator[dict[str, Any]]:
        inside = {SD_JWT_VC: [], MSO_MDOC: [NAMESPACE]}.get(self.format, ["credentialSubject"])
        for name, label, mandatory in _CLAIMS[self._is_work]:
            if inside == ["credentialSubject"] and name == "native_name":  # there the names stand in one list, with their languages
                continue
            yield {"path": [*inside, name], "mandatory": mandatory, "display": [{"name": label, "locale": "en"}]}


def configurations(openid: OpenID, slug: str) -> dict[str, Configuration]:
    """Return what an issuer hands out, by configuration identifier; mobile documents where it has a certificate to sign them.

    Raises:
        UnknownThingError: there is no such issuer.
    """
    issuer = openid.issuer
    _, centre = organisation(issuer, slug)
    known: tuple[tuple[int, tuple[str, ...], bool], dict[str, Configuration]] | None = issuer.database.unchanging.get(
        ("configurations", slug)
    )
    signs_documents = certified_signer(issuer, slug, Purpose.MOBILE_DOCUMENTS) is not None
    formats = tuple(name for name in FORMATS if name != MSO_MDOC or signs_documents)
    is_certified = certified_signer(issuer, slug, Purpose.TOKENS) is not None
    state = versions(issuer, slug), formats, is_certified
    if known is None or known[0] != state:
        found = dict(_made(programmes(issuer, slug), centre["name"], formats, is_certified=is_certified))
        known = issuer.database.unchanging["configurations", slug] = state, found
    return dict(known[1])


def _made(
    courses: Sequence[Mapping[str, Any]], issuer_name: str, formats: Sequence[str], *, is_certified: bool
) -> Iterator[tuple[str, Configuration]]:
    for course in courses:
        for credential_format in formats:
            name = configuration_of(str(course["id"]), credential_format)
            yield name, Configuration(name, credential_format, course, issuer_name, is_certified)


def configuration_of(programme: str, credential_format: str = SD_JWT_VC) -> str:
    """Return the identifier of a programme in a format."""
    return programme + _ENDS[credential_format]
