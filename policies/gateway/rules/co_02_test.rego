package gateway.rules.co_02_test

import data.gateway.lib.example
import data.gateway.rules.co_02

said(usage, tokens) := found if {
	question := example.changed({"usage": usage, "request": {"input_tokens": tokens}})
	denied := co_02.deny with input as question
	routed := co_02.route with input as question
	warned := co_02.advice with input as question
	found := {[item.code, item.params] | some item in ((denied | routed) | warned)}
}

budgeted(usage) := object.union({"budget": "within"}, usage)

test_ordinary_use_passes if {
	said({}, 100) == set()
	said(budgeted({}), 100) == set()
}

test_what_is_at_its_limit_passes if {
	said(budgeted({"requests_last_minute": 100, "repeats_last_minute": 20}), 100000) == set()
}

test_too_many_requests_are_stopped if {
	said(budgeted({"requests_last_minute": 101}), 100) == {["cost.rate", {"limit": 100}]}
}

test_a_loop_is_stopped if {
	said(budgeted({"repeats_last_minute": 200}), 100) == {["cost.loop", {"limit": 20}]}
}

test_a_very_large_request_goes_elsewhere if {
	said(budgeted({}), 100001) == {["cost.size", {"limit": 100000}]}
	routed := co_02.route with input as example.changed({"usage": {"budget": "within"}, "request": {"input_tokens": 100001}})
	count(routed) == 1
}

test_without_a_budget_it_is_told_and_nothing_is_stopped if {
	said({"requests_last_minute": 200, "repeats_last_minute": 200}, 200000) == {["cost.limits", {"kinds": ["loop", "rate", "size"]}]}
}

test_the_limits_are_the_tenants_own if {
	question := example.changed({
		"usage": {"budget": "over", "requests_last_minute": 10},
		"parameters": {"co_02_requests_per_minute": 5},
	})
	denied := co_02.deny with input as question
	denied == {{"rule": "CO-02", "code": "cost.rate", "params": {"limit": 5}}}
}
