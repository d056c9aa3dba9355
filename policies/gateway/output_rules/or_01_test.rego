package gateway.output_rules.or_01_test

import data.gateway.lib.example
import data.gateway.output_rules.or_01

codes(question) := found if {
	reasons := or_01.deny with input as question
	found := {reason.code | some reason in reasons}
}

test_an_output_whose_record_can_be_written_passes if codes(example.output) == set()

test_an_output_whose_record_cannot_be_written_is_withheld if {
	codes(example.changed_output({"output": {"rights_record": false}})) == {"rights.record_missing"}
}

test_every_output_owes_a_rights_record if {
	every question in [example.output, example.changed_output({"output": {"rights_record": false}})] {
		owed := or_01.obligations with input as question
		owed == {{"id": "OR-01/record_rights", "type": "record_rights", "params": {}}}
	}
}
