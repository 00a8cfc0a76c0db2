"""Designs of certificates by API: a logo is brought, a design tried and kept with the programme's next version."""

from typing import Annotated, Any, Final, TypeAlias

from fastapi import APIRouter, Body, Depends, File, Response, UploadFile
from pydantic import Field

from issuer_api.designs import put_design, tried
from issuer_api.errors import InvalidRecordError
from issuer_api.logos import MAX_BYTES, store_logo
from issuer_api.messages import Message
from issuer_api.programmes import programme
from issuer_api.records import TrainingProgramme, read_record
from issuer_api.service import Issuer
from issuer_api.tokens import Caller, needs
from web.openapi import Answers, problems
from web.strict_json import StrictJSONRoute

LOGO: Final = "5f2b6d1c0a9e8d7c6b5a49382716050403020100f0e0d0c0b0a0908070605040"
DESIGN: Final = {
    "accent": "#7a1f5c",
    "heading": {"en": "Diploma of Caring Work", "fr": "Diplôme d'aide à la personne"},
    "sentence": {"en": "Awarded by the whole school.", "fr": "Décerné par toute l'école."},
    "signatures": [{"name": "Salma Nasser", "function": "Registrar"}],
}
_PICTURE: Final[Answers] = {200: {"content": {"image/png": {}}, "description": "the page, marked as a preview"}}


class LogoKept(Message):
    """A logo as it is kept: name it in designs by its id."""

    id: str = Field(examples=[LOGO])


def router(issuer: Issuer) -> APIRouter:
    """Return the addresses of designs."""
    api = APIRouter(prefix="/issuer/api/v1", tags=["issuer"], route_class=StrictJSONRoute, responses=problems(422))
    Reading: TypeAlias = Annotated[Caller, Depends(needs(issuer, "read"))]
    Issuing: TypeAlias = Annotated[Caller, Depends(needs(issuer, "issue"))]
    Design: TypeAlias = Annotated[dict[str, Any], Body(examples=[DESIGN])]

    @api.post("/logos", status_code=201, summary="Bring a logo (PNG or JPEG)", responses=problems(401, 403, 413, 422))
    def bring(
        caller: Issuing,
        file: Annotated[UploadFile, File(description="PNG or JPEG, at most 1 MB and 8 million dots", examples=["logo.png"])],
    ) -> LogoKept:
        """Decode a picture and keep it written anew; the same again gives the same id."""
        return LogoKept(id=store_logo(issuer, caller.slug, file.file.read(MAX_BYTES + 1), by=caller.by))

    @api.put(
        "/programmes/{programme_id}/design",
        summary="Define a programme's next version with this design",
        responses=problems(400, 401, 403, 404, 413, 422),
    )
    def put(caller: Issuing, programme_id: str, design: Design) -> dict[str, Any]:
        """Keep a design; certificates that were issued are printed as they were designed then. Answers with the record."""
        return put_design(issuer, caller.slug, programme_id, design, by=caller.by)

    @api.delete(
        "/programmes/{programme_id}/design",
        summary="Define a programme's next version with the usual design",
        responses=problems(401, 403, 404),
    )
    def remove(caller: Issuing, programme_id: str) -> dict[str, Any]:
        return put_design(issuer, caller.slug, programme_id, None, by=caller.by)

    @api.post(
        "/programmes/{programme_id}/design/preview",
        summary="The page with a design, as a picture; nothing is kept",
        responses=_PICTURE | problems(400, 401, 403, 404, 413, 422),
    )
    def preview(caller: Reading, programme_id: str, design: Design) -> Response:
        record = programme(issuer, caller.slug, programme_id) | {"design": design}
        read_record(TrainingProgramme, record)
        png, faults = tried(issuer, caller.slug, record, "en")
        if faults:
            raise InvalidRecordError(f"design: too long for the page: {', '.join(faults)}", pointer="/design")
        return Response(png, media_type="image/png")

    return api
