package gateway.rules.or_05_test

import data.gateway.lib.example
import data.gateway.rules.or_05

approvals(values) := found if {
	reasons := or_05.require_approval with input as example.changed(values)
	found := {reason.code | some reason in reasons}
}

words(values) := found if {
	reasons := or_05.require_acknowledgement with input as example.changed(values)
	found := {reason.code | some reason in reasons}
}

works(kinds) := {"signals": {"third_party_works": kinds}}

attached(publication, rights) := {
	"purpose": {"publication": publication},
	"request": {"attachments": [{"type": "image", "readable": true, "cleaned": true, "face": false, "rights": rights}]},
}

test_nobody_elses_work_passes if {
	approvals({}) == set()
	words({}) == set()
	denied := or_05.deny with input as example.request
	denied == set()
}

test_named_artists_brands_and_characters_take_a_second_person if {
	every kind in ["named_artist_style", "brand", "character"] {
		approvals(works([kind])) == {"rights.named_work"}
		words(works([kind])) == set()
	}
}

test_other_works_take_the_persons_own_word if {
	every kind in ["studio_style", "verbatim_work"] {
		words(works([kind])) == {"rights.third_party_work"}
		approvals(works([kind])) == set()
	}
}

test_a_kind_nobody_knows_takes_a_second_person if approvals(works(["perfume"])) == {"rights.named_work"}

test_a_mascot_in_a_studios_style_with_its_logo_takes_both if {
	values := works(["studio_style", "brand"])
	words(values) == {"rights.third_party_work"}
	reasons := or_05.require_approval with input as example.changed(values)
	reasons == {{"rule": "OR-05", "code": "rights.named_work", "params": {"kinds": ["brand"]}}}
}

test_an_attachment_to_be_distributed_needs_known_rights if {
	every publication in ["internal", "public"] {
		words(attached(publication, "unknown")) == {"rights.attachment"}
		words(attached(publication, "own")) == set()
		words(attached(publication, "licensed")) == set()
	}
	words(attached("none", "unknown")) == set()
}
