package gateway.rules.et_07_test

import data.gateway.lib.example
import data.gateway.rules.et_07

codes(question) := found if {
	reasons := et_07.deny with input as question
	found := {reason.code | some reason in reasons}
}

advised(question) := found if {
	items := et_07.advice with input as question
	found := {item.code | some item in items}
}

signals(items) := {"signals": {"misuse": items}}

misuse(category, score) := example.changed(signals([{"category": category, "score": score}]))

about_a_minor(question) := object.union(question, {"signals": {"minor": true}})

test_a_question_without_misuse_passes if {
	codes(example.request) == set()
	advised(example.request) == set()
}

test_a_minor_who_is_spoken_of_passes if codes(about_a_minor(example.request)) == set()

test_sexual_violent_and_harassing_content_is_denied_from_the_score_on if {
	found := {"sexual_content": "harm.sexual", "violence": "harm.violence", "harassment": "harm.harassment"}
	every category, code in found {
		codes(misuse(category, 70)) == {code}
		codes(misuse(category, 69)) == set()
	}
}

test_the_gravest_is_denied_sooner if {
	found := {"child_abuse": "harm.child_abuse", "intimate_imagery": "harm.intimate_imagery"}
	every category, code in found {
		codes(misuse(category, 40)) == {code}
		codes(misuse(category, 39)) == set()
	}
}

test_anything_sexual_about_a_minor_is_denied_at_any_score if {
	every category in ["sexual_content", "intimate_imagery"] {
		codes(about_a_minor(misuse(category, 1))) == {"harm.child_abuse"}
	}
}

test_whether_a_minor_is_concerned_must_be_told if {
	codes(json.remove(misuse("sexual_content", 1), ["signals/minor"])) == {"harm.child_abuse"}
}

test_sexual_content_with_a_real_person_in_it_is_intimate_imagery if {
	likeness := {"signals": {"real_person": {"likeness": true}}}
	codes(object.union(misuse("sexual_content", 40), likeness)) == {"harm.intimate_imagery"}
	codes(object.union(misuse("sexual_content", 39), likeness)) == set()
	codes(object.union(misuse("violence", 69), likeness)) == set()
}

test_talk_about_harm_is_warned_about if {
	every category in ["sexual_content", "violence", "harassment"] {
		advised(misuse(category, 40)) == {"harmful.near"}
		advised(misuse(category, 39)) == set()
	}
}

test_a_person_who_speaks_of_self_harm_is_answered_and_told_where_there_is_help if {
	codes(misuse("self_harm", 100)) == set()
	advised(misuse("self_harm", 30)) == {"care.self_harm"}
	advised(misuse("self_harm", 29)) == set()
}

test_other_misuse_is_for_other_rules if {
	codes(about_a_minor(misuse("malware", 100))) == set()
	advised(misuse("malware", 100)) == set()
}
