package gateway.rules.ai_02_test

import data.gateway.lib.example
import data.gateway.rules.ai_02

denied(question) := found if {
	reasons := ai_02.deny with input as question
	found := {reason.code | some reason in reasons}
}

words(question) := found if {
	reasons := ai_02.require_acknowledgement with input as question
	found := {reason.code | some reason in reasons}
}

trained(literacy, media) := {"subject": {"training": {"literacy": literacy, "media": media}}}

program := {"subject": {"kind": "workload"}}

test_whoever_has_learnt_passes if {
	denied(example.request) == set()
	words(example.request) == set()
}

test_whoever_has_not_learnt_is_refused if {
	every literacy in ["expired", "none", "soon"] {
		denied(example.changed(trained(literacy, "current"))) == {"ai_act.literacy"}
		words(example.changed(trained(literacy, "current"))) == set()
	}
}

test_grace_takes_the_persons_word if {
	denied(example.changed(trained("grace", "none"))) == set()
	words(example.changed(trained("grace", "none"))) == {"ai_act.literacy_grace"}
}

test_media_needs_the_media_module_without_grace if {
	every kind in ["image", "audio", "video"] {
		every media in ["grace", "expired", "none"] {
			denied(example.changed(object.union(trained("current", media), {"request": {"kind": kind}}))) == {"ai_act.media_module"}
		}
		denied(example.changed({"request": {"kind": kind}})) == set()
	}
}

test_text_needs_no_media_module if denied(example.changed(trained("current", "none"))) == set()

test_a_program_cannot_learn if {
	values := object.union(object.union(program, trained("none", "none")), {"request": {"kind": "video"}})
	denied(example.changed(values)) == set()
	words(example.changed(object.union(program, trained("grace", "none")))) == set()
}
