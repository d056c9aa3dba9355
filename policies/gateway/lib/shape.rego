# METADATA
# title: Whether the question is complete
# description: >-
#   A rule that reads an attribute which is not there says nothing, and silence
#   would permit. So every attribute a rule may read is required here, with its
#   type, and a question that lacks one is denied. The full description is in
#   policies/schemas.
package gateway.lib.shape

default request := false

request if {
	input.phase == "request"
	common == true
	subject == true
	type_name(input.data.class) == "string"
	type_name(input.data.unscanned) == "array"
	seen(input.data) == true
	kinds := [part | some part in input.data.unscanned; type_name(part.kind) == "string"]
	count(kinds) == count(input.data.unscanned)
}

default output := false

output if {
	input.phase == "output"
	common == true
	seen(input.output) == true
}

default common := false

common if {
	input.version == 1
	type_name(input.tenant.demo) == "boolean"
	type_name(input.request.kind) == "string"
	type_name(input.request.stream) == "boolean"
	type_name(input.destination.known) == "boolean"
	type_name(input.destination.allowed) == "boolean"
	type_name(input.destination.tier) == "string"
	type_name(input.terms.known) == "boolean"
	type_name(input.terms.demo) == "boolean"
	type_name(input.terms.unknown_facts) == "array"
	type_name(input.terms.trains_on_input) == "string"
}

default subject := false

subject if {
	input.subject.kind in {"person", "workload"}
	type_name(input.subject.acknowledgements.code_of_use.required) == "number"
	type_name(input.subject.acknowledgements.code_of_use.accepted) == "number"
}

# Every finding and every secret names its kind: one without would be seen by no rule.
seen(where) if {
	type_name(where.findings) == "array"
	type_name(where.secrets) == "array"
	typed := [item | some item in where.findings; type_name(item.type) == "string"; type_name(item.count) == "number"]
	count(typed) == count(where.findings)
	named := [item | some item in where.secrets; type_name(item.kind) == "string"]
	count(named) == count(where.secrets)
}
