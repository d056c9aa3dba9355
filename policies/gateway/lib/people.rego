# METADATA
# title: Whether content is about people, and how much hangs on it
# description: >-
#   Whether anybody can be told from it at all, and whether there are many, or
#   something is decided about them.
package gateway.lib.people

import data.gateway.lib.findings.impersonal

default identified := false

identified if input.data.people > 0

identified if count(input.data.special) > 0

identified if input.data.criminal == true

identified if {
	types := {finding.type | some finding in input.data.findings}
	count(types - impersonal) > 0
}

# Domains in which a person's chances are decided (AI Act Annex III).
deciding := {
	"biometrics",
	"credit",
	"education",
	"employment",
	"essential_services",
	"insurance",
	"justice",
	"law_enforcement",
	"migration",
}

default weighty := false

weighty if input.data.people >= input.parameters.ip_04_people

weighty if input.purpose.decides_about_person == true

weighty if input.purpose.domain in deciding

weighty if input.signals.domain_hint in deciding
