package gateway.rules.et_02_test

import data.gateway.lib.example
import data.gateway.rules.et_02

codes(question) := found if {
	reasons := et_02.deny with input as question
	found := {reason.code | some reason in reasons}
}

advised(question) := found if {
	items := et_02.advice with input as question
	found := {item.code | some item in items}
}

owed(question) := found if {
	found := et_02.obligations with input as question
}

signals(items) := {"signals": {"misuse": items}}

misuse(category, score) := example.changed(signals([{"category": category, "score": score}]))

person(values) := example.changed({"signals": {"real_person": values}})

of_kind(question, kind) := object.union(question, {"request": {"kind": kind}})

agreed(question) := object.union(question, {"signals": {"real_person": {"consent": true}}})

label := {{"id": "ET-02/label", "type": "label", "params": {"labels": ["likeness"]}}}

test_a_question_about_nobody_passes if {
	codes(example.request) == set()
	advised(example.request) == set()
	owed(example.request) == set()
}

test_a_likeness_without_consent_is_denied if {
	every kind in ["chat", "image", "audio", "video"] {
		codes(of_kind(person({"likeness": true}), kind)) == {"likeness.no_consent"}
	}
}

test_a_likeness_with_consent_passes_and_is_labelled if {
	question := person({"likeness": true, "consent": true})
	codes(question) == set()
	owed(question) == label
}

test_the_label_is_owed_whether_or_not_there_is_consent if {
	owed(person({"likeness": true})) == label
	owed(misuse("impersonation", 70)) == label
}

test_a_name_in_a_text_passes if {
	codes(person({"named": true})) == set()
	owed(person({"named": true})) == set()
	codes(of_kind(person({"named": true}), "audio")) == set()
}

test_a_name_where_a_picture_is_made_needs_consent if {
	every kind in ["image", "video"] {
		codes(of_kind(person({"named": true}), kind)) == {"likeness.no_consent"}
		codes(of_kind(person({"named": true, "consent": true}), kind)) == set()
		owed(of_kind(person({"named": true, "consent": true}), kind)) == label
	}
}

test_impersonation_is_denied_from_the_score_on if {
	codes(misuse("impersonation", 70)) == {"likeness.impersonation"}
	codes(misuse("impersonation", 69)) == set()
	owed(misuse("impersonation", 69)) == set()
}

test_impersonation_with_consent_passes_and_is_labelled if {
	codes(agreed(misuse("impersonation", 95))) == set()
	owed(agreed(misuse("impersonation", 95))) == label
}

test_a_doubtful_case_is_warned_about if {
	advised(misuse("impersonation", 40)) == {"likeness.near"}
	advised(misuse("impersonation", 39)) == set()
}

test_other_misuse_is_for_other_rules if codes(misuse("malware", 100)) == set()

test_consent_that_is_not_told_is_not_there if {
	question := json.remove(person({"likeness": true}), ["signals/real_person/consent"])
	codes(question) == {"likeness.no_consent"}
	codes(json.remove(misuse("impersonation", 90), ["signals/real_person"])) == {"likeness.impersonation"}
}
