# METADATA
# title: Where content goes, under which contract, and what makes that lawful
# description: >-
#   GDPR Chapter V. Inside the European Economic Area and on one's own machines
#   nothing is transferred; an adequacy decision (Art. 45) stands beside that, the
#   EU-US Data Privacy Framework only while a tenant accepts it. Standard contractual
#   clauses (Art. 46(2)(c)) bind the provider alone and not its government (CJEU
#   C-311/18), so they are told apart. A derogation (Art. 49) is for single cases,
#   not for a gateway.
package gateway.lib.transfers

default adequate := false

adequate if input.destination.self_hosted == true

adequate if input.destination.region in {"eea", "eu", "own"}

adequate if input.destination.transfer in {"adequacy", "none_needed"}

adequate if {
	input.destination.transfer == "dpf"
	input.parameters.ip_09_accept_dpf == true
}

# The clauses are a part of the processor contract: without one on file there are none.
default clauses := false

clauses if {
	input.destination.transfer == "scc"
	input.terms.processor_contract == true
}

default contracted := false

contracted if input.terms.processor_contract == true

# Nothing is handed to anybody.
contracted if input.destination.self_hosted == true

# Clauses that a tenant relies on.
default bound := false

bound if {
	clauses == true
	input.parameters.ip_09_accept_scc == true
}
