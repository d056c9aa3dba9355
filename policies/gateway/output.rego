# METADATA
# title: May this output be released?
# description: >-
#   The second question, about what the model said, under the same guard as the
#   first. An output is released or withheld; nobody can be asked for anything
#   while it waits, so every objection withholds it.
# entrypoint: true
package gateway.output

import data.gateway.lib.asked
import data.gateway.lib.merge
import data.gateway.lib.shape

default effect := "deny"

effect := "permit" if {
	count(required) > 0
	shape.output == true
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
required contains rule if some rule in data.proviso.required.output

wanted := required - asked.off

judged := data.gateway.output_rules

answers := merge.answers(judged, wanted)

reasons := merge.reasons(wanted, merge.loaded(judged), answers, subject) | incomplete

# Who is not described has confirmed and approved nothing.
subject := object.get(input, "subject", {})

incomplete contains reason if {
	count(required) == 0
	reason := merge.own("policy.no_rules", {})
}

incomplete contains reason if {
	shape.output == false
	reason := merge.own("input.incomplete", {})
}
