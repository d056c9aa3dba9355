package gateway.lib.merge_test

import data.gateway.lib.merge

codes(answers, subject) := {reason.code | some reason in merge.standing(answers, subject)}

said(part, code) := [{"rule": "r", "part": part, "items": {{"code": code}}, "sound": true}]

test_another_destination_is_never_settled_by_a_word if {
	codes(said("route", "a"), {"approved": ["a"], "confirmed": ["a"]}) == {"a"}
}

test_a_word_settles_what_was_asked_for if {
	codes(said("require_acknowledgement", "a"), {"approved": [], "confirmed": ["a"]}) == set()
}

test_a_second_person_settles_what_a_word_would if {
	codes(said("require_acknowledgement", "a"), {"approved": ["a"], "confirmed": []}) == set()
}

test_other_words_settle_nothing if {
	codes(said("require_acknowledgement", "a"), {"approved": ["b"], "confirmed": ["c"]}) == {"a"}
}
