package gateway.rules.or_04_test

import data.gateway.lib.example
import data.gateway.rules.or_04

missing(values) := found if {
	reasons := or_04.route with input as example.changed(values)
	found := {name | some reason in reasons; some name in reason.params.missing}
}

told(values) := found if {
	items := or_04.advice with input as example.changed(values)
	found := {name | some item in items; some name in item.params.missing}
}

public(mitigations, values) := object.union(
	{"purpose": {"publication": "public"}, "destination": {"mitigations": mitigations}},
	values,
)

azure := {"destination": {"tier": "microsoft/azure-openai"}}

every_mitigation := {"content_filter", "copyright_system_message", "evaluation_report", "jailbreak_filter", "protected_material"}

test_nothing_is_denied_for_good if {
	denied := or_04.deny with input as example.changed(public([], {"terms": {"indemnity": "none"}}))
	denied == set()
}

test_what_stays_with_the_person_is_left_alone if {
	missing({"terms": {"indemnity": "none"}}) == set()
	told({"terms": {"indemnity": "none"}}) == set()
}

test_a_covered_publication_passes if {
	missing(public(["content_filter"], {})) == set()
	missing(public([], {"terms": {"indemnity": "yes"}})) == set()
}

test_a_publication_without_indemnity_goes_elsewhere if {
	every value in ["none", "unclear", "unknown"] {
		missing(public(["content_filter"], {"terms": {"indemnity": value}})) == {"indemnity"}
	}
}

test_a_model_that_is_not_generally_available_is_not_covered if {
	every stage in ["preview", "beta"] {
		missing(public(["content_filter"], {"destination": {"stage": stage}})) == {"general_availability"}
	}
}

test_a_lowered_filter_loses_a_conditional_indemnity if missing(public([], {})) == {"content_filter"}

test_a_tenant_may_ask_for_more_mitigations if {
	values := public(["content_filter"], {"parameters": {"or_04_mitigations": ["citation", "content_filter"]}})
	missing(values) == {"citation"}
}

test_microsoft_asks_for_its_mitigations_by_name if {
	missing(public(["content_filter"], azure)) == every_mitigation - {"content_filter"}
	missing(public([name | some name in every_mitigation], azure)) == set()
}

test_the_code_names_the_rule if {
	reasons := or_04.route with input as example.changed(public([], {}))
	reasons == {{"rule": "OR-04", "code": "rights.indemnity", "params": {"tier": "openai/api-default", "missing": ["content_filter"]}}}
}

test_internal_distribution_is_told if {
	internal := {"purpose": {"publication": "internal"}, "destination": {"mitigations": ["content_filter"]}}
	told(internal) == set()
	told(object.union(internal, {"terms": {"indemnity": "none"}})) == {"indemnity"}
	missing(object.union(internal, {"terms": {"indemnity": "none"}})) == set()
}
