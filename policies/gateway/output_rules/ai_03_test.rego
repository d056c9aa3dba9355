package gateway.output_rules.ai_03_test

import data.gateway.lib.example
import data.gateway.output_rules.ai_03

denied(values) := found if {
	reasons := ai_03.deny with input as example.changed_output(values)
	found := {reason.code | some reason in reasons}
}

labelled(values) if {
	owed := ai_03.obligations with input as example.changed_output(values)
	owed == {{"id": "AI-03/label", "type": "label", "params": {"labels": ["ai_generated"]}}}
}

bare(values) if {
	owed := ai_03.obligations with input as example.changed_output(values)
	owed == set()
}

media := ["audio", "image", "video"]

edited(publication) := {"purpose": {"publication": publication, "editor": true, "reviewer": true}}

made(kind) := {"request": {"kind": kind}}

test_what_stays_with_staff_needs_no_label if {
	bare({})
	bare(made("image"))
	bare({"purpose": {"publication": "internal"}})
	denied({}) == set()
}

test_public_text_is_labelled if {
	labelled({"purpose": {"publication": "public"}})
	labelled({"purpose": {"publication": "public", "editor": true}})
	labelled({"purpose": {"publication": "public", "reviewer": true}})
}

test_public_text_that_an_editor_answers_for_after_review_is_exempt if bare(edited("public"))

test_a_contract_that_asks_for_a_label_knows_no_exemption if {
	labelled(object.union(edited("public"), {"terms": {"labelling": true}}))
	bare({"terms": {"labelling": true}})
}

test_media_that_is_distributed_is_labelled_whoever_edits_it if {
	every kind in media {
		labelled(object.union(edited("public"), made(kind)))
		labelled(object.union(edited("internal"), made(kind)))
	}
}

test_people_outside_are_told_that_they_meet_a_machine if {
	every audience in ["consumers", "public"] {
		labelled({"purpose": {"audience": audience}})
		labelled(object.union({"purpose": {"audience": audience, "editor": true, "reviewer": true}}, made("audio")))
		bare({"purpose": {"audience": audience, "editor": true, "reviewer": true}})
	}
}

test_public_media_that_cannot_bear_its_label_is_withheld if {
	every kind in media {
		values := object.union(object.union(edited("public"), made(kind)), {"output": {"label_due": true}})
		denied(values) == {"ai_act.label_missing"}
	}
}

test_the_kind_of_media_is_told if {
	values := {"purpose": {"publication": "public"}, "request": {"kind": "video"}, "output": {"label_due": true}}
	reasons := ai_03.deny with input as example.changed_output(values)
	reasons == {{"rule": "AI-03", "code": "ai_act.label_missing", "params": {"type": "video"}}}
}

test_a_missing_label_elsewhere_withholds_nothing if {
	denied({"output": {"label_due": true}, "purpose": {"publication": "public"}}) == set()
	denied({"output": {"label_due": true}, "request": {"kind": "video"}}) == set()
	denied({"purpose": {"publication": "public"}, "request": {"kind": "video"}}) == set()
}
