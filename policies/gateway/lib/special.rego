# METADATA
# title: Specially protected data
# description: >-
#   Matters of GDPR Articles 9 and 10: whether there are any, whether the purpose
#   may hold them, whether they can be taken out, and whether the tier keeps them.
package gateway.lib.special

import data.gateway.lib.findings.special_types

default present := false

present if count(input.data.special) > 0

present if input.data.criminal == true

# The register says of a purpose whether a condition of Article 9(2) or 10 is on record.
default conditioned := false

conditioned if {
	input.purpose.known == true
	input.purpose.art9_condition == true
}

default forgotten := false

forgotten if {
	input.terms.zero_retention == true
	input.terms.retention_days == 0
}

# The finding types of what is there; of a matter nobody has listed there is none to take out.
types contains kind if {
	some matter in input.data.special
	kind := object.get(special_types, matter, "SPECIAL")
}

types contains kind if {
	input.data.criminal == true
	kind := special_types.criminal
}

# Taken out only where every matter has a place in the text that can be taken out.
default removed := false

removed if {
	input.parameters.ip_05_redact == "when_removable"
	input.data.special_removable == true
	conditioned == false
	seen := {finding.type | some finding in input.data.findings}
	count(types - seen) == 0
}
