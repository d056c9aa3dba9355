package gateway.rules.et_08_test

import data.gateway.lib.example
import data.gateway.rules.et_08

codes(question) := found if {
	reasons := et_08.deny with input as question
	found := {reason.code | some reason in reasons}
}

accepted(version) := {"subject": {"acknowledgements": {"code_of_use": {"accepted": version}}}}

test_the_version_in_force_passes if codes(example.request) == set()

test_a_newer_version_passes if codes(example.changed(accepted(8))) == set()

test_an_older_version_is_denied if {
	codes(example.changed(accepted(6))) == {"acknowledgement.required"}
}

test_the_version_to_accept_is_told if {
	reasons := et_08.deny with input as example.changed(accepted(0))
	some reason in reasons
	reason.params.version == 7
}

test_a_program_need_not_read if {
	codes(example.changed(object.union(accepted(0), {"subject": {"kind": "workload"}}))) == set()
}
