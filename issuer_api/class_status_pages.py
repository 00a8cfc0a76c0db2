"""Several certificates of a class together: held, released or withdrawn for one reason, once it was seen whose they are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Query, Request, Response

from issuer_api.class_rows import PAGE
from issuer_api.cohorts import CohortReport, CohortRow, cohort_report, names_of
from issuer_api.delivery import DELIVERED
from issuer_api.errors import UnknownThingError
from issuer_api.service import Issuer
from issuer_api.standing import standings
from issuer_api.status import CHANGED, set_statuses
from issuer_api.status_acts import ACTS, FROM, TO, asked_fields, reason_kept, wrong_fields
from issuer_api.visiting import Said, Visit, acting, said, visit

UUID: Final = "urn:uuid:"
NONE_CHOSEN: Final = "none-chosen"
Context = Callable[[Visit, CohortReport], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A certificate that was chosen: its row, whose it is, its id without prefix, and what holds of it."""

    row: int
    names: tuple[Said, ...]
    certificate: str
    standing: str


def add_status(api: APIRouter, issuer: Issuer, context: Context) -> None:
    """Add the pages; `context` is what every page of a class says in its head."""
    base = "/issuer/{slug}/classes/{cohort}/certificates/{act}"

    @api.get(base)
    def ask(
        request: Request, slug: str, cohort: str, act: str, row: Annotated[list[int] | None, Query(max_length=PAGE)] = None
    ) -> Response:
        here = visit(issuer, request, slug)
        _known(act)
        report, wanted = cohort_report(issuer, slug, cohort), set(row or ())
        chosen = _chosen(here, [one for one in report.rows if one.number in wanted])
        return _page(here, context(here, report), cohort, act, chosen)

    @api.post(base)
    def change(
        request: Request,
        slug: str,
        cohort: str,
        act: str,
        certificate: Annotated[list[str] | None, Form(max_length=PAGE)] = None,
        reason: Annotated[str, Form()] = "",
        words: Annotated[str, Form()] = "",
        sure: Annotated[str, Form()] = "",
        quiet: Annotated[str, Form()] = "",
        form: Annotated[str, Form(max_length=64)] = "",
    ) -> Response:
        here = acting(issuer, request, slug, form)
        _known(act)
        words = " ".join(words.split())
        typed = {"reason": reason, "words": words, "sure": bool(sure), "quiet": bool(quiet)}
        report, named = cohort_report(issuer, slug, cohort), tuple(dict.fromkeys(certificate or ()))
        chosen = _chosen(here, _rows_of(report, named))
        wrong = wrong_fields(act, reason, words, sure=bool(sure))
        if wrong or not chosen:
            return _page(here, context(here, report), cohort, act, chosen, wrong=wrong, **typed)
        purpose, value = ACTS[act]
        credentials = [UUID + one.certificate for one in chosen]
        why = reason_kept(reason, words)
        outcomes = set_statuses(issuer, slug, credentials, purpose, value=value, reason=why, by=here.by, tell=not quiet)
        changed = list(outcomes.values()).count(CHANGED)
        return here.go("classes", cohort, then=f"?show=signed&done={act}&row={changed}&left={len(named) - changed}#said")


def _known(act: str) -> None:
    if act not in ACTS:
        raise UnknownThingError("there is no such act")


def _rows_of(report: CohortReport, certificates: Collection[str]) -> list[CohortRow]:
    """Return the rows whose certificates were named; one that was corrected meanwhile is no longer the row's."""
    wanted = {UUID + one for one in certificates}
    return [row for row in report.rows if row.credential in wanted]


def _chosen(here: Visit, rows: list[CohortRow]) -> tuple[Chosen, ...]:
    signed = [(row, row.credential) for row in rows if row.state == DELIVERED and row.credential]
    holds = standings(here.issuer, here.slug, [credential for _, credential in signed])
    return tuple(
        Chosen(row.number, tuple(map(said, names_of(row.cells))), credential.removeprefix(UUID), holds[credential])
        for row, credential in signed
    )


def _page(
    here: Visit,
    head: Mapping[str, Any],
    cohort: str,
    act: str,
    chosen: tuple[Chosen, ...],
    *,
    wrong: tuple[str, ...] = (),
    **typed: Any,  # noqa: ANN401  # what was typed
) -> Response:
    if not chosen:
        return here.go("classes", cohort, then=f"?show=signed&done={NONE_CHOSEN}#said")
    context = dict(head) | asked_fields(act, wrong, typed)
    context["sends_mails"] = here.issuer.post is not None
    context["open"] = tuple(one for one in chosen if one.standing in FROM[act])
    context["left"] = tuple(one for one in chosen if one.standing not in FROM[act])
    return here.show("class-status", status=422 if wrong else 200, **context)


def is_so(figures: Mapping[str, int], act: str, changed: int, left: int) -> bool:
    """Return whether the page of a class may say what came of an act: so many certificates are in that state now."""
    apart = figures.get("on-hold", 0) + figures.get("withdrawn", 0)
    now = figures.get("signed", 0) - apart if act == "release" else figures.get(TO.get(act, ""), 0)
    return act == NONE_CHOSEN or (act in ACTS and 0 <= changed <= now and 0 <= left <= PAGE)
