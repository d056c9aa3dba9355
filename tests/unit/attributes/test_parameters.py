"""Tuning without code: declarations, validation, inheritance, and what can never be loosened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.attributes.parameters import Parameters, Stored
from gateway.errors import ConfigurationError, InvalidRequest, NotFound
from gateway.pdp import bundle

if TYPE_CHECKING:
    from gateway.attributes.declared import Declared

LOCKED: dict[str, Any] = {
    "loosening": "impossible",
    "parameters": {
        "ip_03_days": {"default": 55, "maximum": 3650, "tighten": "lower", "meaning": "Days."},
        "ip_03_least": {"default": 5, "tighten": "higher", "meaning": "At least."},
        "ip_03_regions": {
            "default": ["eu", "own"],
            "members": ["eu", "own", "us"],
            "tighten": "fewer",
            "meaning": "Where to.",
        },
        "ip_03_kinds": {"default": ["a"], "tighten": "more", "meaning": "What is taken out."},
        "ip_03_flag": {"default": True, "tighten": "true", "meaning": "Whether."},
        "ip_03_loose": {"default": False, "tighten": False, "meaning": "Whether not."},
        "ip_03_way": {"default": "ask", "choices": ["advise", "ask", "deny"], "meaning": "How."},
    },
}
OPEN: dict[str, Any] = {
    "loosening": "configuration",
    "parameters": {
        "co_02_rate": {
            "default": 100, "minimum": 1, "maximum": 1000, "tighten": "lower", "meaning": "Rate.",
        },
    },
}  # fmt: skip
RULES = [("IP-03", "Ceilings", LOCKED), ("CO-02", "Loops", OPEN)]
PARAMETERS = Parameters(RULES)
NAMES = sorted(PARAMETERS.declared)
LOCKED_NAMES = sorted(LOCKED["parameters"])


def value_of(name: str, *stored: Stored, groups: tuple[str, ...] = ()) -> Any:
    """The value that counts."""
    return PARAMETERS.effective(stored, groups).parameters[name]


class TestDeclaring:
    def test_every_parameter_and_every_switch_is_declared(self) -> None:
        """
        A rule that may be loosened has a switch; one that may not has none.
        """
        assert sorted([*LOCKED["parameters"], "co_02", "co_02_rate"]) == NAMES
        assert PARAMETERS.declared["co_02"].switch

    @pytest.mark.parametrize("loosening", ["impossible", "review", None, "Configuration"])
    def test_a_rule_is_locked_unless_it_says_otherwise(self, loosening: str | None) -> None:
        """
        Deny is the zero value: only the one word opens a rule to loosening.
        """
        declared = Parameters([("X-01", "X", {**OPEN, "loosening": loosening})]).declared

        assert "x_01" not in declared
        assert declared["co_02_rate"].locked

    @pytest.mark.parametrize(
        "wrong",
        [
            {"default": 1, "meaning": "No way is stricter."},
            {"default": 1, "tighten": "fewer", "meaning": "Numbers are not fewer."},
            {"default": 5, "maximum": 4, "tighten": "lower", "meaning": "Out of bounds."},
            {"default": "x", "tighten": "lower", "meaning": "A word is no kind."},
            {"default": ["x"], "members": ["y"], "tighten": "more", "meaning": "No member."},
            {"default": "z", "choices": ["a", "b"], "meaning": "No choice."},
            {"default": 1, "tighten": "lower"},
            {"tighten": "lower", "meaning": "No default."},
            "default: 1",
        ],
    )
    def test_a_declaration_that_cannot_be_read_stops_the_start(self, wrong: Any) -> None:
        """
        A parameter nobody can judge the strictness of is no parameter.
        """
        with pytest.raises(ConfigurationError, match="x_y"):
            Parameters([("X-01", "X", {"parameters": {"x_y": wrong}})])

    def test_two_files_of_a_rule_declare_the_same(self) -> None:
        """
        Once for requests and once for outputs is one parameter; two meanings are an error.
        """
        other = {"parameters": {"co_02_rate": {**OPEN["parameters"]["co_02_rate"], "default": 7}}}

        again = Parameters([*RULES, ("CO-02", "Loops in outputs", OPEN)])

        assert again.declared == PARAMETERS.declared
        assert again.declared["co_02"].title == "Loops"
        with pytest.raises(ConfigurationError, match="twice"):
            Parameters([*RULES, ("CO-03", "Other", other)])

    def test_what_the_shipped_rules_declare_can_be_read(self) -> None:
        """
        And is what their bundle gives the policies as defaults.
        """
        shipped = bundle.load()
        parameters = Parameters([(item.id, item.title, item.custom) for item in shipped.rules])

        assert parameters.effective([], []).disabled == ()
        assert isinstance(parameters.effective([], []).parameters, dict)


class TestAdmitting:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("ip_03_days", 10), ("ip_03_days", 55), ("ip_03_days", 0), ("ip_03_least", 9),
            ("ip_03_regions", ["eu"]), ("ip_03_regions", []), ("ip_03_kinds", ["a", "b"]),
            ("ip_03_way", "deny"), ("co_02_rate", 1000), ("co_02", False),
        ],
    )  # fmt: skip
    def test_what_may_be_set(self, name: str, value: Any) -> None:
        """
        Anything within bounds, and stricter where the rule cannot be loosened.
        """
        assert PARAMETERS.admit(Stored("", name, value), []) == value

    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("ip_03_days", 56, "cannot be loosened"), ("ip_03_least", 4, "higher is stricter"),
            ("ip_03_regions", ["eu", "us"], "shorter list"), ("ip_03_kinds", [], "longer list"),
            ("ip_03_flag", False, "on is stricter"), ("ip_03_loose", True, "off is stricter"),
            ("ip_03_way", "advise", "later of"),
            ("co_02_rate", 0, "from 1 to 1000"), ("co_02_rate", True, "whole number"),
            ("co_02_rate", "5", "whole number"), ("co_02_rate", 5.0, "whole number"),
            ("ip_03_regions", ["mars"], "eu, own, us"), ("ip_03_regions", "eu", "a list"),
            ("ip_03_way", "shout", "advise, ask, deny"), ("ip_03_flag", 1, "on or off"),
            ("ip_03_kinds", [1], "a list"), ("ip_03_way", ["ask"], "one of"),
        ],
    )  # fmt: skip
    def test_what_may_not_says_what_may(self, name: str, value: Any, words: str) -> None:
        """
        A value that is refused comes back with what would be accepted.
        """
        with pytest.raises(InvalidRequest, match=words) as refused:
            PARAMETERS.admit(Stored("", name, value), [])

        assert refused.value.param == name

    def test_a_name_nobody_declares(self) -> None:
        """
        Is told, with where the names are.
        """
        with pytest.raises(NotFound, match="parameters list"):
            PARAMETERS.admit(Stored("", "ip_03_dayz", 1), [])

    def test_a_group_is_at_least_as_strict_as_its_tenant(self) -> None:
        """
        Unless it was exempted on purpose.
        """
        tenant = Stored("", "co_02_rate", 50)

        assert PARAMETERS.admit(Stored("lab", "co_02_rate", 40), [tenant]) == 40
        with pytest.raises(InvalidRequest, match="tenant's value of co_02_rate is 50"):
            PARAMETERS.admit(Stored("lab", "co_02_rate", 60), [tenant])
        assert PARAMETERS.admit(Stored("lab", "co_02_rate", 60, exempt=True), [tenant]) == 60

    def test_no_exemption_from_what_cannot_be_loosened(self) -> None:
        """
        An exempted group is still held to the shipped value of a locked rule.
        """
        with pytest.raises(InvalidRequest, match="cannot be loosened"):
            PARAMETERS.admit(Stored("lab", "ip_03_days", 56, exempt=True), [])


class TestReading:
    @pytest.mark.parametrize(
        ("name", "text", "value"),
        [
            ("ip_03_days", " 12 ", 12), ("ip_03_regions", "own, eu,", ["eu", "own"]),
            ("ip_03_regions", "", []), ("ip_03_flag", "ON", True), ("co_02", "off", False),
            ("ip_03_way", "deny", "deny"),
        ],
    )  # fmt: skip
    def test_what_people_type(self, name: str, text: str, value: Any) -> None:
        """
        Becomes the value that is stored.
        """
        assert PARAMETERS.find(name).read(text) == value

    @pytest.mark.parametrize(
        ("name", "text"),
        [("ip_03_days", "-1"), ("ip_03_days", "٣"), ("ip_03_days", "9" * 30), ("co_02", "maybe")],
    )
    def test_what_is_no_value_is_refused(self, name: str, text: str) -> None:
        """
        Not guessed at.
        """
        with pytest.raises(InvalidRequest):
            PARAMETERS.find(name).read(text)


class TestInheriting:
    def test_shipped_then_tenant_then_group(self) -> None:
        """
        The nearest value counts, and says where it came from.
        """
        tenant, lab = Stored("", "co_02_rate", 50), Stored("lab", "co_02_rate", 40)

        assert value_of("co_02_rate") == 100
        assert value_of("co_02_rate", tenant, lab) == 50
        assert value_of("co_02_rate", tenant, lab, groups=("lab",)) == 40
        origins = {
            item.declared.name: item.origin
            for item in PARAMETERS.effective([tenant, lab], ["lab", "x"]).values
        }
        assert origins["co_02_rate"] == "group lab"
        assert origins["ip_03_days"] == "shipped"

    def test_of_several_groups_the_strictest_counts(self) -> None:
        """
        Whoever is in two groups gets neither group's freedom against the other, and is told.
        """
        rows = [
            Stored("lab", "co_02_rate", 90),
            Stored("office", "co_02_rate", 20),
            Stored("", "co_02_rate", 95),
        ]
        policy = PARAMETERS.effective(rows, ["lab", "office"])

        assert policy.parameters["co_02_rate"] == 20
        assert policy.conflicts == (
            "co_02_rate: Groups differ (lab: 90; office: 20); the strictest counts.",
        )

    def test_lists_that_differ_are_narrowed_to_what_all_allow(self) -> None:
        """
        Neither list is the shorter one, so only what stands in both is left.
        """
        rows = [
            Stored("a", "ip_03_regions", ["eu"]),
            Stored("b", "ip_03_regions", ["own"]),
            Stored("a", "ip_03_kinds", ["a", "b"]),
            Stored("b", "ip_03_kinds", ["a", "c"]),
        ]

        assert value_of("ip_03_regions", *rows, groups=("a", "b")) == []
        assert value_of("ip_03_kinds", *rows, groups=("a", "b")) == ["a", "b", "c"]

    def test_a_tenant_that_tightens_later_overrules_its_groups(self) -> None:
        """
        A group's value that has become the looser one does not count, and is reported.
        """
        rows = [Stored("lab", "co_02_rate", 60), Stored("", "co_02_rate", 50)]
        policy = PARAMETERS.effective(rows, ["lab"])

        assert policy.parameters["co_02_rate"] == 50
        assert "looser than the tenant's" in policy.conflicts[0]

    def test_an_exempted_group_keeps_its_own_value(self) -> None:
        """
        That is what the exemption is for.
        """
        rows = [Stored("lab", "co_02_rate", 60, exempt=True), Stored("", "co_02_rate", 50)]

        assert value_of("co_02_rate", *rows, groups=("lab",)) == 60
        assert value_of("co_02_rate", *rows) == 50

    def test_rules_are_switched_off_where_they_may_be(self) -> None:
        """
        Switched off is a list of rules; a switch is no parameter. One group that keeps it on is
        enough.
        """
        rows = [Stored("lab", "co_02", True), Stored("", "co_02", False)]

        assert PARAMETERS.effective(rows, []).disabled == ("co_02",)
        assert PARAMETERS.effective(rows, ["lab"]).disabled == ()
        assert "co_02" not in PARAMETERS.effective(rows, []).parameters

    def test_what_no_rule_declares_changes_nothing(self) -> None:
        """
        A locked rule has no switch, and a name of an older bundle is only reported.
        """
        policy = PARAMETERS.effective([Stored("", "ip_03", False), Stored("", "gone", 1)], [])

        assert policy.disabled == ()
        assert policy.unknown == ("gone", "ip_03")
        assert policy.parameters == PARAMETERS.effective([], []).parameters

    def test_what_is_not_valid_any_more_does_not_count(self) -> None:
        """
        A newer bundle may have narrower bounds: the shipped value counts, and it is reported.
        """
        policy = PARAMETERS.effective([Stored("", "co_02_rate", 5000)], [])

        assert policy.parameters["co_02_rate"] == 100
        assert "not valid" in policy.conflicts[0]

    def test_the_empty_group_is_no_group(self) -> None:
        """
        A person whose directory names a group "" is not thereby the tenant.
        """
        policy = PARAMETERS.effective([Stored("", "co_02_rate", 50)], [""])

        assert [item.origin for item in policy.values if item.declared.name == "co_02_rate"] == [
            "tenant"
        ]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    | st.sampled_from(["ask", "deny", "advise", "eu", "own", "a"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)  # fmt: skip
likely = st.one_of(
    st.integers(0, 4000), st.booleans(), st.sampled_from(["advise", "ask", "deny"]),
    st.lists(st.sampled_from(["eu", "own", "us", "a", "b"]), max_size=4),
)  # fmt: skip
rows = st.lists(
    st.builds(
        Stored,
        group=st.sampled_from(["", "lab", "office"]),
        name=st.sampled_from([*NAMES, "other"]),
        value=likely | anything,
        exempt=st.booleans(),
    ),
    max_size=12,
)


class TestNeverLooser:
    @settings(max_examples=300, deadline=None)
    @given(rows, st.lists(st.sampled_from(["", "lab", "office", "none"]), max_size=4))
    def test_whatever_is_stored(self, stored: list[Stored], groups: list[str]) -> None:
        """
        Every parameter has a valid value, and those of locked rules are at least as strict as
        shipped, whatever stands in the table.
        """
        policy = PARAMETERS.effective(stored, groups)

        assert sorted(policy.parameters) == [
            name for name in NAMES if not PARAMETERS.declared[name].switch
        ]
        for name, value in policy.parameters.items():
            declared: Declared = PARAMETERS.declared[name]
            assert declared.check(value) == value
            if declared.locked:
                assert declared.as_strict(value, declared.default)
        assert set(policy.disabled) <= {"co_02"}

    @settings(max_examples=300, deadline=None)
    @given(rows)
    def test_one_more_group_never_loosens(self, stored: list[Stored]) -> None:
        """
        Joining a second group that has a value of its own takes nothing off the first one's.
        """
        one = PARAMETERS.effective(stored, ["lab"])
        both = PARAMETERS.effective(stored, ["lab", "office"])
        from_lab = {item.declared.name for item in one.values if item.origin == "group lab"}

        for item in both.values:
            name = item.declared.name
            if name in from_lab:
                before = next(each for each in one.values if each.declared.name == name)
                assert item.declared.as_strict(item.value, before.value)
