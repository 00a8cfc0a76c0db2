from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemas
from credentials.errors import COMITY, SchemaError, UnknownSchemaError
from credentials.model import parse_credential
from credentials.schema import check_schemas, validate
from tests.credentials.world import credential
from tests.strategies import changed, mutations

EXAMPLES = Path(schemas.__file__).parent / "examples"
NAMES = ("training-credential", "work-experience-credential")


def example(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_bytes())
    return document


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_fit_the_schemas_they_name(name: str) -> None:
    document = example(name)
    assert document["credentialSchema"]["id"] in schemas.JSON_SCHEMAS
    check_schemas(parse_credential(document))
    check_schemas(parse_credential(document | {"proof": [{"type": "DataIntegrityProof"}]}))


@pytest.mark.parametrize(
    ("name", "path", "value", "pointer"),
    [
        (NAMES[0], ("id",), "urn:uuid:2f7a0d5c-9d0e-4c1b-8a54-0f4d1be0c3a1", "/id"),
        (NAMES[0], ("validFrom",), "2026-11-20T09:00:00Z", "/validFrom"),
        (NAMES[0], ("validUntil",), ..., ""),
        (NAMES[0], ("credentialSubject", "name", 1, "@value"), "", "/credentialSubject/name/1/@value"),
        (
            NAMES[0],
            ("credentialSubject", "achievement", "alignment", 0, "targetType"),
            "ext:Colour",
            "/credentialSubject/achievement/alignment/0/targetType",
        ),
        (NAMES[1], ("credentialSubject", "workExperience", "country"), "xc", "/credentialSubject/workExperience/country"),
        (NAMES[1], ("credentialStatus", 0, "statusPurpose"), "refresh", "/credentialStatus/0/statusPurpose"),
    ],
)
def test_the_first_member_that_does_not_fit_is_pointed_to(
    name: str, path: tuple[str | int, ...], value: object, pointer: str
) -> None:
    with pytest.raises(SchemaError) as raised:
        check_schemas(parse_credential(changed(example(name), path, value)))
    assert (raised.value.type, raised.value.pointer) == (COMITY + "SCHEMA_MISMATCH", pointer)
    assert not raised.value.could_not_check


def test_a_pointer_escapes_what_it_must() -> None:
    schema = schemas.TRAINING_SCHEMA
    document = example(NAMES[0]) | {"credentialStatus": [{"a/b~c": 1}, {}]}
    with pytest.raises(SchemaError) as raised:
        validate(document, schema)
    assert raised.value.pointer == "/credentialStatus/0"


@pytest.mark.parametrize(
    "reference",
    [
        {"id": "https://schemas.example/unknown", "type": "JsonSchema"},
        {"id": schemas.TRAINING_SCHEMA, "type": "1EdTechJsonSchemaValidator2019"},
    ],
)
def test_a_schema_that_we_do_not_have_could_not_be_checked(reference: dict[str, str]) -> None:
    with pytest.raises(UnknownSchemaError) as raised:
        check_schemas(parse_credential(credential(credentialSchema=[reference])))
    assert (raised.value.type, raised.value.pointer) == (COMITY + "SCHEMA_UNKNOWN", "/credentialSchema/0")
    assert raised.value.could_not_check


def test_a_schema_that_does_not_fit_outweighs_one_that_we_do_not_have() -> None:
    references = [{"id": "urn:unknown", "type": "JsonSchema"}, {"id": schemas.TRAINING_SCHEMA, "type": ["JsonSchema"]}]
    with pytest.raises(SchemaError) as raised:
        check_schemas(parse_credential(credential(credentialSchema=references)))
    assert raised.value.type == COMITY + "SCHEMA_MISMATCH"
    good = example(NAMES[0]) | {"credentialSchema": references}
    with pytest.raises(UnknownSchemaError):
        check_schemas(parse_credential(good))


def test_a_credential_that_names_no_schema_fits() -> None:
    check_schemas(parse_credential(credential()))


@given(st.sampled_from(NAMES).flatmap(lambda name: mutations(example(name))))
def test_another_validator_says_the_same(document: dict[str, Any]) -> None:
    for name in NAMES:
        url = example(name)["credentialSchema"]["id"]
        fits = jsonschema.Draft202012Validator(schemas.json_schema(url)).is_valid(document)
        if fits:
            validate(document, url)
        else:
            with pytest.raises(SchemaError):
                validate(document, url)
