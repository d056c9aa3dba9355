package gateway.output_rules.or_06_test

import data.gateway.lib.example
import data.gateway.output_rules.or_06

words(values) := found if {
	reasons := or_06.require_acknowledgement with input as example.changed_output(values)
	found := {reason.code | some reason in reasons}
}

warned(values) := found if {
	items := or_06.advice with input as example.changed_output(values)
	found := {item.code | some item in items}
}

labels(values) := found if {
	owed := or_06.obligations with input as example.changed_output(values)
	found := {label | some obligation in owed; some label in obligation.params.labels}
}

code(licences) := {"output": {"code": true, "licence_match": licences}}

public := {"purpose": {"publication": "public"}}

test_a_snippet_without_a_match_passes if {
	words(code([])) == set()
	warned(code([])) == set()
	labels(code([])) == set()
	denied := or_06.deny with input as example.changed_output(code([]))
	denied == set()
}

test_a_match_is_told_and_labelled if {
	every licence in ["MIT", "GPL-3.0-only"] {
		warned(code([licence])) == {"rights.code_licence"}
		labels(code([licence])) == {"third_party_licence"}
		words(code([licence])) == set()
	}
}

test_a_copyleft_match_for_publication_waits_for_a_decision if {
	reasons := or_06.require_acknowledgement with input as example.changed_output(object.union(public, code(["MIT", "GPL-3.0-only"])))
	reasons == {{"rule": "OR-06", "code": "rights.copyleft", "params": {"names": ["GPL-3.0-only"]}}}
}

test_a_licence_nobody_knows_counts_as_copyleft if {
	words(object.union(public, code(["Homemade-1.0"]))) == {"rights.copyleft"}
}

test_a_permissive_match_may_be_published if words(object.union(public, code(["MIT", "Apache-2.0"]))) == set()

test_the_order_of_matches_does_not_matter if {
	one := or_06.advice with input as example.changed_output(code(["MIT", "ISC"]))
	other := or_06.advice with input as example.changed_output(code(["ISC", "MIT"]))
	one == other
}

test_code_to_be_published_under_such_terms_is_to_be_checked if {
	terms := {"terms": {"output_restrictions": ["code_may_carry_third_party_licences"]}}
	warned(object.union(terms, object.union(public, code([])))) == {"rights.code_check"}
	warned(object.union(terms, public)) == set()
	warned(object.union(terms, code([]))) == set()
	warned(object.union(public, code([]))) == set()
}

test_weights_that_demand_a_notice_get_it_in_public if {
	llama := {"terms": {"licence_conditions": ["notice_built_with_llama"]}}
	stability := {"terms": {"licence_conditions": ["notice_powered_by_stability"]}}
	labels(object.union(public, llama)) == {"built_with_llama"}
	labels(object.union(public, stability)) == {"powered_by_stability_ai"}
	labels(llama) == set()
	labels(stability) == set()
}

test_all_labels_are_one_obligation if {
	values := object.union(object.union(public, code(["MIT"])), {"terms": {"licence_conditions": ["notice_built_with_llama"]}})
	owed := or_06.obligations with input as example.changed_output(values)
	owed == {{"id": "OR-06/label", "type": "label", "params": {"labels": ["built_with_llama", "third_party_licence"]}}}
}
