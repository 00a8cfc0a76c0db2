from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import schemas
from tests.shared_vectors import shared

FOLDER = Path(schemas.__file__).parent / "contexts"
INDEX: list[dict[str, str]] = json.loads((FOLDER / "index.json").read_bytes())


def test_every_context_is_listed_once_with_its_source_and_licence() -> None:
    for row in INDEX:
        assert set(row) == {"url", "file", "sha256", "source", "licence"}
        assert all(row.values())
    assert len({row["url"] for row in INDEX}) == len(INDEX) == len(schemas.CONTEXTS)
    assert {row["file"] for row in INDEX} == {path.name for path in FOLDER.iterdir()} - {"index.json"}


@pytest.mark.parametrize("row", INDEX, ids=lambda row: row["file"])
def test_every_digest_is_the_files(row: dict[str, str]) -> None:
    content = (FOLDER / row["file"]).read_bytes()
    assert sha256(content).hexdigest() == row["sha256"]
    assert schemas.revisions(row["url"]) == (content,)
    assert schemas.context(row["url"]) == json.loads(content)


def test_the_digests_are_those_of_the_published_contexts() -> None:
    published = {row["url"]: row["sha256"] for row in json.loads(shared("vectors", "contexts", "index.json").read_bytes())}
    both = [row for row in INDEX if row["url"] in published]
    assert len(both) == len(INDEX) - 4  # all but our own two, and two that only a package brings
    for row in both:
        assert row["sha256"] == published[row["url"]], row["url"]


def test_a_context_that_we_do_not_ship_is_not_had() -> None:
    with pytest.raises(KeyError):
        schemas.context("https://contexts.example/v9")
    assert schemas.revisions("https://contexts.example/v9") == ()


def test_a2_a_file_that_was_changed_is_not_handed_out(tmp_path: Path) -> None:
    file = tmp_path / "context.jsonld"
    file.write_bytes(b"{}")
    assert schemas.pinned(file, sha256(b"{}").hexdigest()) == b"{}"
    file.write_bytes(b"{ }")
    with pytest.raises(ValueError, match=r"context\.jsonld is not the file that was pinned"):
        schemas.pinned(file, sha256(b"{}").hexdigest())


def terms(context: Any) -> dict[str, str]:  # noqa: ANN401  # a JSON-LD context of any form
    """Return every term that a context defines, scoped ones too, with its IRI as written."""
    found: dict[str, str] = {}
    for name, definition in (context if isinstance(context, dict) else {}).items():
        if name.startswith("@"):
            continue
        iri = definition.get("@id") if isinstance(definition, dict) else definition
        if isinstance(iri, str) and not iri.startswith("@"):
            found[name] = iri
        if isinstance(definition, dict):
            found |= terms(definition.get("@context"))
    return found


def test_our_context_gives_no_second_name_to_what_the_v2_context_names() -> None:
    theirs = {iri: name for name, iri in terms(schemas.context(schemas.CREDENTIALS_V2)["@context"]).items()}
    assert len(theirs) > 50
    for url in (schemas.COMITY_CONTEXT, schemas.RECOGNITION_CONTEXT):
        ours = terms(schemas.context(url)["@context"])
        assert len(ours) > 10
        assert {name: iri for name, iri in ours.items() if theirs.get(iri, name) != name} == {}


def test_our_context_never_depends_on_the_deployment() -> None:
    assert schemas.COMITY_CONTEXT == "https://comity.example/contexts/v1"
    for name in ("training-credential", "work-experience-credential"):
        assert schemas.COMITY_CONTEXT in json.loads((FOLDER.parent / "examples" / f"{name}.json").read_bytes())["@context"]


@pytest.mark.parametrize("url", [schemas.TRAINING_SCHEMA, schemas.WORK_EXPERIENCE_SCHEMA])
def test_every_schema_is_found_by_its_url(url: str) -> None:
    assert schemas.json_schema(url)["$id"] == url
    assert schemas.revisions(url) == (schemas.JSON_SCHEMAS[url].read_bytes(),)
    with pytest.raises(KeyError):
        schemas.json_schema(url + "x")


def test_the_profiles_of_codes_are_read_as_they_stand() -> None:
    shipped = json.loads((FOLDER.parent / "qr" / "profiles.json").read_bytes())["profiles"]
    assert list(schemas.qr_profiles()) == shipped
    assert shipped
