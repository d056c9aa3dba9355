package gateway.rules.ai_01_test

import data.gateway.lib.example
import data.gateway.rules.ai_01

denied(values) := found if {
	reasons := ai_01.deny with input as example.changed(values)
	found := {reason.code | some reason in reasons}
}

asked(values) := found if {
	reasons := ai_01.require_approval with input as example.changed(values)
	found := {reason.code | some reason in reasons}
}

misuse(category, score) := {"signals": {"misuse": [{"category": category, "score": score}]}}

face(value) := {"request": {"attachments": [{"type": "image", "readable": true, "cleaned": true, "face": value, "rights": "own"}]}}

safety := {"purpose": {"safety_or_medical": true}}

barred := {"biometric_categorisation", "crime_prediction", "social_scoring"}

test_ordinary_work_passes if {
	denied({}) == set()
	asked({}) == set()
}

test_prohibited_practices_are_final if {
	every category in barred {
		denied(misuse(category, 70)) == {"ai_act.prohibited"}
		denied(object.union(safety, misuse(category, 100))) == {"ai_act.prohibited"}
	}
}

test_other_misuse_is_for_other_rules if denied(misuse("fraud", 100)) == set()

test_a_weak_sign_does_not_count if {
	every category in barred | {"emotion_inference"} {
		denied(misuse(category, 69)) == set()
	}
}

test_a_weaker_sign_counts_with_a_face if {
	every category in barred {
		denied(object.union(face(true), misuse(category, 40))) == {"ai_act.prohibited"}
		denied(object.union(face(true), misuse(category, 39))) == set()
		denied(object.union(face(false), misuse(category, 40))) == set()
	}
}

test_the_practices_are_named if {
	signals := [{"category": "social_scoring", "score": 90}, {"category": "crime_prediction", "score": 70}, {"category": "fraud", "score": 99}]
	reasons := ai_01.deny with input as example.changed({"signals": {"misuse": signals}})
	reasons == {{"rule": "AI-01", "code": "ai_act.prohibited", "params": {"categories": ["crime_prediction", "social_scoring"]}}}
}

test_reading_emotions_is_final if {
	denied(misuse("emotion_inference", 70)) == {"ai_act.emotion_inference"}
	asked(misuse("emotion_inference", 70)) == set()
}

test_reading_emotions_for_safety_takes_a_second_person if {
	values := object.union(safety, misuse("emotion_inference", 70))
	denied(values) == set()
	asked(values) == {"ai_act.emotion_safety"}
}

test_an_unstated_purpose_is_no_exception if {
	reasons := ai_01.deny with input as json.remove(example.changed(misuse("emotion_inference", 70)), ["purpose/safety_or_medical"])
	{reason.code | some reason in reasons} == {"ai_act.emotion_inference"}
}

test_a_tenant_may_be_stricter if {
	denied(object.union({"parameters": {"ai_01_score": 10}}, misuse("social_scoring", 10))) == {"ai_act.prohibited"}
}
