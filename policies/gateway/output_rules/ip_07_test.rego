package gateway.output_rules.ip_07_test

import data.gateway.lib.example
import data.gateway.output_rules.ip_07

codes(question) := found if {
	reasons := ip_07.deny with input as question
	found := {reason.code | some reason in reasons}
}

output(seen) := object.union(example.output, {"output": seen})

test_an_answer_without_secrets_passes if codes(example.output) == set()

test_personal_data_in_an_answer_is_not_a_secret if {
	codes(output({"findings": [example.saw("PERSON", 1)]})) == set()
}

test_a_secret_is_withheld if {
	seen := {"findings": [example.saw("SECRET", 1)], "secrets": [{"kind": "secret.jwt"}]}
	codes(output(seen)) == {"output.secret"}
}

test_a_secret_of_no_kind_is_withheld if {
	codes(output({"findings": [example.saw("SECRET", 1)]})) == {"output.secret"}
}

test_what_could_not_be_inspected_is_withheld if {
	codes(output({"findings": [example.saw("detector.failed", 1)]})) == {"output.inspection_failed"}
}
