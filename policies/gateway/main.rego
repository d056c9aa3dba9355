# METADATA
# title: May this request be sent?
# description: >-
#   A request is permitted when every rule that is required is loaded, sound and
#   silent. A bundle with a rule missing, an empty list of required rules, or a
#   question with an attribute missing permits nothing.
# entrypoint: true
package gateway

import data.gateway.lib.shape

default effect := "deny"

effect := "permit" if {
	count(required) > 0
	count(missing) == 0
	count(unsound) == 0
	shape.request == true
	count(reasons) == 0
}

decision := {
	"effect": effect,
	"revision": data.proviso.revision,
	"reasons": reasons,
	"obligations": obligations,
	"advice": advice,
}

# A set, so that whatever is not a list of names becomes the empty list, which permits nothing.
required contains rule if some rule in data.proviso.required.request

# Every rule's answers, asked for once: asking rule by rule costs twice the time.
judged := data.gateway.rules

# `deny := true` has no reasons to give. It is not taken for a rule that is silent.
loaded contains rule if {
	some rule in required
	type_name(judged[rule].deny) == "set"
}

missing := required - loaded

unsound contains rule if {
	some rule in required
	owed := judged[rule].obligations
	type_name(owed) != "set"
}

unsound contains rule if {
	some rule in required
	said := judged[rule].advice
	type_name(said) != "set"
}

reasons contains reason if {
	some rule in loaded
	some reason in judged[rule].deny
}

reasons contains reason if {
	some rule in missing
	reason := {"rule": "GATEWAY", "code": "policy.rule_missing", "params": {"missing": rule}}
}

reasons contains reason if {
	some rule in unsound
	reason := {"rule": "GATEWAY", "code": "policy.rule_malformed", "params": {"missing": rule}}
}

reasons contains reason if {
	count(required) == 0
	reason := {"rule": "GATEWAY", "code": "policy.no_rules", "params": {}}
}

reasons contains reason if {
	shape.request == false
	reason := {"rule": "GATEWAY", "code": "input.incomplete", "params": {}}
}

obligations contains obligation if {
	some rule in (loaded - unsound)
	some obligation in judged[rule].obligations
}

advice contains item if {
	some rule in (loaded - unsound)
	some item in judged[rule].advice
}
