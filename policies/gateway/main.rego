# METADATA
# title: May this request be sent?
# description: >-
#   A request is permitted when every rule that is required is loaded and none of
#   them objects. A bundle with a rule missing, or an empty list of required
#   rules, permits nothing.
# entrypoint: true
package gateway

default effect := "deny"

effect := "permit" if {
	count(required) > 0
	count(reasons) == 0
}

decision := {
	"effect": effect,
	"reasons": reasons,
	"obligations": obligations,
	"advice": advice,
}

default required := []

required := data.proviso.required.request

reasons contains reason if {
	some rule in required
	some reason in data.gateway.rules[rule].deny
}

reasons contains reason if {
	some rule in required
	not data.gateway.rules[rule].deny
	reason := {"rule": "GATEWAY", "code": "policy.rule_missing", "params": {"missing": rule}}
}

reasons contains reason if {
	count(required) == 0
	reason := {"rule": "GATEWAY", "code": "policy.no_rules", "params": {}}
}

obligations contains obligation if {
	some rule in required
	some obligation in data.gateway.rules[rule].obligations
}

advice contains item if {
	some rule in required
	some item in data.gateway.rules[rule].advice
}
