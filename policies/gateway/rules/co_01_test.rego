package gateway.rules.co_01_test

import data.gateway.lib.example
import data.gateway.rules.co_01

said(budget) := found if {
	question := example.changed({"usage": {"budget": budget}})
	denied := co_01.deny with input as question
	asked := co_01.require_approval with input as question
	warned := co_01.advice with input as question
	found := {
		"deny": {reason.code | some reason in denied},
		"ask": {reason.code | some reason in asked},
		"warn": {item.code | some item in warned},
	}
}

test_within_a_budget_or_without_one_nothing_is_said if {
	every budget in ["none", "within"] {
		said(budget) == {"deny": set(), "ask": set(), "warn": set()}
	}
}

test_near_the_budget_it_is_told if {
	said("warn") == {"deny": set(), "ask": set(), "warn": {"cost.budget_near"}}
}

test_over_the_budget_a_second_person_decides if {
	said("over") == {"deny": set(), "ask": {"cost.budget_over"}, "warn": set()}
}

test_at_the_hard_limit_it_ends if {
	said("hard") == {"deny": {"cost.budget_hard"}, "ask": set(), "warn": set()}
}
