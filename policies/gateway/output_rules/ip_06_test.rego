package gateway.output_rules.ip_06_test

import data.gateway.lib.example
import data.gateway.output_rules.ip_06

owed(values) := found if {
	found := ip_06.obligations with input as example.changed_output(values)
}

saw(kinds) := {"output": {"findings": [example.saw(kind, 1) | some kind in kinds]}}

redact(types) := {{"id": "IP-06/redact", "type": "redact", "params": {"types": types}}}

test_nothing_is_withheld if {
	denied := ip_06.deny with input as example.changed_output(saw(["US_SSN"]))
	denied == set()
}

test_numbers_of_others_are_taken_out if {
	owed(saw(["US_SSN", "CREDIT_CARD", "EMAIL_ADDRESS"])) == redact(["CREDIT_CARD", "US_SSN"])
}

test_an_address_stays_unless_a_tenant_lists_it if {
	owed(saw(["EMAIL_ADDRESS"])) == set()
	listed := {"parameters": {"ip_06_others": ["EMAIL_ADDRESS"]}}
	owed(object.union(saw(["EMAIL_ADDRESS"]), listed)) == redact(["EMAIL_ADDRESS"])
}

test_an_answer_without_findings_owes_nothing if owed({}) == set()
