from __future__ import annotations

import threading

import pytest

from gateway.core.decision import Decision, unavailable
from gateway.pdp.cache import CachedPdp
from tests.unit.pdp.builders import ACME, GLOBEX, SetClock, ToldEngine, deny, permit

REQUEST, OUTPUT = "gateway/decision", "gateway/output/decision"


class TestRemembering:
    @pytest.mark.parametrize("decision", [permit(), deny()], ids=["permit", "deny"])
    def test_the_same_question_is_asked_once(self, decision: Decision) -> None:
        """
        A permit and a rule's deny are both answers of the policy, and both are kept.
        """
        engine = ToldEngine(decision)
        cache = CachedPdp(engine, 10)

        answers = [cache.decide(ACME, REQUEST, b"{}") for _ in range(3)]

        assert answers == [decision] * 3
        assert engine.asked == 1
        assert (cache.hits, cache.misses, len(cache)) == (2, 1, 1)

    def test_what_differs_is_asked_again(self) -> None:
        """
        Tenant, entrypoint and every byte of the question are part of the question.
        """
        engine = ToldEngine(permit())
        cache = CachedPdp(engine, 10)

        cache.decide(ACME, REQUEST, b"{}")
        cache.decide(GLOBEX, REQUEST, b"{}")
        cache.decide(ACME, OUTPUT, b"{}")
        cache.decide(ACME, REQUEST, b"{ }")

        assert engine.asked == 4

    def test_a_new_revision_forgets_the_old_answers(self) -> None:
        """
        Once the engine says that it runs something else, no old answer is given.
        """
        engine = ToldEngine(permit("r1"))
        cache = CachedPdp(engine, 10)
        cache.decide(ACME, REQUEST, b"{}")
        engine.decision, engine.revision = permit("r2"), "r2"

        assert cache.decide(ACME, REQUEST, b"{}").revision == "r2"

    def test_an_answer_is_kept_under_the_revision_it_names(self) -> None:
        """
        A server may be given another bundle between two questions: what it answered then
        must not be found under the revision it was thought to have.
        """
        engine = ToldEngine(permit("r1"))
        engine.decision = permit("r2")
        cache = CachedPdp(engine, 10)

        cache.decide(ACME, REQUEST, b"{}")
        cache.decide(ACME, REQUEST, b"{}")

        assert engine.asked == 2

    def test_an_answer_lives_as_long_as_the_engine_says(self) -> None:
        """
        A server's answers hold for two seconds, because it may change meanwhile.
        """
        engine, clock = ToldEngine(permit()), SetClock()
        engine.lifetime = 2.0
        cache = CachedPdp(engine, 10, clock)
        cache.decide(ACME, REQUEST, b"{}")

        clock.ticks += 1.9
        cache.decide(ACME, REQUEST, b"{}")
        assert engine.asked == 1

        clock.ticks += 0.2
        cache.decide(ACME, REQUEST, b"{}")
        assert engine.asked == 2


class TestNotRemembering:
    @pytest.mark.parametrize(
        "decision",
        [
            unavailable(),
            unavailable("r1", "policy.timeout"),
            permit().refused("GATEWAY", "policy.malformed"),
            deny("GATEWAY", "policy.rule_missing"),
        ],
        ids=lambda decision: decision.reasons[0].code,
    )
    def test_the_lack_of_a_decision_is_never_kept(self, decision: Decision) -> None:
        """
        A moment's outage must not refuse the next caller too.
        """
        engine = ToldEngine(decision)
        cache = CachedPdp(engine, 10)

        cache.decide(ACME, REQUEST, b"{}")
        cache.decide(ACME, REQUEST, b"{}")

        assert engine.asked == 2
        assert len(cache) == 0

    def test_no_entries_means_no_cache(self) -> None:
        """
        `cache_entries: 0` asks the engine each time.
        """
        engine = ToldEngine(permit())
        cache = CachedPdp(engine, 0)

        cache.decide(ACME, REQUEST, b"{}")
        cache.decide(ACME, REQUEST, b"{}")

        assert engine.asked == 2


class TestBounds:
    def test_the_least_recently_used_goes_first(self) -> None:
        """
        Never more than `entries`, and what is in use stays.
        """
        engine = ToldEngine(permit())
        cache = CachedPdp(engine, 2)
        for question in (b"a", b"b", b"a", b"c"):
            cache.decide(ACME, REQUEST, question)
        assert len(cache) == 2

        asked = engine.asked
        cache.decide(ACME, REQUEST, b"a")
        assert engine.asked == asked
        cache.decide(ACME, REQUEST, b"b")
        assert engine.asked == asked + 1

    def test_long_questions_do_not_fill_the_memory(self) -> None:
        """
        The bytes count as well as the entries, and what goes is taken off the count.
        """
        cache = CachedPdp(ToldEngine(permit()), 1_000, most_bytes=50_000)
        for number in range(100):
            cache.decide(ACME, REQUEST, b"%05d" % number * 1_000)

        assert 0 < cache.size <= 50_000
        assert len(cache) < 10

    def test_a_question_over_the_whole_bound_is_not_kept(self) -> None:
        """
        It is answered, and asked again next time.
        """
        cache = CachedPdp(ToldEngine(permit()), 10, most_bytes=1_000)

        assert cache.decide(ACME, REQUEST, b"x" * 2_000).permits
        assert (cache.size, len(cache)) == (0, 0)

    def test_the_same_answer_again_counts_once(self) -> None:
        """
        An answer that was looked up anew because it was old replaces itself.
        """
        engine, clock = ToldEngine(permit()), SetClock()
        engine.lifetime = 1.0
        cache = CachedPdp(engine, 10, clock)
        cache.decide(ACME, REQUEST, b"{}")
        size = cache.size
        clock.ticks += 2
        cache.decide(ACME, REQUEST, b"{}")

        assert (cache.size, len(cache)) == (size, 1)

    def test_many_threads_find_whole_answers(self) -> None:
        """
        Under contention the counts add up and the bound holds.
        """
        cache = CachedPdp(ToldEngine(permit()), 5)
        wrong: list[Decision] = []

        def work() -> None:
            for number in range(300):
                decision = cache.decide(ACME, REQUEST, b"%d" % (number % 8))
                if not decision.permits:
                    wrong.append(decision)

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)

        assert wrong == []
        assert len(cache) <= 5
        assert cache.hits + cache.misses == 6 * 300
