package gateway.rules.ip_08_test

import data.gateway.lib.example
import data.gateway.rules.ip_08

codes(question) := found if {
	reasons := ip_08.deny with input as question
	found := {reason.code | some reason in reasons}
}

owed(question) := names if {
	obligations := ip_08.obligations with input as question
	names := [obligation.params.names | some obligation in obligations]
}

asking(class, request) := example.changed({"data": {"class": class}, "request": request})

at(class, stage) := example.changed({"data": {"class": class}, "destination": {"stage": stage}})

foreign := {"tools": [{"type": "function", "third_party": true, "writes": false}]}

own := {"tools": [{"type": "function", "third_party": false, "writes": true}]}

test_a_plain_request_owes_nothing if {
	codes(asking("restricted", {})) == set()
	owed(asking("restricted", {})) == []
}

test_what_stores_is_switched_off_for_every_class if {
	every class in ["public", "internal", "confidential", "restricted"] {
		question := asking(class, {"stateful": ["store", "prompt_cache_retention"]})
		owed(question) == [["prompt_cache_retention", "store"]]
		codes(question) == set()
	}
}

test_what_cannot_be_dropped_and_tools_are_not_dropped_unseen if {
	question := asking("internal", {"stateful": ["files", "store", "web_search"], "stateful_fixed": ["files"]})
	owed(question) == [["store"]]
	owed(asking("internal", {"stateful": ["web_search"]})) == []
}

test_what_cannot_be_made_stateless_is_denied_from_confidential_on if {
	kept := {"stateful": ["files"], "stateful_fixed": ["files"]}
	every class in ["confidential", "restricted", "harmless"] {
		codes(asking(class, kept)) == {"state.kept"}
	}
	every class in ["public", "internal"] {
		codes(asking(class, kept)) == set()
	}
}

test_tools_of_third_parties_are_denied_from_confidential_on if {
	every tools in [foreign, {"stateful": ["mcp"]}] {
		codes(asking("confidential", tools)) == {"state.third_party_tool"}
		codes(asking("internal", tools)) == set()
	}
	codes(asking("confidential", own)) == set()
}

test_previews_are_denied_from_confidential_on if {
	every stage in ["preview", "beta", "", "perhaps"] {
		codes(at("confidential", stage)) == {"state.preview_model"}
		codes(at("internal", stage)) == set()
	}
	codes(at("restricted", "ga")) == set()
}

test_an_unknown_model_is_for_another_rule if {
	codes(object.union(at("restricted", "beta"), {"destination": {"known": false}})) == set()
}

test_the_class_is_the_tenants_to_set if {
	everywhere := {"parameters": {"ip_08_from": "public"}}
	codes(object.union(at("public", "beta"), everywhere)) == {"state.preview_model"}
	restricted := {"parameters": {"ip_08_from": "restricted"}}
	codes(object.union(at("confidential", "beta"), restricted)) == set()
	codes(object.union(at("restricted", "beta"), restricted)) == {"state.preview_model"}
}

test_a_choice_nobody_knows_is_the_strictest if {
	codes(object.union(at("public", "beta"), {"parameters": {"ip_08_from": "perhaps"}})) == {"state.preview_model"}
	codes(json.remove(at("public", "beta"), ["parameters/ip_08_from"])) == {"state.preview_model"}
}

test_the_names_are_told if {
	reasons := ip_08.deny with input as asking("confidential", {"stateful_fixed": ["files", "batches"]})
	some reason in reasons
	reason.params == {"names": ["batches", "files"], "class": "confidential"}
}

booked := {"kind": "responses", "stateful": ["background", "previous_response_id", "store"], "stateful_fixed": ["previous_response_id"]}

storing(class, most) := example.changed({
	"data": {"class": class},
	"parameters": {"ip_08_stored": most},
	"request": booked,
	"terms": {"zero_retention": false},
})

test_nothing_is_kept_unless_somebody_said_so if {
	every class in ["public", "internal", "confidential", "restricted"] {
		question := storing(class, "never")
		codes(question) == {"state.kept"}
		owed(question) == [["background", "store"]]
	}
}

test_up_to_the_class_that_was_named_an_answer_may_be_kept if {
	codes(storing("internal", "internal")) == set()
	owed(storing("internal", "internal")) == []
	owed(storing("internal", "public")) == [["background", "store"]]
	codes(storing("internal", "public")) == {"state.kept"}
}

test_the_class_from_which_stored_features_are_refused_counts_too if {
	codes(storing("confidential", "confidential")) == {"state.kept"}
	owed(storing("confidential", "confidential")) == [["background", "store"]]
	later := object.union(storing("confidential", "confidential"), {"parameters": {"ip_08_from": "restricted"}})
	codes(later) == set()
}

test_restricted_content_and_odd_choices_are_kept_nowhere if {
	every most in ["restricted", "perhaps", 3] {
		owed(storing("restricted", most)) == [["background", "store"]]
	}
	every most in ["perhaps", "", 7] {
		owed(storing("internal", most)) == [["background", "store"]]
	}
}

test_a_contract_that_nothing_is_kept_is_kept if {
	zero := object.union(storing("internal", "internal"), {"terms": {"zero_retention": true}})
	codes(zero) == {"state.kept"}
	owed(zero) == [["background", "store"]]
	own := object.union(zero, {"destination": {"self_hosted": true}})
	codes(own) == set()
	owed(own) == []
}

test_only_answers_of_responses_are_booked if {
	chat := object.union(storing("internal", "internal"), {"request": {"kind": "chat"}})
	codes(chat) == {"state.kept"}
	owed(chat) == [["background", "store"]]
}

test_other_features_go_by_the_other_class if {
	question := object.union(storing("internal", "internal"), {"request": {"stateful": ["conversation", "store"], "stateful_fixed": []}})
	owed(question) == [["conversation"]]
}
