package gateway.rules.or_02_test

import data.gateway.lib.example
import data.gateway.rules.or_02

codes(question) := found if {
	reasons := or_02.route with input as question
	found := {reason.code | some reason in reasons}
}

broken(values) := found if {
	reasons := or_02.route with input as example.changed(values)
	found := {condition | some reason in reasons; some condition in reason.params.conditions}
}

unclear(values) := found if {
	items := or_02.advice with input as example.changed(values)
	found := {fact | some item in items; some fact in item.params.facts}
}

bound(condition) := {"terms": {"licence_conditions": [condition]}}

bound_and(condition, values) := object.union(bound(condition), values)

american := {"tenant": {"establishments": ["US"]}}

test_a_business_contract_passes if {
	codes(example.request) == set()
	unclear({}) == set()
	denied := or_02.deny with input as example.request
	denied == set()
}

test_a_contract_for_personal_use_is_left if {
	codes(example.changed({"terms": {"business_use": "forbidden"}})) == {"rights.business_use"}
}

test_a_contract_of_which_nothing_is_known_is_not_left if {
	every value in ["allowed", "conditional", "unknown"] {
		codes(example.changed({"terms": {"business_use": value}})) == set()
	}
}

test_a_contract_that_forbids_automation_is_left if {
	codes(example.changed(bound("no_api"))) == {"rights.licence_condition"}
	broken(bound("no_api")) == {"no_api"}
}

test_a_condition_on_revenue_binds_whoever_is_not_below_it if {
	every condition in ["revenue_over_1m_needs_pro_plan", "revenue_limit_1m"] {
		every revenue in ["over_1m", "unknown"] {
			broken(bound_and(condition, {"tenant": {"revenue": revenue}})) == {condition}
		}
		broken(bound_and(condition, {"tenant": {"revenue": "under_1m"}})) == set()
	}
}

test_research_may_use_a_licence_for_small_companies if {
	free := {"purpose": {"commercial": false}}
	broken(bound_and("revenue_limit_1m", free)) == set()
	broken(bound_and("revenue_over_1m_needs_pro_plan", free)) == {"revenue_over_1m_needs_pro_plan"}
}

test_voice_for_trade_is_left_where_it_is_not_for_trade if {
	voice := {"request": {"kind": "audio"}}
	broken(bound_and("voice_output_non_commercial", voice)) == {"voice_output_non_commercial"}
	broken(bound_and("voice_output_non_commercial", object.union(voice, {"purpose": {"commercial": false}}))) == set()
	broken(bound("voice_output_non_commercial")) == set()
}

test_a_contract_that_leaves_the_union_out_is_left_by_those_who_sit_there if {
	broken({"terms": {"eu_excluded": true}}) == {"eu_excluded"}
	broken(object.union(american, {"terms": {"eu_excluded": true}})) == set()
}

test_multimodal_rights_withheld_in_the_union_bind_media_both_ways if {
	condition := "eu_multimodal_excluded"
	picture := {"type": "image", "readable": true, "cleaned": true, "face": false, "rights": "own"}
	every kind in ["image", "audio", "video"] {
		broken(bound_and(condition, {"request": {"kind": kind}})) == {condition}
	}
	broken(bound_and(condition, {"request": {"attachments": [picture]}})) == {condition}
	broken(bound_and(condition, {"request": {"attachments": [object.union(picture, {"type": "pdf"})]}})) == set()
	broken(bound(condition)) == set()
	broken(object.union(american, bound_and(condition, {"request": {"kind": "image"}}))) == set()
}

test_an_unpaid_service_is_left_where_only_paid_ones_are_offered if {
	condition := "paid_services_only_for_eea_ch_uk"
	every seat in ["EU", "EEA", "UK", "CH"] {
		broken(bound_and(condition, {"tenant": {"establishments": ["US", seat]}})) == {condition}
	}
	broken(object.union(american, bound(condition))) == set()
}

test_several_broken_conditions_are_one_reason if {
	several := {"terms": {"licence_conditions": ["revenue_limit_1m", "no_api"]}}
	reasons := or_02.route with input as example.changed(several)
	count(reasons) == 1
	some reason in reasons
	reason.params == {"tier": "openai/api-default", "conditions": ["no_api", "revenue_limit_1m"]}
}

test_unclear_terms_are_told_to_who_distributes_in_trade if {
	every value in ["conditional", "unknown"] {
		unclear({"purpose": {"publication": "public"}, "terms": {"business_use": value}}) == {"business_use"}
		unclear({"purpose": {"publication": "internal"}, "terms": {"output_ownership": value}}) == {"output_ownership"}
	}
	both := {"business_use": "unknown", "output_ownership": "unknown"}
	unclear({"purpose": {"publication": "public"}, "terms": both}) == {"business_use", "output_ownership"}
	unclear({"terms": {"business_use": "unknown"}}) == set()
	unclear({"purpose": {"publication": "public", "commercial": false}, "terms": {"business_use": "unknown"}}) == set()
	unclear({"purpose": {"publication": "public"}}) == set()
}
