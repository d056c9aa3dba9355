package gateway.output_rules.ai_04_test

import data.gateway.lib.example
import data.gateway.output_rules.ai_04

owed(values) := found if {
	found := ai_04.obligations with input as example.changed_output(values)
}

made(kind, marks) := {"request": {"kind": kind}, "output": {"marks": marks}}

test_nothing_is_withheld if {
	denied := ai_04.deny with input as example.changed_output(made("image", []))
	denied == set()
}

test_media_without_a_mark_is_labelled if {
	every kind in ["audio", "image", "video"] {
		owed(made(kind, [])) == {{"id": "AI-04/label", "type": "label", "params": {"labels": ["ai_generated"]}}}
	}
}

test_media_that_bears_a_mark_keeps_to_it if {
	every mark in ["c2pa", "synthid"] {
		owed(made("image", [mark])) == set()
	}
}

test_text_is_not_media if owed({}) == set()
