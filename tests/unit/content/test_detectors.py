"""What the built-in detectors see, and what they must leave alone."""

from __future__ import annotations

import random
import re
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.content import answer, walk
from gateway.content.glance import suspect
from gateway.content.inspect import CIRCUMSTANCES, Inspector, data_class, merged, summarise
from gateway.content.patterns import BUILT_IN, NUMERIC, PatternDetector
from gateway.core.content import DETECTOR_FAILED, DataClass, Finding

INSPECTOR = Inspector()

SEEN = [
    ("EMAIL_ADDRESS", "jane.doe@acme.example"),
    ("EMAIL_ADDRESS", "jürgen.müller@firma-köln.de"),
    ("EMAIL_ADDRESS", "o'neill+work@mail.co.uk"),
    ("IBAN_CODE", "DE89 3704 0044 0532 0130 00"),
    ("IBAN_CODE", "GB82WEST12345698765432"),
    ("CREDIT_CARD", "4111 1111 1111 1111"),
    ("CREDIT_CARD", "5555-5555-5555-4444"),
    ("CREDIT_CARD", "378282246310005"),
    ("PHONE_NUMBER", "+49 30 901820"),
    ("PHONE_NUMBER", "+1 555 0100 199"),
    ("PHONE_NUMBER", "(555) 123-4567"),
    ("US_SSN", "911-22-3333"),
    ("US_SSN", "123-45-6789"),
    ("UK_NINO", "AB 12 34 56 C"),
    ("ES_NIF", "12345678Z"),
    ("IT_FISCAL_CODE", "RSSMRA85T10A562S"),
    ("IP_ADDRESS", "192.0.2.17"),
    ("IP_ADDRESS", "2001:db8::1"),
    ("SECRET", "AKIAIOSFODNN7EXAMPLE"),
    ("SECRET", "ghp_" + "a1B2" * 9),
    ("SECRET", "xoxb-1234567890-abcdefghij"),
    ("SECRET", "sk_live_" + "a1B2c3D4e5F6"),
    ("SECRET", "sk-pv-" + "a1B2c3D4" * 7),
    ("SECRET", "postgres://bob:s3cret@db.internal"),
    ("SECRET", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlLXZhbHVl"),
    ("SECRET", "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----"),
]

NAMED = [
    ("UK_NHS", "943 476 5919", "NHS number"),
    ("DE_TAX_ID", "36574261809", "Steuer-ID"),
    ("NL_BSN", "111222333", "BSN"),
    ("PL_PESEL", "44051401359", "PESEL"),
    ("BE_NN", "85.07.30-033.28", "rijksregisternummer"),
]

IN_CONTEXT = [
    ("BIRTH_DATE", "12 March 1985", "She was born on {} in Leeds."),
    ("BIRTH_DATE", "14.08.1990", "geboren am {} in Köln"),
    ("BIRTH_DATE", "3 mai 2001", "née le {} à Lyon"),
    ("DATE_TIME", "2026-11-24", "The meeting is on {}, as agreed."),
    ("DATE_TIME", "5 de mayo de 1999", "El contrato es del {}."),
    ("DATE_TIME", "1998", "They have been there since {}."),
    ("ADDRESS", "221B Baker Street, London NW1 6XE", "Send it to {}."),
    ("ADDRESS", "1600 Pennsylvania Avenue NW, Washington, DC 20500", "It is at {}."),
    ("ADDRESS", "Musterstraße 12a, 10115 Berlin", "Ich wohne in der {}."),
    ("ADDRESS", "12 rue de la Paix, 75002 Paris", "J'habite {}."),
    ("ADDRESS", "Calle Mayor 5, 28013 Madrid", "Vivo en {}."),
    ("ADDRESS", "Keizersgracht 123, 1015 CJ Amsterdam", "Ik woon op {}."),
    ("ADDRESS", "P.O. Box 4711", "Write to {}."),
    ("REFERENCE_NUMBER", "48213-A", "Our customer number {} is right."),
    ("REFERENCE_NUMBER", "123456", "Kundennummer: {}"),
    ("REFERENCE_NUMBER", "12 O 345/21", "Aktenzeichen {}"),
    ("REFERENCE_NUMBER", "36110/97", "in the application no. {} against"),
    ("REFERENCE_NUMBER", "AB-2021-55", "le n° de dossier {}"),
    ("REFERENCE_NUMBER", "INC-12345", "see ticket {} for more"),
    ("PASSPORT", "X1234567", "my passport no. {}"),
    ("LICENSE_PLATE", "B-AB 1234", "the license plate {}"),
    ("DRIVER_LICENSE", "D1234567", "driver's license {}"),
    ("URL", "https://acme.example/users/jane?x=1", "see {}."),
    ("PHONE_NUMBER", "532 521 866", "call me on {}"),
    ("PHONE_NUMBER", "(952)606-4279x28775", "my office: {}"),
]

NO_CONTEXT = [
    "She was there in the spring and moved During 1984.",
    "order 12 pieces of part 48213-A, row 5, seat 12",
    "We need 300 Main Widgets and 20 Way Points",
    "There were 532 521 866 visits in total.",
    "Chapter 12, 5 Lessons from the Street",
]

LEFT_ALONE = [
    "The meeting is at 12:30:45 on 2026-11-24.",
    "Version v1.2.3.4 of the library, build 20261124.",
    "std::vector<int> values; foo::bar();",
    "Order 4111 1111 1111 1112 has no valid check digit.",
    "password is required to continue",
    'key = os.environ["API_KEY"]; password = getpass.getpass()',
    "api_key: ${OPENAI_API_KEY}",
    "the password: ********",
    "IBAN DE00 0000 0000 0000 0000 00 is not one.",
    "@mention and me@localhost are not addresses",
    "000-12-3456 and 666-12-3456 were never issued",
    "a price of 1,234,567.89 euros for 12 pieces",
]

VALUES = [value for _, value in SEEN] + [frame.format(value) for _, value, frame in IN_CONTEXT]
WITHOUT_DIGITS = [
    re.sub("[0-9]", letter, value) for value in VALUES for letter in ("", "A", "\u0663")
]
TOGETHER = PatternDetector()
ALONE = [PatternDetector([[pattern]]) for family in BUILT_IN for pattern in family]
NUMBERED = [PatternDetector([[pattern]]) for family in NUMERIC for pattern in family]


class TestSeen:
    @pytest.mark.parametrize(("kind", "value"), SEEN)
    @pytest.mark.parametrize("frame", ["{}", "Please note {}, thanks.", "füür «{}» 雪", "({})"])
    def test_a_value_is_found_whole(self, kind: str, value: str, frame: str) -> None:
        """
        Each value is found with its exact place, whatever stands around it.
        """
        text = frame.format(value)
        found = [item for item in INSPECTOR.inspect(text) if item.type == kind]

        assert [text[item.start : item.end] for item in found] == [value]

    @pytest.mark.parametrize(("kind", "value", "word"), NAMED)
    def test_bare_digits_need_their_name(self, kind: str, value: str, word: str) -> None:
        """
        A number that is only digits is found where a word names it, and not by itself.
        """
        named = {item.type for item in INSPECTOR.inspect(f"My {word} is {value}.")}
        bare = {item.type for item in INSPECTOR.inspect(f"The total is {value}.")}

        assert kind in named
        assert kind not in bare

    @pytest.mark.parametrize(("kind", "value", "frame"), IN_CONTEXT)
    def test_a_value_is_found_where_its_context_names_it(
        self, kind: str, value: str, frame: str
    ) -> None:
        """
        Dates, postal addresses and the numbers of offices are found whole, in five languages.
        """
        text = frame.format(value)
        found = [
            text[item.start : item.end] for item in INSPECTOR.inspect(text) if item.type == kind
        ]

        assert found == [value]

    @pytest.mark.parametrize("text", [*LEFT_ALONE, *NO_CONTEXT])
    def test_lookalikes_are_left_alone(self, text: str) -> None:
        """
        A masked version number spoils an answer: lookalikes give no finding that identifies.
        """
        found = [item for item in INSPECTOR.inspect(text) if item.type not in CIRCUMSTANCES]

        assert found == []

    def test_a_password_is_found_without_its_label(self) -> None:
        """
        Of an assignment only the value is the secret.
        """
        text = "Log in with password: hunter2-xyz today"
        found = INSPECTOR.inspect(text)

        assert [text[item.start : item.end] for item in found] == ["hunter2-xyz"]

    def test_the_prefilter_lets_nothing_through(self) -> None:
        """
        Whatever a pattern sees passes the prefilter that skips plain prose.
        """
        values = [value for _, value in SEEN] + [value for _, value, _ in NAMED]

        assert all(suspect(value) for value in values)
        assert sum(map(len, BUILT_IN)) > 25

    @pytest.mark.parametrize("word", sorted(answer._PROTOCOL | walk.KEYS | walk.ROLES))
    def test_what_is_not_looked_at_holds_nothing(self, word: str) -> None:
        """
        The protocol's own words have no finding, so that passing them over loses none.
        """
        assert INSPECTOR.inspect(word) == ()

    @given(st.text(st.sampled_from("aZ0é中・Ⅷ٣—“.'!?(]-@ \n\u0301") | st.characters(codec=None)))
    def test_the_prefilter_knows_letters_of_every_script(self, text: str) -> None:
        """
        What stands between two letters or digits makes a text suspect, whatever these are.
        """
        plainly = re.compile(
            r"[0-9@=_+/\\\-:#$%&^~|{}<>]|[A-Z]{2}|[a-z][A-Z]|\w[!?.,;*'\"()\[\]]\w"
        )

        assert suspect(text) or not plainly.search(text)

    @pytest.mark.parametrize("text", WITHOUT_DIGITS)
    def test_families_of_numbers_find_none_without_a_digit(self, text: str) -> None:
        """
        What is passed over in a text without digits would have found nothing there.
        """
        assert [item for one in NUMBERED for item in one.find(text)] == []

    @given(
        st.lists(st.sampled_from([*VALUES, *LEFT_ALONE, *WITHOUT_DIGITS]), min_size=1, max_size=6)
    )
    @settings(max_examples=100, deadline=None)
    def test_families_hide_nothing_from_each_other(self, values: list[str]) -> None:
        """
        Looked for together, patterns see what each sees by itself.
        """
        text = " and ".join(values)

        assert set(TOGETHER.find(text)) == {item for one in ALONE for item in one.find(text)}


class TestIdentifiers:
    def test_the_groups_of_a_uuid_are_no_numbers(self) -> None:
        """
        Some of them could be a telephone number or a card by their digits (RFC 9562).
        """
        seeded = random.Random(9)
        made = [UUID(int=seeded.getrandbits(128), version=4) for _ in range(10_000)]
        known = [
            "2ea0f690-a43b-4a6d-a1e2-671708376841",
            "2b10972c-0782-4882-8564-4737e440afb3",
            "0ee60791-0082-4435-884d-3b60c7dab0af",
        ]
        text = " and ".join([*map(str, made), *known])

        found = {item.type for item in INSPECTOR.inspect(text, names=False)}
        assert found.isdisjoint({"PHONE_NUMBER", "CREDIT_CARD"})

    @pytest.mark.parametrize("number", ["0221-4710-8156", "6759649826438453", "0049-2214-710815"])
    @pytest.mark.parametrize("frame", ["{} {}", "{}, {}", "call {}: {}", "{}/{}"])
    def test_a_number_beside_one_is_found(self, number: str, frame: str) -> None:
        """
        Whatever stands between them but what joins the groups.
        """
        text = frame.format("2ea0f690-a43b-4a6d-a1e2-d71708376841", number)
        found = [text[item.start : item.end] for item in INSPECTOR.inspect(text)]

        assert found == [number]


class TestHostileText:
    def test_lone_surrogates_hide_nothing(self) -> None:
        """
        Text that is not valid Unicode is inspected all the same.
        """
        found = INSPECTOR.inspect("\ud800 jane@acme.example \udfff")

        assert [item.type for item in found] == ["EMAIL_ADDRESS"]

    @pytest.mark.parametrize("unit", ["a@", "1 ", "-----BEGIN ", "eyJ", "password: ", "::", "+1("])
    def test_a_megabyte_of_almost_matches(self, unit: str) -> None:
        """
        RE2 is linear: a line of a megabyte that nearly matches everywhere still comes back.
        """
        assert isinstance(INSPECTOR.inspect(unit * (1_000_000 // len(unit))), tuple)

    def test_a_detector_that_throws_is_a_finding(self) -> None:
        """
        P2: a detector's failure marks the whole text, so that policy can refuse it.
        """

        class Broken:
            name = "broken"

            def find(self, text: str) -> list[Finding]:
                raise RuntimeError(text)

        found = Inspector([Broken()]).inspect("anything")

        assert [(item.type, item.rule) for item in found] == [(DETECTOR_FAILED, "broken")]
        assert data_class(summarise(found), DataClass.PUBLIC) is DataClass.RESTRICTED


class TestMerging:
    def test_a_secret_wins_over_what_is_in_it(self) -> None:
        """
        An address with credentials is one secret, not an e-mail address and a host.
        """
        found = INSPECTOR.inspect("https://bob:p4ss@mail.example.com/inbox")

        assert [item.type for item in found] == ["SECRET"]

    def test_what_is_confirmed_wins_over_what_looks_alike(self) -> None:
        """
        A validated finding displaces an unvalidated one, even a longer one.
        """
        longer = Finding("PHONE_NUMBER", 0, 20, 0.6, "phone")
        confirmed = Finding("CREDIT_CARD", 2, 18, 0.98, "card", "card.luhn")

        assert merged([longer, confirmed]) == (confirmed,)

    def test_neighbours_both_stay(self) -> None:
        """
        Findings that only touch do not displace each other.
        """
        left, right = Finding("A", 0, 5, 1.0, "a"), Finding("B", 5, 9, 1.0, "b")

        assert merged([right, left]) == (left, right)


class TestDataClass:
    def test_what_identifies_raises_the_class(self) -> None:
        """
        An identifier or a lesser token makes content confidential, a grave secret restricted.
        """
        person = summarise([Finding("EMAIL_ADDRESS", 0, 1, 1.0, "email")])
        secret = summarise([Finding("SECRET", 0, 1, 1.0, "secret.private_key")])
        lesser = summarise([Finding("SECRET", 0, 1, 1.0, "secret.jwt")])

        assert data_class((), DataClass.INTERNAL) is DataClass.INTERNAL
        assert data_class(person, DataClass.PUBLIC) is DataClass.CONFIDENTIAL
        assert data_class(person, DataClass.RESTRICTED) is DataClass.RESTRICTED
        assert data_class(secret, DataClass.PUBLIC) is DataClass.RESTRICTED
        assert data_class(lesser, DataClass.PUBLIC) is DataClass.CONFIDENTIAL
