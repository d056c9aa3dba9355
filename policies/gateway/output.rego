# METADATA
# title: May this output be released?
# description: >-
#   The second question, about what the model said, under the same guard as the
#   first: a required rule that is not loaded, or an attribute that is missing,
#   withholds everything.
# entrypoint: true
package gateway.output

import data.gateway.lib.shape

default effect := "deny"

effect := "permit" if {
	count(required) > 0
	count(missing) == 0
	shape.output == true
	count(reasons) == 0
}

decision := {
	"effect": effect,
	"revision": data.proviso.revision,
	"reasons": reasons,
	"obligations": [],
	"advice": [],
}

required contains rule if some rule in data.proviso.required.output

judged := data.gateway.output_rules

loaded contains rule if {
	some rule in required
	type_name(judged[rule].deny) == "set"
}

missing := required - loaded

reasons contains reason if {
	some rule in loaded
	some reason in judged[rule].deny
}

reasons contains reason if {
	some rule in missing
	reason := {"rule": "GATEWAY", "code": "policy.rule_missing", "params": {"missing": rule}}
}

reasons contains reason if {
	count(required) == 0
	reason := {"rule": "GATEWAY", "code": "policy.no_rules", "params": {}}
}

reasons contains reason if {
	shape.output == false
	reason := {"rule": "GATEWAY", "code": "input.incomplete", "params": {}}
}
