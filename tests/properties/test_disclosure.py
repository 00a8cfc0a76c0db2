"""What the holder keeps back is nowhere in what is shown, whatever the record and the choice are."""

from __future__ import annotations

import base64
import json
import re
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.bbs.signer import BBSSigner
from credentials.data_integrity import add_base_proof, derive
from credentials.keys import Signer
from credentials.sd_jwt import parse_sd_jwt, present
from credentials.vc_sd_jwt import open_sd_jwt, secure_sd_jwt
from tests.credentials.sd_jwt.making import Counted
from tests.credentials.world import NOW, report
from tests.properties.records import Path, leaves, record, subjects
from tests.vectors.material import bbs_signer, signer_of

SIGNERS: Final[dict[str, Signer | BBSSigner]] = {"ecdsa-sd-2023": signer_of("ES256"), "bbs-2023": bbs_signer()}


def pointer(path: Path) -> str:
    return "".join(f"/{step}" for step in path)


def everything(shown: str) -> str:
    """Return a text with every run of base64url in it decoded beside it."""
    runs = [run for run in re.findall(r"[A-Za-z0-9_-]{8,}", shown) if len(run) % 4 != 1]
    decoded = [base64.urlsafe_b64decode(run + "=" * (-len(run) % 4)) for run in runs]
    return shown + "".join(content.decode("utf-8", "replace") for content in decoded)


@st.composite
def choices(draw: st.DrawFn, paths: list[Path]) -> tuple[list[Path], list[Path]]:
    """Return (what is always shown, what the holder chooses)."""
    return draw(st.lists(st.sampled_from(paths), unique=True)), draw(st.lists(st.sampled_from(paths), unique=True))


@pytest.mark.parametrize("suite", SIGNERS)
@settings(max_examples=20)
@given(data=st.data())
def test_a_derived_document_verifies_and_shows_what_was_chosen(suite: str, data: st.DataObject) -> None:
    signer = SIGNERS[suite]
    document: dict[str, Any] = record(signer, data.draw(subjects()))
    texts = leaves({name: value for name, value in document["credentialSubject"].items() if name != "id"})
    always, chosen = data.draw(choices(list(texts)))
    mandatory = ["/issuer", "/validFrom", *map(pointer, always)]
    base = add_base_proof(document, signer, cryptosuite=suite, mandatory_pointers=mandatory, created=NOW, random_bytes=Counted())
    shown = derive(base, selective_pointers=["/credentialSubject/id", *map(pointer, chosen)], random_bytes=Counted())
    assert report(shown).is_genuine
    found = everything(json.dumps(shown, ensure_ascii=False))
    assert {path for path, text in texts.items() if text in found} == {*always, *chosen}


@settings(max_examples=40)
@given(data=st.data())
def test_an_sd_jwt_shows_what_was_chosen(data: st.DataObject) -> None:
    signer = signer_of("ES256")
    document = record(signer, data.draw(subjects()))
    texts = leaves({name: value for name, value in document["credentialSubject"].items() if name != "id"})
    hidden, chosen = data.draw(choices(list(texts)))
    content = secure_sd_jwt(document, signer, entropy=Counted(), selective=hidden, decoys=data.draw(st.integers(0, 2)))
    whole = open_sd_jwt(content).sd_jwt
    kept = [path for path in chosen if path in hidden]
    shown = present(whole, kept)
    assert report(shown.encode()).verified
    assert parse_sd_jwt(shown, typ={"vc+sd-jwt"}).claims["credentialSubject"]["id"]
    found = everything(shown)
    found += everything(found)
    assert {path for path, text in texts.items() if text in found} == set(texts) - set(hidden) | set(kept)
