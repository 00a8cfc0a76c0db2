"""Lists and keys: what is to go out, what must be mended first, who has to sign, and the signatures that come from elsewhere."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, File, Request, Response, UploadFile

from credentials.errors import VCError
from registry.desk.differences import Difference
from registry.desk.forms import Form
from registry.desk.office import Office, acting, enter, room
from registry.linting import lint, role_findings
from registry.publishing import TOP_ROLES
from registry.releasing import publish, take_signatures, waiting
from registry.service import Registry
from registry.working_copy import KEY_OF, records_of
from web.people import NotFoundError
from web.roles import SIGN

_MOST_FILES: Final = 20


def router(registry: Registry) -> APIRouter:
    """Return the pages of the lists."""
    pages = room()

    @pages.get("/lists")
    def look(request: Request, code: str) -> Response:
        return _show(enter(registry, request, code), "")

    @pages.post("/lists")
    def release(request: Request, code: str, sent: Form) -> Response:
        office = acting(registry, request, code, sent, SIGN)
        try:
            publish(registry, code, office.files, office.published)
        except VCError as error:
            return _show(office, error.detail)
        return office.go("lists")

    @pages.get("/lists/draft.json")
    def export(request: Request, code: str) -> Response:
        office = enter(registry, request, code)
        office.person.require(office.organisation, SIGN)
        found = waiting(registry)
        if found is None:
            raise NotFoundError("no draft waits for signatures")
        headers = {"Content-Disposition": f'attachment; filename="lists-{code}-to-sign.json"'}
        return Response(found.draft.to_bytes(), media_type="application/json", headers=headers)

    @pages.post("/lists/signatures")
    def take(request: Request, code: str, sent: Form, signed: Annotated[list[UploadFile] | None, File()] = None) -> Response:
        office = acting(registry, request, code, sent, SIGN)
        try:
            added, _ = take_signatures(registry, [file.file.read() for file in (signed or [])[:_MOST_FILES]])
        except VCError as error:
            return _show(office, error.detail)
        return office.go(f"lists?signatures={added}")

    return pages


def _show(office: Office, wrong: str) -> Response:
    registry, code = office.registry, office.state.code
    findings = [
        finding
        for finding in lint(office.files, office.published, registry.clock())
        if f"/{code}/" in finding.path or not finding.is_warning
    ]
    ends = {role: end for role, end in registry.publisher.ends().items() if role in {f"state-{code}", *TOP_ROLES}}
    findings += role_findings(ends, registry.clock())
    found = waiting(registry)
    return office.show(
        "lists",
        status=422 if wrong else 200,
        findings=findings,
        rows=[row for path in office.changed() for row in _rows(office, path)],
        waiting=found if found and found.concerns(code) else None,
        roles=registry.publisher.roles_in_force(),
        signatures=office.request.query_params.get("signatures", ""),
        bundle=registry.bundle(),
        wrong=wrong,
    )


def _rows(office: Office, path: str) -> list[tuple[str, str, tuple[Difference, ...]]]:
    """Return (list, record, what differs) of every record of a file that was changed."""
    name = path.rpartition("/")[2].removesuffix(".json")
    key = KEY_OF.get(name, "id")
    before = {record[key]: record for record in records_of(office.published, path, name)}
    after = {record[key]: record for record in records_of(office.files, path, name)}
    return [(name, one, office.told(before.get(one), record)) for one, record in after.items() if before.get(one) != record]
