package gateway.admin_test

import data.gateway.admin
import data.gateway.lib.example

test_permits_when_every_rule_is_silent if {
	admin.decision.effect == "permit" with input as example.act with data.proviso.revision as "r"
}

test_an_objection_denies if {
	decision := admin.decision with input as example.changed_act({"hours": 500})
		with data.proviso.revision as "r"
	decision.effect == "deny"
	some reason in decision.reasons
	reason.code == "unmask.hours"
}

test_nobody_can_approve_by_saying_so if {
	decision := admin.decision with input as example.changed_act({"approver": {"present": false}})
		with data.proviso.revision as "r"
	decision.effect == "deny"
	some reason in decision.reasons
	reason.kind == "require_approval"
}

test_a_missing_rule_denies if {
	decision := admin.decision with input as example.act
		with data.proviso.revision as "r"
		with data.proviso.required.admin as ["an_05", "no_such_rule"]
	decision.effect == "deny"
	some reason in decision.reasons
	reason.code == "policy.rule_missing"
}

test_an_empty_list_of_rules_denies if {
	decision := admin.decision with input as example.act
		with data.proviso.revision as "r"
		with data.proviso.required.admin as []
	decision.effect == "deny"
	some reason in decision.reasons
	reason.code == "policy.no_rules"
}

test_a_missing_attribute_denies if {
	decision := admin.decision with input as json.remove(example.act, ["hours"])
		with data.proviso.revision as "r"
	decision.effect == "deny"
	some reason in decision.reasons
	reason.code == "input.incomplete"
}
