package gateway.rules.an_04_test

import data.gateway.lib.example
import data.gateway.rules.an_04

denied(question) := found if {
	reasons := an_04.deny with input as question
	found := {reason.code | some reason in reasons}
}

asked(question) := found if {
	reasons := an_04.require_acknowledgement with input as question
	found := {reason.code | some reason in reasons}
}

describing(kind, traits, special, about_self) := example.changed({
	"request": {"kind": kind},
	"signals": {"person_description": {"traits": traits, "special": special, "about_self": about_self}},
})

confirm := {"description.unconfirmed"}

test_nobody_in_particular_passes if {
	every kind in ["image", "video", "audio"] {
		asked(describing(kind, 1, false, false)) == set()
		denied(describing(kind, 1, false, false)) == set()
	}
}

test_a_close_description_is_confirmed if {
	every kind in ["image", "video", "audio"] {
		asked(describing(kind, 2, false, false)) == set()
		asked(describing(kind, 3, false, false)) == confirm
	}
}

test_of_oneself_every_trait_counts if {
	asked(describing("image", 1, false, true)) == confirm
	asked(describing("image", 0, false, true)) == set()
}

test_words_alone_are_not_a_picture if {
	every kind in ["chat", "responses", "embedding"] {
		asked(describing(kind, 9, true, true)) == set()
		denied(describing(kind, 9, true, true)) == set()
	}
}

test_a_chat_that_draws_is_judged_like_a_picture if {
	tool := {"type": "image_generation", "third_party": false, "writes": false}
	question := object.union(describing("responses", 3, true, false), {"request": {"tools": [tool]}})
	asked(question) == confirm
	denied(question) == {"description.special"}
}

test_protected_traits_of_a_person_who_can_be_recognised_are_denied if {
	denied(describing("image", 5, true, false)) == {"description.special"}
	denied(describing("image", 0, true, true)) == {"description.special"}
	every person in [{"named": true}, {"likeness": true}] {
		question := object.union(describing("image", 1, true, false), {"signals": {"real_person": person}})
		denied(question) == {"description.special"}
	}
}

test_protected_traits_of_nobody_in_particular_pass if {
	denied(describing("image", 1, true, false)) == set()
}

test_the_number_of_traits_is_the_tenants_to_set if {
	asked(object.union(describing("image", 1, false, false), {"parameters": {"an_04_traits": 1}})) == confirm
	asked(object.union(describing("image", 3, false, false), {"parameters": {"an_04_traits": 4}})) == set()
}

test_the_number_is_told if {
	reasons := an_04.require_acknowledgement with input as describing("image", 5, false, false)
	some reason in reasons
	reason.params == {"traits": 5}
}
