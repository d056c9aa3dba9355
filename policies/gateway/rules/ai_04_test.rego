package gateway.rules.ai_04_test

import data.gateway.lib.example
import data.gateway.rules.ai_04

denied(values) := found if {
	reasons := ai_04.deny with input as example.changed(values)
	found := {reason.code | some reason in reasons}
}

warned(values) := found if {
	found := ai_04.advice with input as example.changed(values)
}

misuse(category, score) := {"signals": {"misuse": [{"category": category, "score": score}]}}

test_ordinary_work_passes if {
	denied({}) == set()
	warned({}) == set()
}

test_removing_marks_is_final if {
	denied(misuse("strip_marks", 70)) == {"ai_act.strip_marks"}
	denied(misuse("strip_marks", 100)) == {"ai_act.strip_marks"}
}

test_a_weak_sign_does_not_count if denied(misuse("strip_marks", 69)) == set()

test_other_misuse_is_for_other_rules if denied(misuse("fraud", 100)) == set()

test_a_tenant_may_be_stricter if {
	denied(object.union({"parameters": {"ai_04_score": 30}}, misuse("strip_marks", 30))) == {"ai_act.strip_marks"}
}

test_sampling_that_may_drop_a_mark_is_told if {
	values := {"terms": {"marks_text": true}, "request": {"sampling": ["top_p", "temperature"]}}
	params := {"model": "gpt-4o", "names": ["temperature", "top_p"]}
	warned(values) == {{"rule": "AI-04", "code": "ai_act.sampling_marks", "params": params}}
}

test_default_sampling_keeps_the_mark if warned({"terms": {"marks_text": true}}) == set()

test_a_model_without_marks_loses_none if warned({"request": {"sampling": ["temperature"]}}) == set()
