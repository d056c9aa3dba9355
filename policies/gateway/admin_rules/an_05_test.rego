package gateway.admin_rules.an_05_test

import data.gateway.admin_rules.an_05
import data.gateway.lib.example

codes(act) := {kind: found |
	some kind, reasons in {"deny": denied(act), "approval": asked(act)}
	found := {reason.code | some reason in reasons}
	count(found) > 0
}

denied(act) := reasons if reasons := an_05.deny with input as act

asked(act) := reasons if reasons := an_05.require_approval with input as act

test_two_people_with_a_reason_and_an_end_may if codes(example.act) == {}

test_one_person_alone_needs_a_second if {
	alone := example.changed_act({"approver": {"present": false, "distinct": false, "roles": []}})
	codes(alone) == {"approval": {"unmask.second_person"}}
}

test_nobody_approves_alone if {
	codes(example.changed_act({"approver": {"distinct": false}})) == {"deny": {"unmask.same_person"}}
}

test_both_need_a_role if {
	every change in [
		{"actor": {"roles": []}},
		{"actor": {"roles": ["employee", "auditor"]}},
		{"approver": {"roles": []}},
		{"approver": {"roles": ["policy_approver", "platform_operator"]}},
	] {
		codes(example.changed_act(change)) == {"deny": {"unmask.roles"}}
	}
}

test_both_roles_may_be_on_either_side if {
	codes(example.changed_act({
		"actor": {"roles": ["employee", "tenant_admin"]},
		"approver": {"roles": ["employee", "privacy_officer"]},
	})) == {}
}

test_curiosity_is_no_reason if {
	every code in ["curious", "performance_review", ""] {
		codes(example.changed_act({"reason": {"code": code}})) == {"deny": {"unmask.reason"}}
	}
}

test_every_listed_reason_is_one if {
	every code in ["danger_to_life", "data_breach", "data_subject_request", "legal_order", "misuse_report", "security_incident"] {
		codes(example.changed_act({"reason": {"code": code}})) == {}
	}
}

test_it_ends_after_72_hours_at_most if {
	every hours in [1, 72] {
		codes(example.changed_act({"hours": hours})) == {}
	}
	every hours in [-1, 0, 73, "24"] {
		codes(example.changed_act({"hours": hours})) == {"deny": {"unmask.hours"}}
	}
}

test_another_act_is_not_judged_by_this_rule if {
	codes(example.changed_act({"action": "export"})) == {"deny": {"unmask.act_unknown"}}
}

test_an_act_that_says_nothing_is_denied if {
	codes({}) == {
		"approval": {"unmask.second_person"},
		"deny": {"unmask.act_unknown", "unmask.hours", "unmask.reason", "unmask.roles"},
	}
}

test_what_is_allowed_is_told if {
	reasons := an_05.deny with input as example.changed_act({"hours": 100, "actor": {"roles": []}})
	params := {reason.code: reason.params | some reason in reasons}
	params["unmask.hours"] == {"limit": 72}
	params["unmask.roles"] == {"roles": ["privacy_officer", "tenant_admin"]}
}
