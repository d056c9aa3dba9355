# METADATA
# title: What makes a provider keep a request
# description: >-
#   Parameters that can be dropped or forced, features that only work by storing,
#   tools that see the content and are run elsewhere, and whether the data class
#   lets these pass.
package gateway.lib.state

import data.gateway.lib.classes.order
import data.gateway.lib.classes.rank

# A class or a choice nobody knows is bound.
default free := false

free if rank < object.get(order, input.parameters.ip_08_from, 0)

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

# A tool is what was asked for: it is refused or let be, and never taken away unseen.
droppable := (stateful - fixed) - hosted

tools := (stateful & hosted) | {tool.type | some tool in input.request.tools; tool.third_party == true}
