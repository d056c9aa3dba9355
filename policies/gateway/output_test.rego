package gateway.output_test

import data.gateway.lib.example
import data.gateway.output

test_permits_when_every_rule_is_silent if {
	output.decision.effect == "permit" with input as example.output with data.proviso.revision as "r"
}

test_a_missing_rule_withholds if {
	decision := output.decision with input as example.output
		with data.proviso.revision as "r"
		with data.proviso.required.output as ["ip_07", "no_such_rule"]
	decision.effect == "deny"
	some reason in decision.reasons
	reason.code == "policy.rule_missing"
}

test_an_empty_list_of_rules_withholds if {
	decision := output.decision with input as example.output
		with data.proviso.revision as "r"
		with data.proviso.required.output as []
	decision.effect == "deny"
}

test_a_missing_attribute_withholds if {
	decision := output.decision with input as json.remove(example.output, ["output/findings"])
		with data.proviso.revision as "r"
	decision.effect == "deny"
	some reason in decision.reasons
	reason.code == "input.incomplete"
}

test_a_missing_destination_withholds if {
	decision := output.decision with input as json.remove(example.output, ["destination"])
		with data.proviso.revision as "r"
	decision.effect == "deny"
}

test_an_objection_withholds if {
	seen := {"output": {"findings": [example.saw("detector.failed", 1)]}}
	decision := output.decision with input as object.union(example.output, seen)
		with data.proviso.revision as "r"
	decision.effect == "deny"
	some reason in decision.reasons
	reason.code == "output.inspection_failed"
}
