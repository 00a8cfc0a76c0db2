"""The OpenAPI document is true: every operation says what it does, shows a request that works, and names its problems."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest

from tests.flows.world import World

TAGS: Final = {"public", "VC-API", "issuer", "verifier"}
JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
WRONG_REQUEST: Final = {400, 415, 422}


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    says: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def bodies(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.says.get("requestBody", {}).get("content", {})
        return found


@pytest.fixture(scope="module")
def document(world: World) -> dict[str, Any]:
    found: dict[str, Any] = world.browser.get("/openapi.json").json()
    return found


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> list[Operation]:
    found = [Operation(method, path, says) for path, item in document["paths"].items() for method, says in item.items()]
    return [operation for operation in found if TAGS.intersection(operation.says.get("tags", ()))]


def test_the_api_is_all_there(operations: list[Operation]) -> None:
    names = {operation.name for operation in operations}
    assert len(names) >= 25
    assert {
        "POST /credentials/issue",
        "POST /credentials/issue-batch",
        "POST /credentials/status",
        "POST /credentials/verify",
        "POST /presentations/verify",
        "GET /issuers/{slug}/did.json",
        "GET /status/{name}",
    } <= names


def test_every_operation_has_a_summary_of_its_own(operations: list[Operation]) -> None:
    for operation in operations:
        made_up = operation.says["summary"].lower().replace(" ", "_") + "_"  # what FastAPI makes of a function's name
        assert not operation.says["operationId"].startswith(made_up), operation.name


def test_every_problem_is_documented_as_a_problem_document(operations: list[Operation]) -> None:
    for operation in operations:
        refusals = {code: says for code, says in operation.says["responses"].items() if code >= "400"}
        assert refusals, operation.name
        for code, says in refusals.items():
            schema = says["content"][PROBLEM]["schema"]
            assert {"type", "title", "status", "detail", "pointer"} <= schema["properties"].keys(), (operation.name, code)


def test_operations_for_programs_name_their_token(operations: list[Operation], document: dict[str, Any]) -> None:
    assert document["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    guarded = {operation.name for operation in operations if operation.says.get("security")}
    expected = {
        operation.name
        for operation in operations
        if "issuer" in operation.says["tags"]
        or operation.path in {"/credentials/issue", "/credentials/issue-batch", "/credentials/status"}
    }
    assert guarded == expected


def example_of(schema: Mapping[str, Any], components: Mapping[str, Any]) -> Any:  # noqa: ANN401  # any JSON
    """Return the example of a schema, put together from those of its members where it has none.

    Raises:
        LookupError: a member that is needed has no example.
    """
    if "$ref" in schema:
        return example_of(components[schema["$ref"].rpartition("/")[2]], components)
    if "examples" in schema:
        return schema["examples"][0]
    if "properties" not in schema:
        raise LookupError(schema.get("title", "a schema"))
    needed = schema.get("required", schema["properties"])
    return {name: example_of(member, components) for name, member in schema["properties"].items() if name in needed}


def filled(path: str) -> str:
    """Return a path with names of things that are not there in the place of its parameters."""
    return re.sub(r"\{(\w+)\}", lambda found: "2" if found[1] == "row" else "nothing", path)


def test_every_body_has_an_example_that_is_understood(operations: list[Operation], document: dict[str, Any], world: World) -> None:
    world.issue_one()
    components = document["components"]["schemas"]
    tried = 0
    for operation in operations:
        for media_type, body in operation.bodies.items():
            example = example_of(body["schema"], components)
            assert example, operation.name
            if media_type != JSON:
                continue
            parameters = operation.says.get("parameters", ())
            headers = {one["name"]: one["schema"]["examples"][0] for one in parameters if one["in"] == "header" and one["required"]}
            query = {one["name"]: one["schema"]["examples"][0] for one in parameters if one["in"] == "query" and one["required"]}
            path = filled(operation.path)
            answer = world.browser.request(
                operation.method, path, json=example, params=query, headers=world.authorization | headers
            )
            if answer.headers["content-type"] == PROBLEM:
                assert answer.status_code not in WRONG_REQUEST, (operation.name, answer.text)
            assert str(answer.status_code) in operation.says["responses"], operation.name
            tried += 1
    assert tried >= 8


def test_what_is_answered_is_documented(operations: list[Operation], world: World) -> None:
    """Asked without a token and for things that are not there, every operation answers with a status that it documents."""
    for operation in operations:
        path = filled(operation.path)
        for headers in ({}, world.authorization):
            answer = world.browser.request(operation.method, path, headers=headers)
            assert str(answer.status_code) in operation.says["responses"], (operation.name, answer.status_code)
            if answer.status_code >= 400 and operation.path != "/presentations/verify":
                assert answer.headers["content-type"] == PROBLEM, operation.name
                assert answer.json()["status"] == answer.status_code
