from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import pytest

from credentials.errors import ComplexityLimitError, CryptographicSecurityError, MalformedValueError, ParsingError, SchemaError
from credentials.sd_jwt import Path
from credentials.sd_jwt_vc import issue_sd_jwt_vc
from credentials.type_metadata import check_type, claim_rules
from tests.credentials.sd_jwt.making import Counted
from tests.credentials.world import did_of, key_signer, report

VCT = "urn:course:1"
PARENT = "https://centre.example/types/course"


def metadata(vct: str = VCT, **members: Any) -> bytes:  # noqa: ANN401
    return json.dumps({"vct": vct, **members}).encode()


def held(*documents: bytes, vct: str = VCT) -> Any:  # noqa: ANN401  # resources
    def resources(url: str) -> Sequence[bytes]:
        return documents if url == vct else ()

    return resources


def rule(*path: str | int | None, **members: object) -> dict[str, object]:
    return {"path": list(path), **members}


def integrity(content: bytes) -> str:
    return "sha256-" + base64.b64encode(sha256(content).digest()).decode()


def test_a_type_that_we_do_not_hold_promises_nothing() -> None:
    check_type({}, (), held())
    check_type({"vct": VCT, "vct#integrity": integrity(b"")}, (), held())


def test_the_rules_of_a_type_and_of_those_that_it_extends() -> None:
    parent = metadata(PARENT, claims=[rule("name", mandatory=True, sd="never")])
    members: dict[str, Any] = {"extends#integrity": integrity(parent), "claims": [rule("skills", None, sd="always")]}
    child = metadata(extends=PARENT, **members)
    documents = {VCT: [child], PARENT: [parent]}
    rules = claim_rules(VCT, integrity(child), lambda url: documents.get(url, []))
    assert [(one.path, one.mandatory, one.sd) for one in rules] == [(("skills", None), False, "always"), (("name",), True, "never")]


@pytest.mark.parametrize(
    ("claims", "disclosed", "rules", "fits"),
    [
        ({"name": "Ana"}, [], [rule("name", mandatory=True, sd="never")], True),
        ({}, [], [rule("name", mandatory=True, sd="never")], False),
        ({}, [], [rule("name", mandatory=True, sd="always")], True),
        ({"name": "Ana"}, [("name",)], [rule("name", sd="never")], False),
        ({"name": "Ana"}, [("name",)], [rule("name", sd="always")], True),
        ({"name": "Ana"}, [], [rule("name", sd="always")], False),
        ({"name": "Ana"}, [("name",)], [rule("name")], True),
        ({"skills": ["a", "b"]}, [("skills", 0)], [rule("skills", None, sd="always")], False),
        ({"skills": ["a", "b"]}, [("skills", 0), ("skills", 1)], [rule("skills", None, sd="always")], True),
        ({"skills": ["a", "b"]}, [("skills", 1)], [rule("skills", 1, sd="always")], True),
        ({"address": {"city": "T"}}, [], [rule("address", "city", sd="never", mandatory=True)], True),
        ({"address": "T"}, [], [rule("address", "city", sd="never", mandatory=True)], False),
        ({"address": {"city": "T"}}, [], [rule("address", 0, sd="never", mandatory=True)], False),
    ],
)
def test_what_a_type_promises(claims: dict[str, Any], disclosed: list[Path], rules: list[Any], fits: bool) -> None:  # noqa: FBT001
    resources = held(metadata(claims=rules))
    if fits:
        check_type({"vct": VCT, **claims}, disclosed, resources)
        return
    with pytest.raises(SchemaError):
        check_type({"vct": VCT, **claims}, disclosed, resources)


def test_the_metadata_for_which_it_was_issued() -> None:
    first, second = metadata(claims=[]), metadata(claims=[rule("name", sd="never", mandatory=True)])
    check_type({"vct": VCT, "vct#integrity": integrity(first)}, (), held(second, first))
    with pytest.raises(SchemaError):
        check_type({"vct": VCT, "vct#integrity": integrity(second)}, (), held(first, second))
    with pytest.raises(CryptographicSecurityError):
        check_type({"vct": VCT, "vct#integrity": integrity(b"another")}, (), held(first, second))
    with pytest.raises(MalformedValueError):
        check_type({"vct": VCT, "vct#integrity": "md5-x"}, (), held(first))


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (b"[]", ParsingError),
        (metadata("urn:another"), MalformedValueError),
        (metadata(claims="all"), MalformedValueError),
        (metadata(claims=[{}]), MalformedValueError),
        (metadata(claims=[rule()]), MalformedValueError),
        (metadata(claims=[{"path": [1.5]}]), MalformedValueError),
        (metadata(claims=[{"path": ["a", True]}]), MalformedValueError),
        (metadata(claims=[rule("a", sd="often")]), MalformedValueError),
        (metadata(claims=[rule("a", mandatory="yes")]), MalformedValueError),
        (metadata(extends=VCT), ComplexityLimitError),
    ],
)
def test_what_is_no_metadata_of_this_type(document: bytes, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        check_type({"vct": VCT}, (), held(document))


def test_the_report_on_a_credential_asks_its_type() -> None:
    signer = key_signer()
    content = issue_sd_jwt_vc({"iss": did_of(signer), "vct": VCT, "name": "Ana"}, signer, entropy=Counted(), selective=[("name",)])
    assert report(content, resources=held(metadata(claims=[rule("name", sd="always")]))).verified
    result = report(content, resources=held(metadata(claims=[rule("name", sd="never")])))
    assert isinstance(result.check("schema").problem, SchemaError)
    assert result.is_genuine
