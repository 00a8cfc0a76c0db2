"""`credentialSchema`: does the credential fit the JSON Schema it names? See VC JSON Schema 1.0."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from jsonschema_rs import Draft202012Validator, ValidationError

import schemas
from credentials.errors import SchemaError, UnknownSchemaError
from credentials.model import Credential, SchemaReference

SCHEMA_TYPES: Final = frozenset({"JsonSchema"})


def check_schemas(credential: Credential) -> None:
    """Raise unless the credential fits every schema it names.

    Raises:
        SchemaError: it does not; with a pointer to the first member that does not fit.
        UnknownSchemaError: a schema that we do not ship; schemas are never fetched.
    """
    unknown = [reference for reference in credential.schemas if not _is_ours(reference)]
    for reference in credential.schemas:
        if reference not in unknown:
            validate(credential.document, reference.id)
    for reference in unknown:
        raise UnknownSchemaError(f"we do not have the schema {reference.id[:200]!r}", pointer=reference.pointer)


def _is_ours(reference: SchemaReference) -> bool:
    return bool(SCHEMA_TYPES & set(reference.types)) and reference.id in schemas.JSON_SCHEMAS


@cache
def _validator(url: str) -> Draft202012Validator:
    return Draft202012Validator(schemas.json_schema(url))


def validate(document: Mapping[str, Any], url: str) -> None:
    """Raise unless a document fits a schema of ours; a `proof` member is not looked at.

    Raises:
        SchemaError: with a pointer to the first member that does not fit.
    """
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    validator = _validator(url)
    if validator.is_valid(unsecured):
        return
    error = next(iter(validator.iter_errors(unsecured)))
    pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in error.instance_path)
    raise SchemaError(f"does not fit the schema: {error.kind.name} {_expectation(url, error)}", pointer=pointer)


def _expectation(url: str, error: ValidationError) -> str:
    """Return what was expected, in the schema's words: never what stands in the document."""
    if error.kind.name == "required":
        return repr(error.kind.as_dict()["property"])
    value: Any = schemas.json_schema(url)
    for step in error.schema_path:
        value = value[step]
    return str(value)[:120]
