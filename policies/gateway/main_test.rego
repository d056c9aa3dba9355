package gateway_test

import data.gateway
import data.gateway.lib.example

test_permits_when_every_rule_is_silent if {
	gateway.decision.effect == "permit" with input as example.request with data.proviso.revision as "r"
}

test_a_missing_rule_denies if {
	decision := gateway.decision with input as example.request
		with data.proviso.revision as "r"
		with data.proviso.required.request as ["bs_01", "no_such_rule"]
	decision.effect == "deny"
	some reason in decision.reasons
	reason.code == "policy.rule_missing"
	reason.params.missing == "no_such_rule"
}

test_an_empty_list_of_rules_denies if {
	decision := gateway.decision with input as example.request
		with data.proviso.revision as "r"
		with data.proviso.required.request as []
	decision.effect == "deny"
	some reason in decision.reasons
	reason.code == "policy.no_rules"
}

test_a_missing_attribute_denies if {
	decision := gateway.decision with input as json.remove(example.request, ["data/secrets"])
		with data.proviso.revision as "r"
	decision.effect == "deny"
	some reason in decision.reasons
	reason.code == "input.incomplete"
}

test_an_attribute_of_another_type_denies if {
	decision := gateway.decision with input as example.changed({"tenant": {"demo": "no"}})
		with data.proviso.revision as "r"
	decision.effect == "deny"
}

test_a_finding_without_a_type_denies if {
	decision := gateway.decision with input as example.changed({"data": {"findings": [{"count": 1, "confidence": 90}]}})
		with data.proviso.revision as "r"
	decision.effect == "deny"
}

test_the_question_about_an_output_is_not_one_about_a_request if {
	decision := gateway.decision with input as example.output with data.proviso.revision as "r"
	decision.effect == "deny"
}

test_every_objection_is_told if {
	decision := gateway.decision with data.proviso.revision as "r"
		with input as example.changed({
			"destination": {"allowed": false},
			"subject": {"acknowledgements": {"code_of_use": {"accepted": 6}}},
		})
	count(decision.reasons) == 2
}

test_a_question_without_a_subject_denies if {
	decision := gateway.decision with input as json.remove(example.request, ["subject"])
		with data.proviso.revision as "r"
	decision.effect == "deny"
}

test_a_rule_that_says_true_instead_of_why_denies if {
	decision := gateway.decision with input as example.request
		with data.proviso.revision as "r"
		with data.proviso.required.request as ["blunt"]
		with data.gateway.rules as {"blunt": {"deny": true}}
	decision.effect == "deny"
	some reason in decision.reasons
	reason.code == "policy.rule_missing"
}

test_obligations_that_are_no_set_deny if {
	decision := gateway.decision with input as example.request
		with data.proviso.revision as "r"
		with data.proviso.required.request as ["odd"]
		with data.gateway.rules as {"odd": {"deny": set(), "obligations": {"type": "redact"}}}
	decision.effect == "deny"
	decision.obligations == set()
	some reason in decision.reasons
	reason.code == "policy.rule_malformed"
}

test_advice_that_is_no_set_denies if {
	decision := gateway.decision with input as example.request
		with data.proviso.revision as "r"
		with data.proviso.required.request as ["odd"]
		with data.gateway.rules as {"odd": {"deny": set(), "advice": true}}
	decision.effect == "deny"
}

test_obligations_and_advice_of_all_rules_add_up if {
	one := {"id": "A/x", "type": "x", "params": {}}
	hint := {"code": "hint", "params": {}}
	decision := gateway.decision with input as example.request
		with data.proviso.revision as "r"
		with data.proviso.required.request as ["a", "b"]
		with data.gateway.rules as {
			"a": {"deny": set(), "obligations": {one}},
			"b": {"deny": set(), "advice": {hint}},
		}
	decision.effect == "permit"
	decision.obligations == {one}
	decision.advice == {hint}
}

test_a_rule_that_is_not_required_has_no_say if {
	objection := {"rule": "X", "code": "x", "params": {}}
	decision := gateway.decision with input as example.request
		with data.proviso.revision as "r"
		with data.proviso.required.request as ["a"]
		with data.gateway.rules as {"a": {"deny": set()}, "b": {"deny": {objection}}}
	decision.effect == "permit"
}
