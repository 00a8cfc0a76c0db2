"""The command-line form of the suite for JOSE, SD-JWT and COSE."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from comity.cli import main
from comity.cli.conformance_commands import say_tally
from comity.cli.output import NO, USAGE, YES
from comity.conformance.jose_cose import FEATURES, parse_path
from comity.conformance.vectors import Outcome, Tally
from credentials.encoding import b64url_encode
from credentials.errors import MalformedValueError
from credentials.jose import unverified_typ
from credentials.keys import InMemorySigner

SEED: Final = b"\7" * 32
SIGNER: Final = InMemorySigner("https://issuer.example/keys#1", SEED, "ES256")
METHOD: Final[dict[str, Any]] = {
    "id": SIGNER.verification_method,
    "type": "JsonWebKey",
    "publicKeyJwk": SIGNER.public_key.jwk(),
    "secretKeyJwk": SIGNER.public_key.jwk() | {"d": b64url_encode(SEED)},
}
CREDENTIAL: Final[dict[str, Any]] = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
    "type": ["VerifiableCredential", "ExampleCredential"],
    "issuer": "https://issuer.example",
    "credentialSubject": {"id": "did:example:worker", "skills": ["welding", "rigging"]},
}
PRESENTATION: Final[dict[str, Any]] = {
    "@context": "https://www.w3.org/ns/credentials/v2",
    "type": "VerifiablePresentation",
    "verifiableCredential": [
        {
            "@context": "https://www.w3.org/ns/credentials/v2",
            "type": "EnvelopedVerifiableCredential",
            "id": "data:application/vc+jwt,a.b.c\n",
        }
    ],
}


def document_of(feature: str) -> dict[str, Any]:
    return PRESENTATION if FEATURES[feature].is_presentation else CREDENTIAL


def run(folder: Path, action: str, feature: str, content: str, *more: str, key: object = METHOD) -> tuple[int, dict[str, str]]:
    """Return the exit status and the answer."""
    (folder / "input").write_text(content)
    (folder / "key.json").write_text(json.dumps(key))
    files = ["--input", str(folder / "input"), "--key", str(folder / "key.json"), "--output", str(folder / "out.json")]
    status = main(["conformance", action, "--feature", feature, *files, *more])
    answer: dict[str, str] = json.loads((folder / "out.json").read_text())
    return status, answer


@pytest.mark.parametrize("feature", FEATURES)
def test_what_is_issued_verifies(tmp_path: Path, feature: str) -> None:
    status, issued = run(tmp_path, "issue", feature, json.dumps(document_of(feature)))
    assert (status, issued["result"]) == (YES, "success")
    status, verified = run(tmp_path, "verify", feature, issued["data"])
    assert (status, json.loads(verified["data"])["type"]) == (YES, document_of(feature)["type"])


def test_another_feature_does_not_verify_it(tmp_path: Path) -> None:
    issued = run(tmp_path, "issue", "credential_jose", json.dumps(CREDENTIAL))[1]["data"]
    assert unverified_typ(issued) == "vc+jwt"
    for feature in set(FEATURES) - {"credential_jose"}:
        assert run(tmp_path, "verify", feature, issued)[:2][0] == NO


def test_what_can_be_kept_back(tmp_path: Path) -> None:
    paths = '["credentialSubject.skills[1]", "credentialSubject.id"]'
    _, issued = run(tmp_path, "issue", "credential_sd_jwt", json.dumps(CREDENTIAL), "--sd", paths)
    bare = issued["data"].partition("~")[0] + "~"
    _, verified = run(tmp_path, "verify", "credential_sd_jwt", bare)
    assert json.loads(verified["data"])["credentialSubject"] == {"skills": ["welding"]}


@pytest.mark.parametrize("sd", ["[", "{}", "[1]", '["nothing"]', '["a..b"]', '["issuer"]'])
def test_what_cannot_be_kept_back(tmp_path: Path, sd: str) -> None:
    status, answer = run(tmp_path, "issue", "credential_sd_jwt", json.dumps(CREDENTIAL), "--sd", sd)
    assert (status, answer["result"]) == (NO, "failure")


@pytest.mark.parametrize(
    ("text", "path"), [("a", ("a",)), ("a.b", ("a", "b")), ("a[0]", ("a", 0)), ("a[0].b[12].c", ("a", 0, "b", 12, "c"))]
)
def test_paths(text: str, path: tuple[str | int, ...]) -> None:
    assert parse_path(text) == path


@pytest.mark.parametrize("text", ["", ".a", "a.", "a[", "a[x]", "[0]", "a[-1]"])
def test_what_is_no_path(text: str) -> None:
    with pytest.raises(MalformedValueError):
        parse_path(text)


@pytest.mark.parametrize(
    "changes",
    [
        {"unknownMember": 1},
        {"type": "Other"},
        {"@context": ["https://www.w3.org/ns/credentials/v2", "https://contexts.example/v9"]},
        {"@context": ["https://www.w3.org/ns/credentials/v2"], "credentialSubject": {"shoeSize": 43}},
    ],
)
def test_what_is_not_issued(tmp_path: Path, changes: dict[str, Any]) -> None:
    status, answer = run(tmp_path, "issue", "credential_jose", json.dumps(CREDENTIAL | changes))
    assert (status, answer["result"]) == (NO, "failure")


def test_members_that_a_context_of_ones_own_names(tmp_path: Path) -> None:
    scoped = {"@id": "https://issuer.example/C", "@context": [{"crew": "https://issuer.example/crew"}]}
    context: list[Any] = [*CREDENTIAL["@context"], {"C": scoped}]
    document = CREDENTIAL | {"@context": context, "crew": "deck", "type": ["VerifiableCredential", "C"]}
    assert run(tmp_path, "issue", "credential_jose", json.dumps(document))[0] == YES
    assert run(tmp_path, "issue", "credential_jose", json.dumps(document | {"type": "VerifiableCredential"}))[0] == NO


@pytest.mark.parametrize(
    "carried",
    [
        [CREDENTIAL],
        [{**PRESENTATION["verifiableCredential"][0], "id": "not-a-credential"}],
        [{**PRESENTATION["verifiableCredential"][0], "id": "data:text/plain,x"}],
        [{**PRESENTATION["verifiableCredential"][0], "id": 7}],
        "text",
    ],
)
def test_a_presentation_of_something_else(tmp_path: Path, carried: object) -> None:
    document = PRESENTATION | {"verifiableCredential": carried}
    assert run(tmp_path, "issue", "presentation_jose", json.dumps(document))[0] == NO


def test_one_credential_need_not_be_in_a_list(tmp_path: Path) -> None:
    document = PRESENTATION | {"verifiableCredential": PRESENTATION["verifiableCredential"][0]}
    assert run(tmp_path, "issue", "presentation_cose", json.dumps(document))[0] == YES


@pytest.mark.parametrize(
    "key",
    [
        {},
        {"publicKeyJwk": METHOD["publicKeyJwk"]},
        METHOD | {"secretKeyJwk": {}},
        METHOD | {"id": None},
        METHOD | {"secretKeyJwk": {"d": b64url_encode(b"\x08" * 32)}},
        METHOD | {"publicKeyJwk": {"kty": "oct"}},
    ],
)
def test_a_key_that_does_not_sign(tmp_path: Path, key: dict[str, Any]) -> None:
    assert run(tmp_path, "issue", "credential_jose", json.dumps(CREDENTIAL), key=key)[0] == NO


def test_a_feature_that_we_do_not_know_and_a_file_that_is_not_there_are_answered_too(tmp_path: Path) -> None:
    assert run(tmp_path, "verify", "credential_jades", "x")[1]["result"] == "failure"
    out = tmp_path / "answer.json"
    absent = str(tmp_path / "absent")
    arguments = ["--input", absent, "--key", absent, "--feature", "credential_jose", "--output", str(out)]
    assert main(["conformance", "verify", *arguments]) == NO
    assert "cannot be read" in json.loads(out.read_text())["data"]


def test_wrong_use_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["conformance", "issue"])
    assert left.value.code == USAGE
    assert "--input" in capsys.readouterr().err


def test_what_failed_and_what_was_left_out_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    say_tally(Tally("made up", (Outcome("a", problem="wrong"), Outcome("b", skipped="not here"), Outcome("c"))))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["made", "up", "1", "of", "2,", "1", "left", "out"]
    assert lines[1:] == ["  failed   a: wrong", "  left out b: not here"]


def test_vectors_are_counted_for_people_and_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conformance", "vectors", "--family", "jws"]) == YES
    assert capsys.readouterr().out.split() == ["jws", "40", "of", "40"]
    assert main(["conformance", "vectors", "--family", "jws", "--json"]) == YES
    assert json.loads(capsys.readouterr().out) == [{"family": "jws", "passed": 40, "total": 40, "skipped": 0}]
