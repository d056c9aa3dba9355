# METADATA
# title: A person described for a picture, a film or a voice
# description: >-
#   Whether something is to be made that shows or sounds like a person, how closely
#   the person is described, and whether it can be told who it is.
package gateway.lib.depiction

default asked := false

asked if input.request.kind in {"audio", "image", "video"}

# A chat that may draw is no way round.
asked if {
	some tool in input.request.tools
	tool.type == "image_generation"
}

# Of oneself, every trait counts.
default close := false

close if input.signals.person_description.traits >= input.parameters.an_04_traits

close if {
	input.signals.person_description.about_self == true
	input.signals.person_description.traits > 0
}

default recognisable := false

recognisable if close == true

recognisable if input.signals.person_description.about_self == true

recognisable if input.signals.real_person.named == true

recognisable if input.signals.real_person.likeness == true
