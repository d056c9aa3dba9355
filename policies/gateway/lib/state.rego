# METADATA
# title: What makes a provider keep a request
# description: >-
#   Parameters that can be dropped or forced, features that only work by storing,
#   tools that see the content and are run elsewhere, and whether the data class
#   lets these pass; and whether an answer may be kept to be continued or fetched.
package gateway.lib.state

import data.gateway.lib.classes.order
import data.gateway.lib.classes.rank

# A class or a choice nobody knows is bound.
default free := false

free if rank < object.get(order, input.parameters.ip_08_from, 0)

# What the gateway keeps book of: whose a kept answer is, and when it goes.
booked := {"background", "previous_response_id", "store"}

# Restricted content is kept nowhere, whatever is chosen. A choice nobody knows, and "never", is
# below every class. Under a contract that nothing is kept, keeping would be outside the contract.
default stored := false

stored if {
	input.request.kind == "responses"
	free == true
	rank < 3
	rank <= object.get(order, input.parameters.ip_08_stored, -1)
	lasting == true
}

default lasting := false

lasting if input.terms.zero_retention == false

lasting if input.destination.self_hosted == true

allowed contains name if {
	some name in booked
	stored == true
}

# Tools the provider runs, or has run by others, beside the model.
hosted := {
	"code_interpreter",
	"computer_use",
	"containers",
	"file_search",
	"google_maps",
	"google_search",
	"mcp",
	"url_context",
	"web_fetch",
	"web_search",
}

fixed := {name | some name in input.request.stateful_fixed}

stateful := {name | some name in input.request.stateful}

# What only works by keeping, and may not.
refused contains name if {
	some name in fixed
	free == false
}

refused contains name if {
	some name in (fixed & booked)
	stored == false
}

# A tool is what was asked for: it is refused or let be, and never taken away unseen.
droppable := ((stateful - fixed) - hosted) - allowed

tools := (stateful & hosted) | {tool.type | some tool in input.request.tools; tool.third_party == true}
