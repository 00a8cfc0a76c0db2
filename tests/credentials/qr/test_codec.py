from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.data_integrity import verify_proofs
from credentials.errors import MalformedValueError, VCError
from credentials.keys import PublicKey
from credentials.qr import Codec, NotEncodableError, UpdateNeededError, from_digits, parse_profile, parse_tables, to_digits
from credentials.qr.octets import varint
from tests.credentials.qr.world import HOLDER, P256_HOLDER, STEM, codec, profiles, public_key, rows, shipped, signed

NOW = datetime(2026, 11, 24, tzinfo=UTC)
NAMES = st.lists(
    st.builds(
        lambda value, language: {"@value": value, "@language": language} | ({"@direction": "rtl"} if language == "ar" else {}),
        st.text(st.characters(codec="utf-8"), min_size=1, max_size=30),
        st.sampled_from(["en", "ar", "bn", "und-Latn"]),
    ),
    min_size=1,
    max_size=3,
)


def check(document: dict[str, Any]) -> None:
    def key(method: str, purpose: str) -> PublicKey:
        assert purpose == "assertionMethod"
        assert method.endswith("#k1")
        return public_key()

    verify_proofs(document, key, now=NOW)


@pytest.mark.parametrize("name", ["training", "work-experience"])
def test_the_rebuilt_credential_is_the_signed_one_and_its_proof_verifies(name: str) -> None:
    document = signed(name)
    payload = shipped().encode(document)
    assert len(payload) < 190
    rebuilt = shipped().decode(from_digits(to_digits(payload)))
    assert rebuilt == document
    check(rebuilt)


@settings(max_examples=30)
@given(NAMES, st.booleans(), st.integers(0, 2**30), st.dates(datetime(2000, 1, 1, tzinfo=UTC).date()))
def test_whatever_the_values_are_they_come_back(names: list[dict[str, str]], holder: bool, hours: int, ended: Any) -> None:  # noqa: ANN401, FBT001
    subject = {"name": names, "volumeOfLearning": f"PT{hours}H", "activityEndDate": ended.isoformat()}
    subject |= {"id": HOLDER} if holder else {}
    document = signed("training", subject=subject)
    try:
        payload = shipped().encode(document)
    except NotEncodableError:
        assert ended.year > 2178
        return
    assert shipped().decode(payload) == document


def test_who_was_awarded_on_the_last_day_saves_two_bytes_and_codes_of_older_lists_are_still_read() -> None:
    before = Codec.of([parse_profile(record) for record in profiles() if record["number"] < 40], shipped().tables)
    for awarded, saved in (("2026-11-06", 2), ("2026-11-07", 0)):
        document = signed("training", {"awardedDate": f"{awarded}T00:00:00Z"})
        old, new = before.encode(document), shipped().encode(document)
        assert len(old) - len(new) == saved
        assert shipped().decode(old) == shipped().decode(new) == document
        check(shipped().decode(new))
    with pytest.raises(UpdateNeededError, match="profile 41"):
        before.decode(shipped().encode(signed("training")))


def test_the_holders_key_costs_its_32_bytes() -> None:
    without, with_key = signed("training"), signed("training", subject={"id": HOLDER})
    assert len(shipped().encode(with_key)) == len(shipped().encode(without)) + 32
    assert shipped().decode(shipped().encode(with_key)) == with_key


@pytest.mark.parametrize("name", ["training", "work-experience"])
def test_a_holders_key_on_p_256_costs_its_33_bytes_and_each_credential_keeps_one_code(name: str) -> None:
    without, with_key = signed(name), signed(name, subject={"id": P256_HOLDER})
    payload = shipped().encode(with_key)
    assert len(payload) == len(shipped().encode(without)) + 33
    assert payload[1] == shipped().encode(without)[1] + 20
    assert shipped().decode(payload) == with_key
    check(shipped().decode(payload))
    with pytest.raises(NotEncodableError):
        shipped().encode(signed(name, subject={"id": P256_HOLDER[:-1]}))


def test_a_commitment_to_the_passport_costs_16_bytes_and_is_salted_with_the_credentials_id() -> None:
    plain = signed("training")
    committed = {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": "pbkdf2$AAECAwQFBgcICQoLDA0ODw",
        "identityType": "ext:passportCommitment",
        "salt": plain["id"],
    }
    document = signed("training", subject={"identifier": [committed]})
    payload = shipped().encode(document)
    assert len(payload) == len(shipped().encode(plain)) + 16
    assert shipped().decode(payload) == document
    with pytest.raises(NotEncodableError):
        shipped().encode(signed("training", subject={"identifier": [{**committed, "salt": "another"}]}))


