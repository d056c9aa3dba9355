package gateway.rules.bs_01_test

import data.gateway.lib.example
import data.gateway.rules.bs_01

codes(question) := found if {
	reasons := bs_01.deny with input as question
	found := {reason.code | some reason in reasons}
}

test_a_model_of_the_catalogue_passes if codes(example.request) == set()

test_an_unknown_model_is_denied if {
	codes(example.changed({"destination": {"known": false}})) == {"model.unknown"}
}

test_a_model_of_others_gets_the_same_answer if {
	codes(example.changed({"destination": {"allowed": false}})) == {"model.unknown"}
}

test_a_missing_attribute_is_denied if {
	codes(json.remove(example.request, ["destination/allowed"])) == {"model.unknown"}
}
