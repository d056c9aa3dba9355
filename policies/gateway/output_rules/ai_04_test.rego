package gateway.output_rules.ai_04_test

import data.gateway.lib.example
import data.gateway.output_rules.ai_04

owed(values) := found if {
	found := ai_04.obligations with input as example.changed_output(values)
}

made(kind, marks) := {"request": {"kind": kind}, "output": {"marks": marks}}

for_all(values) := object.union(values, {"purpose": {"publication": "public"}})

tuned(values, marks) := object.union(values, {"parameters": {"ai_04_marks": marks}})

label := {"id": "AI-04/label", "type": "label", "params": {"labels": ["ai_generated"]}}

mark(level) := {"id": "AI-04/mark", "type": "mark", "params": {"level": level}}

test_nothing_is_withheld if {
	denied := ai_04.deny with input as example.changed_output(made("image", []))
	denied == set()
}

test_media_without_a_mark_is_labelled_and_marked if {
	every kind in ["audio", "image", "video"] {
		owed(made(kind, [])) == {label, mark("add")}
	}
}

test_media_for_the_public_do_not_leave_without_a_mark if {
	owed(for_all(made("image", []))) == {label, mark("required")}
	owed(for_all(made("image", ["c2pa"]))) == set()
}

test_an_organisation_may_add_its_own_mark_to_all if {
	owed(tuned(made("image", ["c2pa"]), "add")) == {mark("add")}
	owed(tuned(made("image", ["c2pa"]), "required")) == {mark("required")}
	owed(tuned(made("image", []), "required")) == {label, mark("required")}
	owed(tuned({}, "required")) == set()
}

test_media_that_bears_a_mark_keeps_to_it if {
	every mark in ["c2pa", "synthid"] {
		owed(made("image", [mark])) == set()
	}
}

test_text_is_not_media if owed({}) == set()
