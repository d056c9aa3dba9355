# METADATA
# title: May this output be released?
# description: >-
#   The second question, about what the model said. The same guard as the first:
#   a required rule that is not loaded withholds everything.
# entrypoint: true
package gateway.output

default effect := "deny"

effect := "permit" if {
	count(required) > 0
	count(reasons) == 0
}

decision := {
	"effect": effect,
	"reasons": reasons,
	"obligations": [],
	"advice": [],
}

default required := []

required := data.proviso.required.output

reasons contains reason if {
	some rule in required
	some reason in data.gateway.output_rules[rule].deny
}

reasons contains reason if {
	some rule in required
	not data.gateway.output_rules[rule].deny
	reason := {"rule": "GATEWAY", "code": "policy.rule_missing", "params": {"missing": rule}}
}

reasons contains reason if {
	count(required) == 0
	reason := {"rule": "GATEWAY", "code": "policy.no_rules", "params": {}}
}