@pytest.mark.parametrize("name", ["training", "work-experience"])
def test_issuer_and_programme_that_are_in_no_table_stand_in_the_code(name: str) -> None:
    document = signed(name)
    tables = rows([document]) | {"issuers": [], "achievements": [], "stems": []}
    payload = codec(tables).encode(document)
    assert payload[1] in (3, 4)
    assert len(payload) <= 423
    assert codec(tables).decode(payload) == document


@pytest.mark.parametrize(
    "edit",
    [
        {"evidence": [{"type": "Evidence"}]},
        {"id": "urn:uuid:2f7a0d5c-9d0e-8c1b-8a54-0f4d1be0c3a1"},
        {"validFrom": "2026-11-20T10:00:00Z"},
        {"validFrom": "1999-12-31T00:00:00Z"},
        {"name": "Another title"},
        {"credentialStatus": {}},
        {"awardedDate": 5},
        {"issuer": "did:web:localhost%3A8000:issuers:sunder-bay-care"},
    ],
)
def test_what_no_profile_gives_back_exactly_is_refused(edit: dict[str, Any]) -> None:
    with pytest.raises(NotEncodableError):
        shipped().encode(signed("training", edit))


@pytest.mark.parametrize(
    "subject",
    [
        {"volumeOfLearning": "786 hours"},
        {"volumeOfLearning": "PT-1H"},
        {"volumeOfLearning": "PT\uff10H"},
        {"volumeOfLearning": f"PT{2**40}H"},
        {"licenseNumber": "x" * 513},
        {"id": "did:key:zDnaer"},
        {"name": [{"@value": "x", "@language": "en"}] * 65},
        {"name": "Najma"},
        {"activityStartDate": "2026-02-30"},
    ],
)
def test_a_value_that_is_not_of_its_slots_type_is_refused(subject: dict[str, Any]) -> None:
    with pytest.raises(NotEncodableError):
        shipped().encode(signed("training", subject=subject))


def test_a_credential_without_a_usable_proof_is_refused() -> None:
    document = signed("training")
    broken: list[Any] = [None, {}, [], *({**document["proof"], "proofValue": value} for value in ("z0", "z1"))]
    for proof in broken:
        with pytest.raises(NotEncodableError):
            shipped().encode({**document, "proof": proof})


def test_of_a_set_of_proofs_the_one_that_the_profile_writes_is_carried() -> None:
    document = signed("training")
    other = {**document["proof"], "cryptosuite": "eddsa-rdfc-2022"}
    assert shipped().decode(shipped().encode({**document, "proof": [other, document["proof"]]})) == document


def test_lists_that_are_older_than_the_code_say_so_and_never_invalid() -> None:
    document = signed("training")
    payload = shipped().encode(document)
    older = rows([document]) | {"achievements": []}
    with pytest.raises(UpdateNeededError, match="row 1 of achievements"):
        codec(older).decode(payload)
    with pytest.raises(UpdateNeededError, match="profile 9"):
        shipped().decode(payload[:1] + b"\x09" + payload[2:])
    assert UpdateNeededError("x").could_not_check


@pytest.mark.parametrize("table", ["issuers", "achievements", "stems", "contexts"])
def test_a_row_that_says_something_else_does_not_pass(table: str) -> None:
    document = signed("training")
    tables, payload = rows([document]), shipped().encode(document)
    changed = {"issuers": {**document["issuer"], "name": "Forged"}, "stems": f"{STEM}9", "contexts": ["https://evil.example"]}
    achievement = {**document["credentialSubject"]["achievement"], "name": "Brain surgery"}
    tables[table] = [changed.get(table, achievement)]
    with pytest.raises(UpdateNeededError):
        codec(tables).decode(payload)


@settings(max_examples=300)
@given(st.data())
def test_no_changed_payload_is_accepted(data: st.DataObject) -> None:
    document = signed(data.draw(st.sampled_from(["training", "work-experience"])))
    payload = bytearray(shipped().encode(document))
    place = data.draw(st.integers(0, len(payload) - 1))
    payload[place] ^= data.draw(st.integers(1, 255))
    try:
        rebuilt = shipped().decode(bytes(payload))
    except VCError:
        return
    with pytest.raises(VCError):
        check(rebuilt)


