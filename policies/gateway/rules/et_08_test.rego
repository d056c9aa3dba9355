package gateway.rules.et_08_test

import data.gateway.lib.example
import data.gateway.rules.et_08

codes(question) := found if {
	reasons := et_08.deny with input as question
	found := {reason.code | some reason in reasons}
}

accepted(version) := {"subject": {"acknowledgements": {"accepted": version}}}

versions(question) := found if {
	reasons := et_08.deny with input as question
	found := {reason.params.version | some reason in reasons}
}

test_the_version_in_force_passes if codes(example.request) == set()

test_a_newer_version_passes if codes(example.changed(accepted(8))) == set()

test_an_older_version_is_denied if {
	codes(example.changed(accepted(6))) == {"acknowledgement.required"}
}

test_the_version_to_accept_is_told if {
	versions(example.changed(accepted(0))) == {7}
}

test_a_program_need_not_read if {
	codes(example.changed(object.union(accepted(0), {"subject": {"kind": "workload"}}))) == set()
}

test_who_is_not_said_to_have_accepted_has_not if {
	codes(json.remove(example.request, ["subject/acknowledgements/accepted"])) == {"acknowledgement.required"}
	versions(json.remove(example.request, ["subject/acknowledgements"])) == {0}
	versions(json.remove(example.request, ["subject/acknowledgements/required"])) == {0}
}

test_who_is_not_said_to_be_a_program_is_a_person if {
	question := json.remove(example.changed(accepted(6)), ["subject/kind"])
	codes(question) == {"acknowledgement.required"}
}
