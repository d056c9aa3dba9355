# METADATA
# title: May this request be sent?
# description: >-
#   A request is permitted when every rule that is required is loaded, sound and
#   silent. A bundle with a rule missing, an empty list of required rules, or a
#   question with an attribute missing permits nothing.
# entrypoint: true
package gateway

import data.gateway.lib.asked
import data.gateway.lib.merge
import data.gateway.lib.shape

default effect := "deny"

effect := "permit" if {
	count(required) > 0
	shape.request == true
	count(reasons) == 0
}

decision := {
	"effect": effect,
	"revision": data.proviso.revision,
	"reasons": reasons,
	"obligations": merge.said_of(answers, "obligations"),
	"advice": (merge.said_of(answers, "advice") | shape.unjudged),
}

# A set, so that whatever is not a list of names becomes the empty list, which permits nothing.
required contains rule if some rule in data.proviso.required.request

wanted := required - asked.off

judged := data.gateway.rules

answers := merge.answers(judged, wanted)

reasons := merge.reasons(wanted, merge.loaded(judged), answers, subject) | incomplete

# Who is not described has confirmed and approved nothing.
subject := object.get(input, "subject", {})

incomplete contains reason if {
	count(required) == 0
	reason := merge.own("policy.no_rules", {})
}

incomplete contains reason if {
	shape.request == false
	reason := merge.own("input.incomplete", {})
}
