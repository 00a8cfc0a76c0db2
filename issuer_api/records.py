"""What people write: a programme, a form for work, an attestation of work; read strictly, with a pointer to what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from issuer_api.accents import READABLE, contrast_with_white
from issuer_api.errors import InvalidRecordError
from issuer_api.names import MAX_NAME, name_problem, text_problem, tidy

_MAX_LINE: Final = 500
_MAX_PROSE: Final = 5_000
MAX_OWN_TEXT: Final = 240


def _one_line(text: str) -> str:
    if text_problem(text, _MAX_LINE):
        raise ValueError(f"is one line of 1 to {_MAX_LINE} letters without control characters")
    return text


def _prose(text: str) -> str:
    if text_problem(text.replace("\n", " "), _MAX_PROSE):
        raise ValueError(f"has 1 to {_MAX_PROSE} letters without control characters")
    return text


def _name(text: str) -> str:
    name = tidy(text)
    if name_problem(name):
        raise ValueError(f"is a name of 1 to {MAX_NAME} letters without control characters")
    return name


def _day(text: str) -> str:
    if date.fromisoformat(text).isoformat() != text:
        raise ValueError("is a day such as 2026-11-13")
    return text


def _readable(colour: str) -> str:
    if contrast_with_white(colour) < READABLE:
        raise ValueError("is a colour such as #0b4f60, and dark enough to be read on white")
    return colour


def _in_english_too(texts: dict[str, str]) -> dict[str, str]:
    if "en" not in texts:
        raise ValueError("has a text for en, English")
    return texts


Line = Annotated[str, AfterValidator(_one_line)]
Prose = Annotated[str, AfterValidator(_prose)]
Name = Annotated[str, AfterValidator(_name)]
Day = Annotated[str, AfterValidator(_day)]
Texts = Annotated[dict[str, Line], AfterValidator(_in_english_too)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,62}$")]
Years = Annotated[int, Field(ge=1, le=100)]


class Record(BaseModel):
    """Members in camel case; no other members; a number is a number and a text a text."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel, populate_by_name=True)


class Alignment(Record):
    """One entry of a framework that a qualification or work is aligned to."""

    target_type: Literal["ext:ESCOOccupation", "ext:ESCOSkill", "ext:ISCO08", "ext:ISCEDF", "ext:NQF"]
    target_framework: Line
    target_code: Line
    target_name: Line
    target_url: Annotated[str, Field(pattern=r"^https?://[^\s<>\"{}|^`\\]+$", max_length=500)] | None = None
    target_description: Line | None = None


Alignments = Annotated[list[Alignment], Field(min_length=1, max_length=64)]


def _own_texts(texts: dict[str, str]) -> dict[str, str]:
    if any(len(text) > MAX_OWN_TEXT for text in texts.values()):
        raise ValueError(f"has texts of at most {MAX_OWN_TEXT} letters")
    return texts


OwnTexts = Annotated[Texts, AfterValidator(_own_texts)]


class Signature(Record):
    """A line to sign on: whose, and as what."""

    name: Name
    function: Name


class Design(Record):
    """How a programme's certificate looks on paper, and what it says in a centre's own words, by language.

    Attributes:
        accent: the colour of lines and headings, dark enough to be read on white (WCAG 2.2, 1.4.3: 4.5 to 1).
        logo: the id of a picture that the issuer has brought.
        heading: instead of the usual one.
        sentence: below the title.
        signatures: up to three.
    """

    accent: Annotated[str, AfterValidator(_readable)]
    logo: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    heading: OwnTexts | None = None
    sentence: OwnTexts | None = None
    signatures: Annotated[list[Signature], Field(max_length=3)] = []


