package gateway.output_rules.or_04_test

import data.gateway.lib.example
import data.gateway.output_rules.or_04

warned(values) := found if {
	items := or_04.advice with input as example.changed_output(values)
	found := {item.code | some item in items}
}

test_an_output_as_it_was_given_is_not_remarked_on if {
	warned({}) == set()
	denied := or_04.deny with input as example.output
	denied == set()
}

test_a_changed_output_may_lose_its_cover if {
	every value in ["conditional", "yes"] {
		warned({"output": {"modified": true}, "terms": {"indemnity": value}}) == {"rights.modified_output"}
	}
}

test_there_is_nothing_to_lose_without_an_indemnity if {
	every value in ["none", "unclear", "unknown"] {
		warned({"output": {"modified": true}, "terms": {"indemnity": value}}) == set()
	}
}
