# METADATA
# title: May this administrative act be done?
# description: >-
#   The third question, about acts that no request makes: telling who stands
#   behind a pseudonym. Under the same guard as the other two.
# entrypoint: true
package gateway.admin

import data.gateway.lib.merge
import data.gateway.lib.shape

default effect := "deny"

effect := "permit" if {
	count(required) > 0
	shape.admin == true
	count(reasons) == 0
}

decision := {
	"effect": effect,
	"revision": data.proviso.revision,
	"reasons": reasons,
	"obligations": merge.said_of(answers, "obligations"),
	"advice": merge.said_of(answers, "advice"),
}

# A set, so that whatever is not a list of names becomes the empty list, which permits nothing.
required contains rule if some rule in data.proviso.required.admin

judged := data.gateway.admin_rules

answers := merge.answers(judged, required)

reasons := merge.reasons(required, merge.loaded(judged), answers, {"confirmed": [], "approved": []}) | incomplete

incomplete contains reason if {
	count(required) == 0
	reason := merge.own("policy.no_rules", {})
}

incomplete contains reason if {
	shape.admin == false
	reason := merge.own("input.incomplete", {})
}
