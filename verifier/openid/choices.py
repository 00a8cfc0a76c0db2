"""What an employer can ask for on the page: a qualification of the lists, any certificate, or work; in each format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from credentials.dcql.query import JWT_VC_JSON, LDP_VC, SD_JWT_VC
from credentials.errors import MalformedValueError
from trust.bundle import Bundle

ANY_COURSE: Final = "course"
ANY_WORK: Final = "work"
WORK_VCT: Final = "urn:comity:work-experience"
_TYPES: Final[Mapping[bool, tuple[str, ...]]] = MappingProxyType(
    {
        False: ("OpenBadgeCredential", "https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential"),
        True: ("WorkExperienceCredential", "https://comity.example/vocabulary#WorkExperienceCredential"),
    }
)
"""Whether it is work to its type as it stands and as the contexts expand it."""
_CLAIMS: Final[Mapping[bool, tuple[tuple[str, ...], ...]]] = MappingProxyType(
    {
        False: (
            ("name", "achievement", "licenseNumber", "activityEndDate", "volumeOfLearning"),
            ("name", "achievement"),
            ("name",),
        ),
        True: (("name", "workExperience"), ("name",)),
    }
)
"""Whether it is work to the claims of an SD-JWT VC that are asked for, the most telling first."""
_MOST_TYPES: Final = 50


def query_for(choice: str, bundle: Bundle) -> dict[str, Any]:
    """Return the DCQL query for a choice.

    Args:
        choice: `ANY_COURSE`, `ANY_WORK`, or a qualification's id.
        bundle: the lists.

    Raises:
        MalformedValueError: the lists know no such qualification.
    """
    if choice not in {ANY_COURSE, ANY_WORK, *bundle.qualifications}:
        raise MalformedValueError("the lists know no such qualification")
    work = choice == ANY_WORK
    listed = [choice] if choice in bundle.qualifications else sorted(bundle.qualifications)[:_MOST_TYPES]
    achievement = ["credentialSubject", "achievement", "id"]
    wanted = [{"path": achievement, "values": [choice]}] if choice in bundle.qualifications else []
    credentials = [
        _sd_jwt_vc([WORK_VCT] if work else listed, _CLAIMS[work]),
        _of_w3c("data-integrity", LDP_VC, work, wanted),
        _of_w3c("token", JWT_VC_JSON, work, wanted),
    ]
    return {"credentials": credentials, "credential_sets": [{"options": [[one["id"]] for one in credentials]}]}


def _sd_jwt_vc(types: Sequence[str], sets: Sequence[Sequence[str]]) -> dict[str, Any]:
    return {
        "id": "sd-jwt-vc",
        "format": SD_JWT_VC,
        "meta": {"vct_values": list(types)},
        "claims": [{"id": name, "path": [name]} for name in sets[0]],
        "claim_sets": [list(names) for names in sets],
    }


def _of_w3c(name: str, credential_format: str, work: bool, claims: Sequence[Mapping[str, Any]]) -> dict[str, Any]:  # noqa: FBT001
    asked = {"claims": list(claims)} if claims else {}
    return {"id": name, "format": credential_format, "meta": {"type_values": [[one] for one in _TYPES[work]]}, **asked}
