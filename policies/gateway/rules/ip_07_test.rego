package gateway.rules.ip_07_test

import data.gateway.lib.example
import data.gateway.rules.ip_07

codes(question) := found if {
	reasons := ip_07.deny with input as question
	found := {reason.code | some reason in reasons}
}

secrets(kinds, count) := example.changed({"data": {
	"findings": [example.saw("SECRET", count)],
	"secrets": [{"kind": kind} | some kind in kinds],
}})

test_a_text_without_secrets_passes if codes(example.request) == set()

test_a_grave_secret_is_denied if {
	every kind in ["secret.private_key", "secret.aws_access_key", "secret.llm_api_key", "secret.url_credentials", "secret.new"] {
		codes(secrets([kind], 1)) == {"secret.present"}
	}
}

test_a_grave_secret_is_never_redacted if {
	count(ip_07.obligations) == 0 with input as secrets(["secret.private_key"], 1)
}

test_a_single_lesser_token_is_taken_out if {
	question := secrets(["secret.jwt"], 1)
	owed := ip_07.obligations with input as question
	owed == {{"id": "IP-07/redact", "type": "redact", "params": {"types": ["SECRET"]}}}
	codes(question) == set()
}

test_a_tenant_may_have_lesser_tokens_denied_too if {
	question := object.union(secrets(["secret.jwt"], 1), {"parameters": {"ip_07_taken_out": "none"}})
	count(ip_07.obligations) == 0 with input as question
	codes(question) == {"secret.present"}
}

# What a company sees that has any secret taken out.
loosened(question) := object.union(question, {"parameters": {"ip_07_taken_out": "any"}})

test_a_tenant_may_have_any_number_of_keys_taken_out if {
	question := loosened(secrets(["secret.aws_access_key", "secret.github_token", "secret.new"], 4))
	owed := ip_07.obligations with input as question
	owed == {{"id": "IP-07/redact", "type": "redact", "params": {"types": ["SECRET"]}}}
	codes(question) == set()
}

test_a_private_key_is_denied_whatever_the_tenant_says if {
	every kinds in [["secret.private_key"], ["secret.jwt", "secret.private_key"]] {
		question := loosened(secrets(kinds, 2))
		codes(question) == {"secret.present"}
		count(ip_07.obligations) == 0 with input as question
	}
}

test_a_secret_of_no_kind_is_denied_whatever_the_tenant_says if {
	question := loosened(secrets([], 1))
	codes(question) == {"secret.present"}
	count(ip_07.obligations) == 0 with input as question
}

test_nothing_is_taken_out_of_a_text_without_secrets if {
	question := loosened(example.request)
	codes(question) == set()
	count(ip_07.obligations) == 0 with input as question
}

test_an_unknown_choice_takes_nothing_out if {
	question := object.union(secrets(["secret.jwt"], 1), {"parameters": {"ip_07_taken_out": "all"}})
	codes(question) == {"secret.present"}
}

test_two_lesser_tokens_are_denied if {
	codes(secrets(["secret.jwt"], 2)) == {"secret.present"}
	codes(secrets(["secret.assignment", "secret.jwt"], 2)) == {"secret.present"}
}

test_a_lesser_token_does_not_excuse_a_grave_one if {
	codes(secrets(["secret.aws_access_key", "secret.jwt"], 2)) == {"secret.present"}
}

test_a_secret_of_no_kind_is_denied if {
	codes(secrets([], 1)) == {"secret.present"}
}

test_the_kinds_are_told_and_nothing_else if {
	reasons := ip_07.deny with input as secrets(["secret.private_key"], 1)
	some reason in reasons
	reason.params == {"kinds": "secret.private_key"}
}
