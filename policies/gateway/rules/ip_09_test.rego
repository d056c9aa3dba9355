package gateway.rules.ip_09_test

import data.gateway.lib.example
import data.gateway.rules.ip_09

codes(question) := found if {
	reasons := ip_09.route with input as question
	found := {reason.code | some reason in reasons}
}

to(region, transfer) := example.changed({"destination": {"region": region, "transfer": transfer}})

test_europe_passes if {
	codes(example.request) == set()
	codes(to("eea", "none_needed")) == set()
}

test_it_never_denies_outright if {
	count(ip_09.deny) == 0 with input as to("unknown", "unknown")
}

test_a_lawful_transfer_passes if {
	codes(to("us", "dpf")) == set()
	codes(to("uk", "adequacy")) == set()
	codes(to("us", "scc")) == set()
}

test_a_transfer_without_ground_goes_elsewhere if {
	every transfer in ["derogation", "none", "unknown", "", "perhaps"] {
		codes(to("us", transfer)) == {"transfer.no_ground"}
	}
}

test_anywhere_is_not_a_region if {
	every region in ["global", "unknown", "", "mars"] {
		codes(to(region, "adequacy")) == {"transfer.region"}
	}
}

test_regions_are_the_tenants_to_set if {
	european := {"parameters": {"ip_09_regions": ["eea", "eu", "own"]}}
	codes(object.union(to("us", "dpf"), european)) == {"transfer.region"}
	codes(object.union(to("eu", "none_needed"), european)) == set()
	anywhere := {"parameters": {"ip_09_regions": ["eu", "global"]}}
	codes(object.union(to("global", "dpf"), anywhere)) == set()
}

test_one_switch_ends_reliance_on_the_privacy_framework if {
	codes(object.union(to("us", "dpf"), {"parameters": {"ip_09_accept_dpf": false}})) == {"transfer.no_ground"}
}

test_clauses_are_in_a_contract_and_the_tenants_to_refuse if {
	codes(object.union(to("us", "scc"), {"terms": {"processor_contract": false}})) == {"transfer.no_ground"}
	codes(object.union(to("us", "scc"), {"parameters": {"ip_09_accept_scc": false}})) == {"transfer.no_ground"}
}

test_own_machines_are_always_fine if {
	codes(object.union(to("unknown", "unknown"), {"destination": {"self_hosted": true}})) == set()
}

test_an_unknown_model_is_for_another_rule if {
	codes(object.union(to("unknown", "unknown"), {"destination": {"known": false}})) == set()
}

test_the_region_is_told if {
	reasons := ip_09.route with input as to("us", "none")
	some reason in reasons
	reason.params == {"tier": "openai/api-default", "region": "us"}
}
