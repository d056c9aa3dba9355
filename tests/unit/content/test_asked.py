"""What a request asks for beside its words, as labels."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.content.asked import asked, features

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


def of(**body: Any) -> dict[str, Any]:
    """What a chat request with these parameters asks for."""
    whole = {"model": "m", "messages": [], **body}
    return asked(whole, kind="chat", stream=False, characters=100, signed=False, attached=())


class TestState:
    @pytest.mark.parametrize("name", ["store", "background", "conversation", "web_search_options"])
    def test_what_a_provider_would_keep_is_told(self, name: str) -> None:
        """
        Parameters that make a provider keep content, or send it on, are named.
        """
        assert of(**{name: True})["stateful"] == [name]

    def test_storage_that_is_off_asks_for_nothing(self) -> None:
        """
        ``store: false`` is what the gateway would ask for itself.
        """
        assert of(store=False)["stateful"] == []

    def test_what_cannot_be_dropped_is_told_apart(self) -> None:
        """
        Without the earlier response the request would mean something else.
        """
        told = of(previous_response_id="resp_1")

        assert told["stateful_fixed"] == ["previous_response_id"]


class TestNames:
    def test_parameters_that_name_the_end_user_are_told(self) -> None:
        """
        By parameter, never by value; keys of ``metadata`` that we do not know are not repeated.
        """
        told = of(user="jane", metadata={"user_id": "7", "email": "j@x.eu", "secret project": "y"})

        assert told["identifying"] == ["metadata", "metadata.user_id", "user"]


class TestSampling:
    def test_defaults_are_no_sampling(self) -> None:
        """
        A temperature of 1 is what everybody gets.
        """
        assert of(temperature=1, top_p=1)["sampling"] == []

    def test_another_value_is(self) -> None:
        """
        It may drop a provider's mark from the text (rule AI-04).
        """
        assert of(temperature=0, top_k=5)["sampling"] == ["temperature", "top_k"]


class TestTools:
    def test_tools_are_told_by_kind_and_by_what_they_do(self) -> None:
        """
        Ten tools of one kind are one situation; a name that writes is noticed.
        """
        function = {"type": "function", "function": {"name": "lookup"}}
        writing = {"type": "function", "function": {"name": "send_mail"}}

        told = of(tools=[function, function, writing, {"type": "mcp"}])["tools"]

        assert told == [
            {"type": "function", "third_party": False, "writes": False},
            {"type": "function", "third_party": False, "writes": True},
            {"type": "mcp", "third_party": True, "writes": True},
        ]


class TestFeatures:
    def test_a_tool_the_provider_runs_has_terms_of_its_own(self) -> None:
        """
        Under the name that the registry knows the feature by.
        """
        request = of(tools=[{"type": "web_search_preview"}], previous_response_id="r", store=True)

        assert features(request, stateless=True) == ("responses_store", "web_search")

    def test_what_will_be_kept_counts_where_nothing_drops_it(self) -> None:
        """
        A tenant that has switched rule IP-08 off is judged by the terms of storage.
        """
        assert features(of(store=True), stateless=False) == ("stored_completions",)

    def test_what_may_be_kept_has_its_terms_and_what_is_dropped_has_none(self) -> None:
        """
        Where a company lets answers be kept, the terms of keeping count; those of caches do not.
        """
        request = of(store=True, background=True, prompt_cache_retention="24h")

        assert features(request, stateless=True) == ()
        assert features(request, stateless=True, booked=True) == (
            "background", "stored_completions",
        )  # fmt: skip

    def test_a_function_of_the_callers_own_is_none(self) -> None:
        """
        What the caller's own program runs keeps nothing at the provider.
        """
        tool = {"type": "function", "function": {"name": "lookup"}}

        assert features(of(tools=[tool]), stateless=True) == ()


class TestAnyBody:
    @given(st.dictionaries(st.text(max_size=8), json_values))
    def test_no_body_breaks_it_and_nothing_of_it_is_repeated(self, body: dict[str, Any]) -> None:
        """
        Whatever JSON a caller sends, only labels come out.
        """
        told = asked(body, kind="chat", stream=False, characters=0, signed=False, attached=())

        assert told["kind"] == "chat"
        assert all(isinstance(name, str) and len(name) < 30 for name in told["identifying"])
