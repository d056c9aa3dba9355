# METADATA
# title: What a tier may do with content of a class
# description: >-
#   How long a tier may keep it, who may read it there, and what proves that nothing
#   is kept. Apart from the rule, so that only what a class asks for is worked out.
package gateway.lib.ceilings

import data.gateway.lib.classes.rank
import data.gateway.lib.transfers.clauses

# Days for the class; a class nobody knows has those of the most sensitive one.
default limit := 0

limit := input.parameters.ip_03_internal_days if rank == 1

limit := input.parameters.ip_03_confidential_days if rank == 2

limit := input.parameters.ip_03_restricted_days if rank == 3

# No known limit is written as -1, and is no small number.
default short := false

short if {
	input.terms.retention_days >= 0
	input.terms.retention_days <= limit
}

# Where nobody else is, nobody has to prove anything.
default proved := false

proved if input.terms.zero_retention == true

proved if input.destination.self_hosted == true

proved if input.parameters.ip_03_restricted_evidence == false

reading := {
	"flagged_only": {"flagged_only", "none"},
	"none": {"none"},
	"possible": {"flagged_only", "none", "possible"},
	"sampled": {"flagged_only", "none", "possible", "sampled"},
}

default unread := false

unread if input.terms.human_review in reading[input.parameters.ip_03_review]

# Clauses whose exporter has looked at the law of the country they lead to.
default assessed := false

assessed if {
	clauses == true
	input.parameters.ip_03_accept_scc == true
}
