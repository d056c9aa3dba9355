"""A tenant's own lists and shapes."""

from __future__ import annotations

import time

import pytest

from gateway.content.dictionaries import (
    MOST_TERMS,
    Dictionary,
    DictionaryDetector,
    Shape,
    TenantTerms,
    both_ways,
    detectors,
    parsed,
)
from gateway.content.inspect import Inspector
from gateway.errors import InvalidTerms

STAFF = Dictionary("staff", "PERSON", both_ways("Anna", "Kowalska"))


def found(terms: TenantTerms, text: str) -> list[tuple[str, str]]:
    """What these terms find in `text`."""
    return [
        (item.type, text[item.start : item.end])
        for item in Inspector(detectors(terms)).inspect(text)
    ]


class TestDictionaries:
    def test_people_are_found_in_either_order_and_case(self) -> None:
        """
        A staff directory finds "First Last" and "Last, First", in any case.
        """
        terms = TenantTerms((STAFF,))

        assert found(terms, "ANNA KOWALSKA or kowalska, anna") == [
            ("PERSON", "ANNA KOWALSKA"),
            ("PERSON", "kowalska, anna"),
        ]

    def test_words_are_whole(self) -> None:
        """
        A term inside of another word is none, unless the list says so.
        """
        whole = Dictionary("projects", "PROJECT", ("Phoenix",), any_case=False)
        parts = Dictionary("codes", "PROJECT", ("PHX",), whole_words=False)

        assert found(TenantTerms((whole, parts)), "phoenix Phoenixes Phoenix, xphx1") == [
            ("PROJECT", "Phoenix"),
            ("PROJECT", "phx"),
        ]

    def test_the_longest_term_wins(self) -> None:
        """
        Of terms within terms the whole one is the finding.
        """
        terms = Dictionary("customers", "CUSTOMER", ("North", "North Sea Foods"))

        assert found(TenantTerms((terms,)), "Ask North Sea Foods.") == [
            ("CUSTOMER", "North Sea Foods")
        ]

    def test_places_stay_where_lower_case_is_longer(self) -> None:
        """
        A dotted capital I before a name moves nothing.
        """
        terms = TenantTerms((STAFF,))

        assert found(terms, "\u0130\u0130 Anna Kowalska") == [("PERSON", "Anna Kowalska")]

    def test_half_of_a_surrogate_pair_hides_nobody(self) -> None:
        """
        Nor does it move what stands behind it.
        """
        terms = TenantTerms((STAFF,))

        assert found(terms, "\ud83d Anna Kowalska") == [("PERSON", "Anna Kowalska")]

    def test_half_a_million_entries_are_bounded(self) -> None:
        """
        As many terms as are allowed are built within seconds.
        """
        began = time.process_time()
        detector = DictionaryDetector(
            [Dictionary("numbers", "CUSTOMER", tuple(f"K{at:06}" for at in range(MOST_TERMS)))]
        )

        assert time.process_time() - began < 20
        assert [(item.start, item.end) for item in detector.find("see K123456.")] == [(4, 11)]

    @pytest.mark.parametrize(
        ("terms", "said"),
        [
            (("a",), "characters"),
            (("a" * 201,), "characters"),
            (("x",) * (MOST_TERMS + 1), "at most"),
        ],
    )
    def test_what_breaks_a_limit_is_refused(self, terms: tuple[str, ...], said: str) -> None:
        """
        Terms that are too many, too short or too long are refused, without repeating them.
        """
        with pytest.raises(InvalidTerms, match=said):
            DictionaryDetector([Dictionary("list", "X", terms)])


class TestShapes:
    def test_a_shape_finds_its_group(self) -> None:
        """
        Of a pattern with a group, the group is the value.
        """
        terms = TenantTerms(shapes=(Shape("customer", r"\bKD-([0-9]{6})\b"),))

        assert found(terms, "our KD-123456") == [("REFERENCE_NUMBER", "123456")]

    @pytest.mark.parametrize(
        ("expression", "said"),
        [
            ("(?=x)y", "RE2 syntax"),
            (r"(a)\1", "RE2 syntax"),
            ("(a)(b)", "more than one group"),
            ("a*", "empty text"),
            ("x" * 501, "501 characters"),
            (r"(?:\pL{1,90}x){1,9}", "instructions"),
        ],
    )
    def test_what_breaks_the_budget_is_refused(self, expression: str, said: str) -> None:
        """
        A pattern that is no RE2, or too large, is refused and the reason is said.
        """
        with pytest.raises(InvalidTerms) as refused:
            detectors(TenantTerms(shapes=(Shape("mine", expression),)))

        assert said in refused.value.message

    def test_there_is_a_limit_to_their_number(self) -> None:
        """
        A tenant has at most fifty patterns.
        """
        with pytest.raises(InvalidTerms, match="51 patterns"):
            detectors(TenantTerms(shapes=tuple(Shape(f"s{at}", f"K{at}") for at in range(51))))

    def test_a_pattern_made_to_stall_does_not(self) -> None:
        """
        RE2 is linear: what stalls a backtracking engine is searched at once.
        """
        terms = TenantTerms(shapes=(Shape("bomb", "(?:a|aa)+$"),))
        began = time.process_time()
        found(terms, "a" * 200_000 + "b")

        assert time.process_time() - began < 5


class TestWrittenDown:
    def test_an_administrators_file_becomes_terms(self) -> None:
        """
        Lists and shapes as they are written down; what is missing has its default.
        """
        terms = parsed(
            {
                "dictionaries": [{"name": "projects", "type": "PROJECT", "terms": ["Phoenix"]}],
                "shapes": [{"name": "customer", "expression": "KD-[0-9]{6}"}],
            }
        )

        assert found(terms, "phoenix for KD-123456") == [
            ("PROJECT", "phoenix"),
            ("REFERENCE_NUMBER", "KD-123456"),
        ]

    @pytest.mark.parametrize(
        "document",
        [None, "x", 7, {"lists": []}, {"shapes": [{"name": "x"}]}, {"dictionaries": [{}]}],
    )
    def test_anything_else_is_refused(self, document: object) -> None:
        """
        A document of another form is refused.
        """
        with pytest.raises(InvalidTerms):
            parsed(document)


class TestTenants:
    def test_the_terms_of_one_tenant_are_not_found_for_another(self) -> None:
        """
        P4: an inspector with one tenant's terms leaves the shared one, and its memory, as it was.
        """
        shared = Inspector([])
        mine = shared.beside(detectors(TenantTerms((STAFF,))))
        text = "please ask Anna Kowalska about the budget for the coming year, and Piotr too"

        assert [item.type for item in mine.inspect(text)] == ["PERSON"]
        assert shared.inspect(text) == ()
