"""Figures: what a state releases for everybody, once for each time; and what it and another party owe each other."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from credentials.errors import VCError
from registry.desk.forms import Form
from registry.desk.office import Office, acting, enter, room
from registry.statistics_costs import Statement, agreed, statement
from registry.statistics_counting import SMALLEST
from registry.statistics_periods import Span, ended, span
from registry.statistics_releasing import budget, release, releases
from registry.statistics_rows import Planning, decisions, first_decision
from registry.statistics_sheets import statement_sheet
from registry.statistics_words import words_for
from trust.records import CostShare
from web.people import NotFoundError
from web.roles import SIGN
from web.sheets import sheet_answer


def router(planning: Planning) -> APIRouter:
    """Return the pages of figures."""
    pages, registry = room(), planning.registry

    @pages.get("/figures")
    def look(request: Request, code: str) -> Response:
        return _show(enter(registry, request, code), "")

    @pages.post("/figures")
    def act(request: Request, code: str, sent: Form) -> Response:
        office = acting(registry, request, code, sent, SIGN)
        period = sent.one("period")
        try:
            release(planning, code, period, office.person.name)
        except VCError as error:
            return _show(office, error.detail)
        return office.go("figures")

    @pages.get("/statement")
    def owed(request: Request, code: str, pair: str = "", period: str = "") -> Response:
        office = enter(registry, request, code)
        found = _statement(office, pair, period)
        words = words_for(registry, request)
        return office.show("statement", found=found, words=words, smallest=SMALLEST, pair=pair)

    @pages.get("/statement.csv")
    def sheet(request: Request, code: str, pair: str = "", period: str = "") -> Response:
        found = _statement(enter(registry, request, code), pair, period)
        name = f"statement-{found.share.payer}-{found.share.payee}-{found.period.name}"
        return sheet_answer(statement_sheet(found, words_for(registry, request)), name)

    return pages


def _show(office: Office, wrong: str) -> Response:
    registry, code = office.registry, office.state.code
    today, listed = registry.clock().date(), [one for one in releases(registry.database) if one.state == code]
    return office.show(
        "desk-figures",
        status=422 if wrong else 200,
        wrong=wrong,
        words=words_for(registry, office.request),
        open=_open(office, [span(one.period) for one in listed]),
        released=listed,
        budget=budget(registry.database, code, today.year),
        year=today.year,
        shares=_shares(office),
        periods=_ended(office),
    )


def _ended(office: Office) -> tuple[Span, ...]:
    """Return the times that have ended: since the last year began, or since the state's first decision where that is longer ago."""
    registry = office.registry
    today = registry.clock().date()
    last_year = today.replace(year=today.year - 1, month=1, day=1)
    first = first_decision(registry.database, office.state.code)
    return ended(today, max(min(first or last_year, last_year), office.state.member.start.date()))


def _open(office: Office, released: Sequence[Span]) -> tuple[Span, ...]:
    """Return the times of which no day was released."""
    return tuple(one for one in _ended(office) if not any(one.overlaps(other) for other in released))


def _shares(office: Office) -> tuple[CostShare, ...]:
    """Return what the agreement says of costs between this state and others."""
    shares = office.registry.bundle().cost_shares
    return tuple(share for share in shares if office.state.code in {share.payer, share.payee})


def _statement(office: Office, pair: str, period: str) -> Statement:
    """Return a statement between this state and another: nobody else is shown one.

    Raises:
        NotFoundError: this state is neither of the two.
        MalformedValueError: there is no such period, or the agreement says nothing of these two.
    """
    registry = office.registry
    payer, _, payee = pair.partition("-")
    if office.state.code not in {payer, payee}:
        raise NotFoundError("there is nothing here for you")
    share, within = agreed(registry.bundle(), payer, payee), span(period)
    with registry.database.session() as session:
        return statement(share, within, decisions(session, payer, within))
