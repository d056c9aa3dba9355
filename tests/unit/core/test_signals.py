"""What was seen of an answer so far, and what is seen now, as one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.signals import SILENT, OutputSignals

labels = st.sets(st.sampled_from(["AGPL-3.0", "GPL-2.0", "MPL-2.0"])).map(
    lambda it: tuple(sorted(it))
)
signals = st.builds(
    OutputSignals, labels, st.booleans(), st.booleans(), labels, st.booleans()
)  # fmt: skip


class TestJoined:
    @given(signals, signals)
    def test_it_holds_what_either_holds(self, one: OutputSignals, other: OutputSignals) -> None:
        """
        Nothing that was seen once is forgotten, whatever comes after it, and nothing comes twice.
        """
        both = one.joined(other)

        assert set(both.active_content) == {*one.active_content, *other.active_content}
        assert set(both.licence_match) == {*one.licence_match, *other.licence_match}
        assert (both.code, both.verbatim, both.canary) == (
            one.code or other.code, one.verbatim or other.verbatim, one.canary or other.canary,
        )  # fmt: skip
        assert both == other.joined(one) == both.joined(one)
        assert one.joined(SILENT) == one
