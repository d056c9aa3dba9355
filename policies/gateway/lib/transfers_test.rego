package gateway.lib.transfers_test

import data.gateway.lib.example
import data.gateway.lib.transfers

going(destination) := example.changed({"destination": destination})

test_content_stays_inside if {
	every region in ["eea", "eu", "own"] {
		transfers.adequate with input as going({"region": region, "transfer": "none"})
	}
}

test_own_machines_are_inside_wherever_they_stand if {
	transfers.adequate with input as going({"region": "unknown", "transfer": "unknown", "self_hosted": true})
}

test_an_adequacy_decision_is_enough if {
	every transfer in ["adequacy", "none_needed"] {
		transfers.adequate with input as going({"region": "ch", "transfer": transfer})
	}
}

test_the_privacy_framework_counts_while_it_is_accepted if {
	question := going({"region": "us", "transfer": "dpf"})
	transfers.adequate with input as object.union(question, {"parameters": {"ip_09_accept_dpf": true}})
	transfers.adequate == false with input as object.union(question, {"parameters": {"ip_09_accept_dpf": false}})
}

test_nothing_else_is_adequate if {
	every transfer in ["scc", "derogation", "none", "unknown", "", "perhaps"] {
		transfers.adequate == false with input as going({"region": "us", "transfer": transfer})
	}
}

test_clauses_stand_in_a_contract if {
	question := going({"region": "us", "transfer": "scc"})
	transfers.clauses with input as question
	transfers.clauses == false with input as object.union(question, {"terms": {"processor_contract": false}})
	transfers.clauses == false with input as going({"region": "us", "transfer": "derogation"})
}

test_clauses_bind_while_they_are_relied_on if {
	question := going({"region": "us", "transfer": "scc"})
	transfers.bound with input as object.union(question, {"parameters": {"ip_09_accept_scc": true}})
	transfers.bound == false with input as object.union(question, {"parameters": {"ip_09_accept_scc": false}})
}

test_own_machines_need_no_contract if {
	transfers.contracted with input as example.request
	question := example.changed({"terms": {"processor_contract": false}})
	transfers.contracted == false with input as question
	transfers.contracted with input as object.union(question, {"destination": {"self_hosted": true}})
}
