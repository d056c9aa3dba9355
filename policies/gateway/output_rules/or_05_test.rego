package gateway.output_rules.or_05_test

import data.gateway.lib.example
import data.gateway.output_rules.or_05

warned(values) := found if {
	items := or_05.advice with input as example.changed_output(values)
	found := {item.code | some item in items}
}

test_words_of_the_models_own_are_not_remarked_on if {
	warned({}) == set()
	denied := or_05.deny with input as example.output
	denied == set()
}

test_long_verbatim_text_is_told if warned({"output": {"verbatim": true}}) == {"rights.verbatim"}
