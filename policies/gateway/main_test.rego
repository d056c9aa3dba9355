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

test_an_attribute_that_nobody_knows_denies if {
	decision := gateway.decision with input as example.changed({"tenant": {"owner": "us"}})
		with data.proviso.revision as "r"
	decision.effect == "deny"
}

test_what_only_warning_packs_read_may_be_absent_and_is_told if {
	decision := gateway.decision with data.proviso.revision as "r"
		with data.proviso.lenient as ["usage.budget"]
		with input as json.remove(example.request, ["usage/budget"])
	decision.effect == "permit"
	decision.advice == {{"rule": "GATEWAY", "code": "attribute.missing", "params": {"missing": "usage.budget"}}}
}

test_a_rule_that_may_be_switched_off_is_not_asked if {
	objection := {"rule": "X", "code": "x", "params": {}}
	decision := gateway.decision with data.proviso.revision as "r"
		with data.proviso.required.request as ["a", "b"]
		with data.proviso.optional as ["b"]
		with data.gateway.rules as {"a": {"deny": set()}, "b": {"deny": {objection}}}
		with input as object.union(example.request, {"disabled": ["b"]})
	decision.effect == "permit"
}

test_a_rule_that_may_not_be_switched_off_is_asked_all_the_same if {
	objection := {"rule": "X", "code": "x", "params": {}}
	decision := gateway.decision with data.proviso.revision as "r"
		with data.proviso.required.request as ["a", "b"]
		with data.proviso.optional as []
		with data.gateway.rules as {"a": {"deny": set()}, "b": {"deny": {objection}}}
		with input as object.union(example.request, {"disabled": ["b"]})
	decision.effect == "deny"
}

test_what_was_approved_is_no_objection_any_more if {
	objection := {"rule": "X", "code": "x.y", "params": {}}
	decision := gateway.decision with data.proviso.revision as "r"
		with data.proviso.required.request as ["a"]
		with data.gateway.rules as {"a": {"deny": set(), "require_approval": {objection}}}
		with input as example.changed({"subject": {"approved": ["x.y"]}})
	decision.effect == "permit"
}

test_what_was_only_confirmed_still_needs_its_approval if {
	objection := {"rule": "X", "code": "x.y", "params": {}}
	decision := gateway.decision with data.proviso.revision as "r"
		with data.proviso.required.request as ["a"]
		with data.gateway.rules as {"a": {"deny": set(), "require_approval": {objection}}}
		with input as example.changed({"subject": {"confirmed": ["x.y"]}})
	decision.effect == "deny"
	some reason in decision.reasons
	reason.kind == "require_approval"
}

test_a_deny_cannot_be_approved_away if {
	objection := {"rule": "X", "code": "x.y", "params": {}}
	decision := gateway.decision with data.proviso.revision as "r"
		with data.proviso.required.request as ["a"]
		with data.gateway.rules as {"a": {"deny": {objection}}}
		with input as example.changed({"subject": {"approved": ["x.y"], "confirmed": ["x.y"]}})
	decision.effect == "deny"
}

test_european_rules_are_for_european_tenants if {
	objection := {"rule": "X", "code": "x.y", "params": {}}
	decision := gateway.decision with data.proviso.revision as "r"
		with data.proviso.required.request as ["a", "b"]
		with data.proviso.european as ["b"]
		with data.gateway.rules as {"a": {"deny": set()}, "b": {"deny": {objection}}}
		with input as example.changed({"tenant": {"establishments": ["US"]}})
	decision.effect == "permit"
}

test_the_question_about_an_output_is_not_one_about_a_request if {
	decision := gateway.decision with input as example.output with data.proviso.revision as "r"
	decision.effect == "deny"
}

test_every_objection_is_told if {
	decision := gateway.decision with data.proviso.revision as "r"
		with input as example.changed({
			"destination": {"allowed": false},
			"subject": {"acknowledgements": {"accepted": 6}},
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
