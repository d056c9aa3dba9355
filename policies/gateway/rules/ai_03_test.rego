package gateway.rules.ai_03_test

import data.gateway.lib.example
import data.gateway.rules.ai_03

owed(values) := found if {
	found := ai_03.obligations with input as example.changed(values)
}

likeness(value) := {"signals": {"real_person": {"likeness": value}}}

test_nothing_is_refused_before_it_is_made if {
	denied := ai_03.deny with input as example.request
	denied == set()
}

test_a_deep_fake_is_labelled if {
	every kind in ["image", "audio", "video"] {
		owed(object.union(likeness(true), {"request": {"kind": kind}})) == {{
			"id": "AI-03/label",
			"type": "label",
			"params": {"labels": ["deep_fake"]},
		}}
	}
}

test_media_of_nobody_is_no_deep_fake if owed(object.union(likeness(false), {"request": {"kind": "image"}})) == set()

test_text_is_no_deep_fake if owed(likeness(true)) == set()
