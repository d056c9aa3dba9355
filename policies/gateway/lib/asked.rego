# METADATA
# title: Which of the required rules are asked
# description: >-
#   A tenant may switch off what may be switched off, and the pack eu-ai-act
#   speaks to tenants with an establishment in the European Union.
package gateway.lib.asked

off contains rule if {
	some rule in input.disabled
	rule in data.proviso.optional
}

off contains rule if {
	european == false
	some rule in data.proviso.european
}

# Nobody's seat is known: the stricter reading counts.
default european := true

european := false if {
	count(input.tenant.establishments) > 0
	seats := {seat | some seat in input.tenant.establishments}
	count(seats & {"EU"}) == 0
}
