from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.terms.join import INDEMNITY, REVIEW, SCALES, TRAINING, join, loosens

days = st.none() | st.integers(0, 4_000)
labels = st.frozensets(st.sampled_from(["a", "b", "c", "unknown"])).map(
    lambda it: tuple(sorted(it))
)
readings: dict[str, st.SearchStrategy[Any]] = {
    "retention": days,
    "conditions": labels,
    "output_restrictions": labels,
    "output_ownership": st.sampled_from(["ours", "theirs", "unknown"]),
    "dpa_on_file": st.booleans(),
    **{name: st.sampled_from(scale) for name, scale in SCALES.items()},
}
pairs = st.sampled_from(sorted(readings)).flatmap(
    lambda name: st.tuples(st.just(name), readings[name], readings[name], readings[name])
)


class TestJoin:
    @given(pairs)
    def test_the_order_of_statements_does_not_matter(self, case: tuple[str, Any, Any, Any]) -> None:
        """
        Commutative and associative: an overlay written first or last binds the same.
        """
        name, one, two, three = case

        assert join(name, one, two) == join(name, two, one)
        assert join(name, join(name, one, two), three) == join(name, one, join(name, two, three))

    @given(pairs)
    def test_saying_it_twice_changes_nothing(self, case: tuple[str, Any, Any, Any]) -> None:
        """
        Idempotent.
        """
        name, one, *_ = case

        assert join(name, one, one) == one

    @given(pairs)
    def test_the_result_is_never_looser_than_either(self, case: tuple[str, Any, Any, Any]) -> None:
        """
        The most restrictive reading, for every fact that has an order.
        """
        name, one, two, _ = case
        joined = join(name, one, two)

        assert not loosens(name, one, joined)
        assert not loosens(name, two, joined)

    @given(st.sampled_from(TRAINING), st.sampled_from(TRAINING))
    def test_training_takes_the_more_restrictive_reading(self, one: str, other: str) -> None:
        """
        yes > opt_out > unknown > opt_in > no, in either order.
        """
        assert join("trains_on_input", one, other) == max(one, other, key=TRAINING.index)

    @given(st.sampled_from(REVIEW), st.sampled_from(REVIEW))
    def test_review_takes_the_more_restrictive_reading(self, one: str, other: str) -> None:
        """
        unknown > sampled > possible > flagged only > none.
        """
        assert join("human_review", one, other) == max(one, other, key=REVIEW.index)

    @given(days, days)
    def test_retention_takes_the_longer_one(self, one: int | None, other: int | None) -> None:
        """
        More days win, and no number counts as without limit.
        """
        expected = None if None in (one, other) else max(one or 0, other or 0)
        assert join("retention", one, other) == expected

    @pytest.mark.parametrize(
        ("name", "one", "other", "joined"),
        [
            ("business_use", "allowed", "forbidden", "forbidden"),
            ("business_use", "unknown", "forbidden", "forbidden"),
            ("business_use", "conditional", "unknown", "unknown"),
            ("indemnity_output", "yes", "conditional", "conditional"),
            ("conditions", ("no_api",), (), ("no_api",)),
            ("conditions", "unknown", ("no_api",), ("no_api", "unknown")),
            ("output_ownership", "customer", "provider", "unknown"),
            ("trains_on_input", "no", "a value nobody knows", "yes"),
        ],
    )
    def test_other_facts(self, name: str, one: Any, other: Any, joined: Any) -> None:
        """
        Forbidden beats allowed, more labels bind more, and two answers without an order are none.
        """
        assert join(name, one, other) == joined


class TestLoosening:
    @pytest.mark.parametrize(
        ("name", "before", "after", "looser"),
        [
            ("retention", 30, 0, True),
            ("retention", None, 30, True),
            ("retention", 30, None, False),
            ("trains_on_input", "opt_out", "no", True),
            ("trains_on_input", "opt_in", "yes", False),
            ("conditions", ["no_api"], [], True),
            ("conditions", [], ["no_api"], False),
            ("labelling_required", "AI origin clear", "none", True),
            ("labelling_required", "none", "AI origin clear", False),
            ("output_ownership", "customer", "provider", False),
            ("indemnity_output", INDEMNITY[1], INDEMNITY[0], True),
        ],
    )
    def test_what_counts_as_looser(self, name: str, before: Any, after: Any, looser: bool) -> None:
        """
        One person may make a fact stricter; to make it looser takes an override.
        """
        assert loosens(name, before, after) is looser
