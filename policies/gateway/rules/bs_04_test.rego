package gateway.rules.bs_04_test

import data.gateway.lib.example
import data.gateway.rules.bs_04

codes(question) := found if {
	reasons := bs_04.deny with input as question
	found := {reason.code | some reason in reasons}
}

advised(question) := found if {
	items := bs_04.advice with input as question
	found := {item.code | some item in items}
}

signals(items) := {"signals": {"misuse": items}}

misuse(category, score) := example.changed(signals([{"category": category, "score": score}]))

test_a_question_without_misuse_passes if {
	codes(example.request) == set()
	advised(example.request) == set()
}

test_malware_and_fraud_are_denied_from_the_score_on if {
	every category, code in {"malware": "security.malware", "fraud": "security.fraud"} {
		codes(misuse(category, 70)) == {code}
		codes(misuse(category, 69)) == set()
	}
}

test_what_needs_an_export_licence_is_denied_sooner if {
	codes(misuse("export_controlled", 50)) == {"security.export_controlled"}
	codes(misuse("export_controlled", 49)) == set()
}

test_each_is_named if {
	items := [{"category": "malware", "score": 90}, {"category": "fraud", "score": 90}, {"category": "violence", "score": 90}]
	codes(example.changed(signals(items))) == {"security.fraud", "security.malware"}
}

test_talk_about_attacks_is_warned_about if {
	every category in ["malware", "fraud", "export_controlled"] {
		advised(misuse(category, 40)) == {"security.near"}
		advised(misuse(category, 39)) == set()
	}
}

test_other_misuse_is_for_other_rules if {
	codes(misuse("harassment", 100)) == set()
	advised(misuse("harassment", 100)) == set()
}