class TrainingProgramme(Record):
    """What is taught, and what its certificate says."""

    id: Id
    kind: Literal["training"]
    issuer: Id | None = None
    title: Texts
    second_language: str | None = Field(default=None, pattern=r"^[a-z]{2,3}$")
    description: Prose | None = None
    criteria: Prose
    qualification: Annotated[str, Field(pattern=r"^urn:\S+$", max_length=200)]
    hours: Annotated[int, Field(ge=1, le=99_999)]
    valid_years: Years
    number: Annotated[str, Field(pattern=r"^[A-Za-z0-9./-]{1,20}$")]
    started: Day | None = None
    alignment: Alignments
    design: Design | None = None


class WorkForm(Record):
    """A form for attestations of work."""

    id: Id
    kind: Literal["work"]
    issuer: Id | None = None
    title: Texts
    second_language: str | None = Field(default=None, pattern=r"^[a-z]{2,3}$")
    description: Prose | None = None
    valid_years: Years


class Attestation(Record):
    """What an employer says of a person's work."""

    names: Annotated[list[Name], Field(min_length=1, max_length=5)]
    role_name: Line
    start_date: Day
    end_date: Day
    hours_per_week: Annotated[int, Field(ge=1, le=100)] | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    attestation_basis: Literal["payroll", "contract", "saw-daily", "saw-sometimes", "documents-only"]
    alignment: Alignments


class WorkPaper(Record):
    """A paper that was seen: its kind, and the digest of the file where there was one."""

    paper: Literal["contract", "payroll", "social-security"]
    digest_multibase: Annotated[str, Field(pattern=r"^u[A-Za-z0-9_-]{43,100}$")] | None = None


class Testimony(Record):
    """Who attests work, and what that rests on, as `trust.evidence` weighs it."""

    role: Literal["supervisor", "co-worker", "client", "union", "community", "consulate", "self"]
    basis: Literal["payroll", "contract", "social-security", "saw-daily", "saw-sometimes", "documents-only"]
    independence_group: Line
    reciprocal: Literal[True] | None = None
    evidence: Annotated[list[WorkPaper], Field(min_length=1, max_length=8)] | None = None


class CollectedAttestation(Attestation):
    """What somebody else said of a person's work, taken down by whoever signs it."""

    id: Annotated[str, Field(pattern=r"^urn:uuid:[0-9a-f-]{36}$")]
    attestation: Testimony


Relation = Literal["employer", "supervisor", "co-worker", "client", "union", "community", "consulate"]


class WorkAsked(Record):
    """Work that a person asks others to confirm."""

    names: Annotated[list[Name], Field(min_length=1, max_length=2)]
    role_name: Line
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class WitnessAsked(Record):
    """Who is asked to confirm work."""

    contact: Name
    organisation: Line


class WorkAnswer(Record):
    """What somebody who was asked says of a person's work."""

    name: Name
    function: Line
    organisation: Line
    relation: Relation
    basis: Literal["saw-daily", "saw-sometimes", "documents-only"]
    role_name: Line
    start_date: Day
    end_date: Day
    hours_per_week: Annotated[int, Field(ge=1, le=100)] | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    alignment: Annotated[list[Alignment], Field(min_length=1, max_length=40)]


class WorkChecked(Record):
    """What whoever takes down an answer found out about it.

    Attributes:
        identity: how it is known who answered; `none` where that was not looked at.
        household: whether who answered lives in one household with the person, or with somebody else who confirms the same work.
        papers: that were seen.
    """

    identity: Literal["none", "document", "called", "known"]
    household: bool = False
    papers: Annotated[list[WorkPaper], Field(max_length=3)] = []


R = TypeVar("R", bound=Record)


def read_record(kind: type[R], members: Mapping[str, Any]) -> R:
    """Return the record that these members are.

    Raises:
        InvalidRecordError: something is missing or not as it must be; points at the first.
    """
    try:
        return kind.model_validate(dict(members))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        pointer = "".join(f"/{part}" for part in first["loc"])
        name = first["loc"][-1] if first["loc"] else "the record"
        reason = str(first["msg"]).removeprefix("Value error, ")
        raise InvalidRecordError(f"{name}: {reason}", pointer=pointer) from error
