package gateway.rules.an_03_test

import data.gateway.lib.example
import data.gateway.rules.an_03

said(question) := {"deny": denied, "ask": asked, "route": routed, "advise": advised} if {
	denied := an_03.deny with input as question
	ask := an_03.require_acknowledgement with input as question
	asked := {reason.code | some reason in ask}
	route := an_03.route with input as question
	routed := {reason.code | some reason in route}
	advice := an_03.advice with input as question
	advised := {item.code | some item in advice}
}

at(level, more) := object.union(
	example.changed({"data": {"reid": {"level": level, "drivers": ["place", "rare_job"]}}}),
	more,
)

hint := {"recognisable.hint"}

test_a_low_risk_passes_in_silence if {
	every level in ["none", "low"] {
		said(at(level, {})) == {"deny": set(), "ask": set(), "route": set(), "advise": set()}
	}
}

test_a_medium_risk_is_told if {
	said(at("medium", {})) == {"deny": set(), "ask": set(), "route": set(), "advise": hint}
}

test_a_high_risk_is_confirmed if {
	said(at("high", {})) == {"deny": set(), "ask": {"recognisable.unconfirmed"}, "route": set(), "advise": hint}
}

test_a_very_high_risk_stays_inside if {
	every level in ["very_high", "astronomic"] {
		said(at(level, {})) == {"deny": set(), "ask": set(), "route": {"recognisable.certain"}, "advise": hint}
	}
}

test_own_machines_may_see_it if {
	every level in ["high", "very_high"] {
		said(at(level, {"destination": {"self_hosted": true}})) == {"deny": set(), "ask": set(), "route": set(), "advise": hint}
	}
}

test_an_unknown_model_is_for_another_rule if {
	said(at("very_high", {"destination": {"known": false}})).route == set()
}

test_thresholds_are_the_tenants_to_set if {
	tight := {"parameters": {"an_03_warn": "low", "an_03_confirm": "medium", "an_03_keep": "high"}}
	said(at("low", tight)).advise == hint
	said(at("medium", tight)).ask == {"recognisable.unconfirmed"}
	said(at("high", tight)).route == {"recognisable.certain"}
	loose := {"parameters": {"an_03_warn": "very_high", "an_03_confirm": "very_high", "an_03_keep": "very_high"}}
	said(at("high", loose)) == {"deny": set(), "ask": set(), "route": set(), "advise": set()}
}

test_a_threshold_nobody_knows_is_the_strictest if {
	said(at("low", {"parameters": {"an_03_keep": "perhaps"}})).route == {"recognisable.certain"}
	said(at("low", {"parameters": {"an_03_confirm": "perhaps"}})).ask == {"recognisable.unconfirmed"}
	said(at("low", {"parameters": {"an_03_warn": "perhaps"}})).advise == hint
}

test_what_carries_the_risk_is_told if {
	reasons := an_03.require_acknowledgement with input as at("high", {})
	some reason in reasons
	reason.params == {"level": "high", "drivers": ["place", "rare_job"]}
}
