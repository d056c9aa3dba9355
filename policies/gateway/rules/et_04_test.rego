package gateway.rules.et_04_test

import data.gateway.lib.example
import data.gateway.rules.et_04

codes(question) := found if {
	reasons := et_04.deny with input as question
	found := {reason.code | some reason in reasons}
}

advised(question) := found if {
	items := et_04.advice with input as question
	found := {item.code | some item in items}
}

signals(items) := {"signals": {"misuse": items}}

misuse(category, score) := example.changed(signals([{"category": category, "score": score}]))

to(question, audience) := object.union(question, {"purpose": {"audience": audience}})

test_a_question_without_misuse_passes if {
	codes(example.request) == set()
	advised(example.request) == set()
}

test_manipulation_is_denied_from_the_score_on if {
	codes(misuse("manipulation", 70)) == {"manipulation.request"}
	codes(misuse("manipulation", 69)) == set()
}

test_the_bar_is_lower_outside_the_house if {
	every audience in ["consumers", "public", "", "perhaps"] {
		codes(to(misuse("manipulation", 50), audience)) == {"manipulation.request"}
		codes(to(misuse("manipulation", 49), audience)) == set()
	}
}

test_the_bar_is_lower_where_a_minor_is_concerned if {
	question := object.union(misuse("manipulation", 50), {"signals": {"minor": true}})
	codes(question) == {"manipulation.request"}
}

test_whether_a_minor_is_concerned_must_be_told if {
	codes(json.remove(misuse("manipulation", 50), ["signals/minor"])) == {"manipulation.request"}
}

test_an_audience_that_is_not_told_is_outside if {
	codes(json.remove(misuse("manipulation", 50), ["purpose/audience"])) == {"manipulation.request"}
}

test_a_doubtful_case_is_warned_about if {
	advised(misuse("manipulation", 40)) == {"manipulation.near"}
	advised(misuse("manipulation", 39)) == set()
}

test_other_misuse_is_for_other_rules if {
	codes(to(misuse("disinformation", 100), "public")) == set()
	advised(misuse("disinformation", 100)) == set()
}
