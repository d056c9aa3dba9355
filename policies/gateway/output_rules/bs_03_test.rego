package gateway.output_rules.bs_03_test

import data.gateway.lib.example
import data.gateway.output_rules.bs_03

codes(question) := found if {
	reasons := bs_03.deny with input as question
	found := {reason.code | some reason in reasons}
}

advised(question) := found if {
	items := bs_03.advice with input as question
	found := {item.code | some item in items}
}

owed(question) := found if {
	found := bs_03.obligations with input as question
}

output(seen) := example.changed_output({"output": seen})

label := {{"id": "BS-03/label", "type": "label", "params": {"labels": ["active_content"]}}}

test_a_plain_answer_passes if {
	codes(example.output) == set()
	advised(example.output) == set()
	owed(example.output) == set()
}

test_repeated_instructions_are_withheld_from_the_share_on_that_is_set if {
	repeated := {"findings": [{"type": "HIDDEN_CONTEXT", "count": 1, "confidence": 60}]}
	codes(output(repeated)) == {"output.hidden_context"}
	more := {"parameters": {"bs_03_repeated": 61}}
	codes(object.union(output(repeated), more)) == set()
}

test_hidden_instructions_are_withheld if {
	codes(output({"canary": true})) == {"output.hidden_context"}
}

test_data_in_an_address_is_withheld if {
	question := output({"active_content": ["data_exfiltration_url"]})
	codes(question) == {"output.exfiltration"}
	owed(question) == set()
}

test_active_content_is_labelled_and_released if {
	every kind in ["html_event", "remote_image", "script"] {
		codes(output({"active_content": [kind]})) == set()
		owed(output({"active_content": [kind]})) == label
		advised(output({"active_content": [kind]})) == {"output.active_content"}
	}
}

test_active_content_does_not_excuse_data_in_an_address if {
	question := output({"active_content": ["data_exfiltration_url", "script"]})
	codes(question) == {"output.exfiltration"}
	owed(question) == label
}
