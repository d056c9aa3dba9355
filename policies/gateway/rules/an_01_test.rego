package gateway.rules.an_01_test

import data.gateway.lib.example
import data.gateway.rules.an_01

codes(question) := found if {
	reasons := an_01.deny with input as question
	found := {reason.code | some reason in reasons}
}

saying(names, rewritable) := example.changed({"request": {"identifying": names, "rewritable": rewritable}})

test_a_request_that_names_nobody_owes_nothing if {
	count(an_01.obligations) == 0 with input as saying([], false)
	codes(saying([], false)) == set()
}

test_who_asks_is_replaced if {
	owed := an_01.obligations with input as saying(["user", "metadata.user_id"], true)
	owed == {{
		"id": "AN-01/replace_identifiers",
		"type": "replace_identifiers",
		"params": {"names": ["metadata.user_id", "user"]},
	}}
	codes(saying(["user"], true)) == set()
}

test_a_signed_body_that_says_who_asks_is_denied if {
	codes(saying(["metadata"], false)) == {"identifier.fixed"}
}

test_the_fields_are_told if {
	reasons := an_01.deny with input as saying(["user", "metadata"], false)
	some reason in reasons
	reason.params == {"names": ["metadata", "user"]}
}