@given(st.binary(max_size=400))
def test_arbitrary_bytes_raise_nothing_but_problems(content: bytes) -> None:
    for payload in (content, b"\xc1\x01" + content, b"\xc1\x03" + content):
        with pytest.raises(VCError):
            shipped().decode(payload)


def test_a_code_that_ends_early_or_has_more_in_it_is_refused() -> None:
    payload = shipped().encode(signed("training"))
    for bad in (b"", payload[:30], payload[:4] + b"\0" + payload[4:], payload[:-64] + b"\0" + payload[-64:]):
        with pytest.raises((MalformedValueError, UpdateNeededError)):
            shipped().decode(bad)


def test_i3_and_qr_rule_3_a_compressed_code_opens_to_64_kib_at_most_and_to_nothing_unfinished() -> None:
    import zlib  # noqa: PLC0415  # only this test packs bombs

    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = packer.compress(bytes(1 << 20)) + packer.flush()
    head = b"\xc1\x03\0\0"
    for slots in (bomb, bomb[:-3], b"\xff\xff", bomb + b"x"):
        with pytest.raises(MalformedValueError, match="unpack"):
            shipped().decode(head + slots + bytes(64))


@given(st.binary(max_size=1200))
def test_digits_give_the_payload_back_with_its_leading_zeros(payload: bytes) -> None:
    assert from_digits(to_digits(payload)) == payload


@pytest.mark.parametrize("digits", ["", "0", "01", "12a", "1" * 3001, "\uff12", "-5", "2", "javascript:alert(1)"])
def test_qr_rule_2_what_is_no_code_is_refused(digits: str) -> None:
    with pytest.raises(MalformedValueError):
        from_digits(digits)


def test_more_than_a_code_holds_is_refused() -> None:
    with pytest.raises(MalformedValueError):
        to_digits(bytes([255]) * 1300)


def test_a_profile_that_writes_no_credential_is_refused() -> None:
    nothing = Codec.of([parse_profile({"number": 1, "slots": [], "template": []})], parse_tables({}))
    with pytest.raises(MalformedValueError, match="no credential"):
        nothing.decode(b"\xc1\x01\0\0" + bytes(64))
    with pytest.raises(NotEncodableError):
        nothing.encode(signed("training"))


def inline(value: bytes) -> bytes:
    return b"\0" + varint(len(value)) + value


@pytest.mark.parametrize(
    "slots",
    [
        inline(b'{"":1}'),
        inline(b'{"": "x"}'),
        inline(b'{"a":"x"}'),
        inline(b'{"":"x","a":1}'),
        inline(b'{"":"row"}'),
    ],
)
def test_a_value_has_one_spelling(slots: bytes) -> None:
    slot = {"name": "a", "type": "row", "at": "/a", "table": "t"}
    template = {"a": {"$join": [{"$": "a"}]}, "proof": {"proofValue": {"$": "signature"}}}
    one = Codec.of([parse_profile({"number": 1, "slots": [slot], "template": template})], parse_tables({"t": ["row"]}))
    with pytest.raises(MalformedValueError):
        one.decode(b"\xc1\x01\0\0" + slots + bytes(64))


def test_a_value_that_its_profile_would_not_write_is_refused() -> None:
    slot = {"name": "a", "type": "text", "at": "/b"}
    template = {"a": {"$": "a"}, "proof": {"proofValue": {"$": "signature"}}}
    one = Codec.of([parse_profile({"number": 1, "slots": [slot], "template": template})], parse_tables({}))
    with pytest.raises(MalformedValueError, match="does not write"):
        one.decode(b"\xc1\x01\0\0\x01x" + bytes(64))


def test_bits_that_mean_nothing_are_not_set() -> None:
    refused = 0
    for length in range(1, 12):
        document = signed("training", subject={"licenseNumber": "x" * length})
        alone = codec(rows([document]) | {"issuers": [], "achievements": [], "stems": []})
        payload = bytearray(alone.encode(document))
        payload[-65] ^= 0x80
        with pytest.raises(VCError) as caught:
            alone.decode(bytes(payload))
        refused += "packed in another way" in str(caught.value)
    assert refused > 3
