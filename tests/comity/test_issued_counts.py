"""What the centres of a deployment have issued, as the figures and an authority see it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from comity.compose import Composition
from comity.issued_counts import awards_in, issued_count
from tests.trust.world import CAREGIVING


def test_awards_are_counted_by_centre_and_qualification_on_their_day(composition: Composition) -> None:
    awarded, today = awards_in(composition.issuer.database), composition.issuer.clock().date()
    listed = list(awarded(today - timedelta(days=7), today + timedelta(days=1)))
    found = Counter((award.issuer.rpartition(":")[2], award.qualification) for award in listed)
    assert found == {("sunder-bay-care", CAREGIVING): 27, ("harborline-shipyard", ""): 1}
    assert len({award.person for award in listed}) == 28
    count = issued_count(composition.issuer.database)
    assert sorted(count(name) for name in {award.issuer for award in listed}) == [1, 27]
    assert list(awarded(today + timedelta(days=1), today + timedelta(days=9))) == []
