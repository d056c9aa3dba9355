package gateway.output_rules.et_06_test

import data.gateway.lib.example
import data.gateway.output_rules.et_06

codes(question) := found if {
	reasons := et_06.deny with input as question
	found := {reason.code | some reason in reasons}
}

advised(question) := found if {
	items := et_06.advice with input as question
	found := {item.code | some item in items}
}

owed(question) := found if {
	found := et_06.obligations with input as question
}

purpose(values) := example.changed_output({"purpose": values})

label := {{"id": "ET-06/label", "type": "label", "params": {"labels": ["human_review"]}}}

test_an_answer_that_decides_about_nobody_passes if {
	codes(example.output) == set()
	advised(example.output) == set()
	owed(example.output) == set()
}

test_an_answer_that_bears_on_a_decision_is_labelled if {
	every values in [{"decides_about_person": true}, {"domain": "employment"}, {"domain": "health", "reviewer": true}] {
		codes(purpose(values)) == set()
		owed(purpose(values)) == label
		advised(purpose(values)) == {"decision.person_decides"}
	}
}

test_another_domain_is_not_labelled if {
	owed(purpose({"domain": "public_affairs"})) == set()
}
