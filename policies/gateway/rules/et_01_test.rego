package gateway.rules.et_01_test

import data.gateway.lib.example
import data.gateway.rules.et_01

codes(question) := found if {
	reasons := et_01.deny with input as question
	found := {reason.code | some reason in reasons}
}

advised(question) := found if {
	items := et_01.advice with input as question
	found := {item.code | some item in items}
}

signals(items) := {"signals": {"misuse": items}}

misuse(category, score) := example.changed(signals([{"category": category, "score": score}]))

public(question) := object.union(question, {"purpose": {"publication": "public"}})

test_a_question_without_misuse_passes if {
	codes(example.request) == set()
	advised(example.request) == set()
}

test_disinformation_is_denied_from_the_score_on if {
	codes(misuse("disinformation", 70)) == {"disinformation.request"}
	codes(misuse("disinformation", 69)) == set()
}

test_what_is_published_is_denied_sooner if {
	codes(public(misuse("disinformation", 50))) == {"disinformation.request"}
	codes(public(misuse("disinformation", 49))) == set()
	codes(misuse("disinformation", 50)) == set()
}

test_a_high_score_to_be_published_gives_one_reason if {
	codes(public(misuse("disinformation", 95))) == {"disinformation.request"}
}

test_talk_about_fake_news_is_warned_about_from_the_lower_score_on if {
	advised(misuse("disinformation", 40)) == {"disinformation.near"}
	advised(misuse("disinformation", 39)) == set()
}

test_other_misuse_is_for_other_rules if {
	codes(public(misuse("fraud", 100))) == set()
	advised(misuse("fraud", 100)) == set()
}

test_one_of_several_is_enough if {
	items := [{"category": "fraud", "score": 90}, {"category": "disinformation", "score": 90}]
	codes(example.changed(signals(items))) == {"disinformation.request"}
}

test_a_company_may_be_stricter if {
	stricter := {"parameters": {"et_01_score": 20, "et_01_warn": 10}}
	codes(object.union(misuse("disinformation", 20), stricter)) == {"disinformation.request"}
	advised(object.union(misuse("disinformation", 10), stricter)) == {"disinformation.near"}
}
