package gateway.rules.ip_03_test

import data.gateway.lib.example
import data.gateway.rules.ip_03

codes(question) := found if {
	reasons := ip_03.route with input as question
	found := {reason.code | some reason in reasons}
}

given(class, terms, destination, parameters) := example.changed({
	"data": {"class": class},
	"terms": terms,
	"destination": destination,
	"parameters": parameters,
})

nothing_kept := {"retention_days": 0, "zero_retention": true, "human_review": "none"}

test_ordinary_content_passes if codes(example.request) == set()

test_it_never_denies_outright if {
	count(ip_03.deny) == 0 with input as given("restricted", {}, {}, {})
}

test_public_content_has_no_ceiling if {
	worst := {"retention_days": -1, "human_review": "unknown", "processor_contract": false}
	codes(given("public", worst, {"region": "unknown", "transfer": "unknown"}, {})) == set()
}

test_an_unknown_model_is_for_another_rule if {
	worst := {"retention_days": -1, "human_review": "unknown", "processor_contract": false}
	codes(given("confidential", worst, {"known": false, "region": "unknown", "transfer": "unknown"}, {})) == set()
	codes(given("restricted", {"retention_days": 0}, {"known": false}, {})) == set()
}

test_internal_content_may_be_kept_for_55_days if {
	codes(given("internal", {"retention_days": 55}, {}, {})) == set()
	codes(given("internal", {"retention_days": 56}, {}, {})) == {"data_terms.retention"}
}

test_confidential_content_may_be_kept_for_30_days if {
	codes(given("confidential", {"retention_days": 30}, {}, {})) == set()
	codes(given("confidential", {"retention_days": 31}, {}, {})) == {"data_terms.retention"}
}

test_no_known_limit_is_no_small_number if {
	every class in ["internal", "confidential", "restricted"] {
		"data_terms.retention" in codes(given(class, {"retention_days": -1}, {}, {}))
	}
}

test_restricted_content_may_not_be_kept if {
	codes(given("restricted", nothing_kept, {}, {})) == set()
	codes(given("restricted", {"retention_days": 1, "zero_retention": true}, {}, {})) == {"data_terms.retention"}
}

test_a_class_nobody_knows_has_the_strictest_ceiling if {
	codes(given("harmless", {}, {}, {})) == {"data_terms.retention"}
}

test_zero_days_need_evidence_for_restricted_content if {
	kept := {"retention_days": 0, "zero_retention": false}
	codes(given("restricted", kept, {}, {})) == {"data_terms.evidence"}
	codes(given("confidential", kept, {}, {})) == set()
	codes(given("restricted", kept, {"self_hosted": true}, {})) == set()
	codes(given("restricted", kept, {}, {"ip_03_restricted_evidence": false})) == set()
}

test_days_are_the_tenants_to_set if {
	set := {"ip_03_internal_days": 7, "ip_03_confidential_days": 3, "ip_03_restricted_days": 1}
	codes(given("internal", {"retention_days": 8}, {}, set)) == {"data_terms.retention"}
	codes(given("confidential", {"retention_days": 4}, {}, set)) == {"data_terms.retention"}
	codes(given("restricted", {"retention_days": 1, "zero_retention": true}, {}, set)) == set()
}

test_without_a_limit_nothing_may_be_kept if {
	question := json.remove(example.request, ["parameters/ip_03_internal_days"])
	codes(question) == {"data_terms.retention"}
}

test_the_limit_is_told if {
	reasons := ip_03.route with input as given("internal", {"retention_days": 90}, {}, {})
	some reason in reasons
	reason.params == {"tier": "openai/api-default", "class": "internal", "limit": 55}
}

test_people_may_read_what_was_flagged if {
	every review in ["none", "flagged_only"] {
		codes(given("internal", {"human_review": review}, {}, {})) == set()
	}
	every review in ["possible", "sampled", "unknown", "", "perhaps"] {
		codes(given("internal", {"human_review": review}, {}, {})) == {"data_terms.review"}
	}
}

test_reading_is_the_tenants_to_set if {
	codes(given("internal", {"human_review": "flagged_only"}, {}, {"ip_03_review": "none"})) == {"data_terms.review"}
	codes(given("internal", {"human_review": "possible"}, {}, {"ip_03_review": "possible"})) == set()
	codes(given("internal", {"human_review": "sampled"}, {}, {"ip_03_review": "possible"})) == {"data_terms.review"}
	codes(given("internal", {"human_review": "sampled"}, {}, {"ip_03_review": "sampled"})) == set()
	codes(given("internal", {"human_review": "unknown"}, {}, {"ip_03_review": "sampled"})) == {"data_terms.review"}
	codes(given("internal", {"human_review": "none"}, {}, {"ip_03_review": "whatever"})) == {"data_terms.review"}
}

test_confidential_content_stays_where_it_is_protected if {
	every transfer in ["dpf", "adequacy", "none_needed"] {
		codes(given("confidential", {}, {"region": "us", "transfer": transfer}, {})) == set()
	}
	every transfer in ["scc", "derogation", "none", "unknown"] {
		codes(given("confidential", {}, {"region": "us", "transfer": transfer}, {})) == {"data_terms.location"}
	}
}

test_internal_content_has_no_place_of_its_own if {
	codes(given("internal", {}, {"region": "us", "transfer": "none"}, {})) == set()
}

test_the_switch_of_the_privacy_framework_is_heard if {
	over := {"region": "us", "transfer": "dpf"}
	codes(given("confidential", {}, over, {"ip_09_accept_dpf": false})) == {"data_terms.location"}
}

test_clauses_carry_confidential_content_once_they_were_assessed if {
	over := {"region": "us", "transfer": "scc"}
	codes(given("confidential", {}, over, {"ip_03_accept_scc": true})) == set()
	none := {"processor_contract": false}
	codes(given("confidential", none, over, {"ip_03_accept_scc": true})) == {"data_terms.contract", "data_terms.location"}
}

test_confidential_content_needs_a_contract if {
	none := {"processor_contract": false}
	codes(given("confidential", none, {}, {})) == {"data_terms.contract"}
	codes(given("internal", none, {}, {})) == set()
	codes(given("confidential", none, {"self_hosted": true}, {})) == set()
}
