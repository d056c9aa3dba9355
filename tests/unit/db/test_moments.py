"""Moments, as the database keeps them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import DateTime
from sqlalchemy.dialects import sqlite

from gateway.db.base import Moment

DIALECT = sqlite.dialect()
OURS = Moment().dialect_impl(DIALECT).bind_processor(DIALECT)
THEIRS = DateTime(timezone=True).dialect_impl(DIALECT).bind_processor(DIALECT)
ZONES = st.builds(
    timezone, st.integers(-14 * 60, 14 * 60).map(lambda minutes: timedelta(minutes=minutes))
)
MOMENTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=ZONES)  # noqa: DTZ001


class TestMoment:
    @given(MOMENTS)
    def test_sqlite_gets_it_as_sqlalchemy_would_write_it(self, at: datetime) -> None:
        """
        Rows of before and after sort and compare alike.
        """
        assert OURS is not None
        assert THEIRS is not None
        assert OURS(at) == THEIRS(at.astimezone(UTC))

    def test_a_naive_one_is_refused(self) -> None:
        """
        Whose midnight it means is a guess.
        """
        assert OURS is not None
        with pytest.raises(ValueError, match="aware"):
            OURS(datetime(2026, 1, 1))  # noqa: DTZ001
