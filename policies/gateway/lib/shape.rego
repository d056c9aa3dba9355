# METADATA
# title: Whether the question is complete
# description: >-
#   A rule that reads an attribute which is not there says nothing, and silence
#   would permit. So every attribute is required here, and a question that lacks
#   one, or brings one nobody knows, is denied. Only what the packs that warn
#   alone read may be absent; its absence is told. Types are held to
#   policies/schemas before a question is asked.
package gateway.lib.shape

import data.gateway.lib.forms

default request := false

request if {
	input.phase == "request"
	common == true
}

default output := false

output if {
	input.phase == "output"
	common == true
}

default admin := false

admin if {
	input.phase == "admin"
	input.version == 2
	object.keys(input) == forms.admin
}

# What a rule of a warning pack would have read and could not.
unjudged contains item if {
	some path in absent
	item := {"rule": "GATEWAY", "code": "attribute.missing", "params": {"missing": path}}
}

default common := false

common if {
	input.version == 2
	object.keys(input) == object.keys(form) | {"disabled", "parameters", "phase", "version"}
	count(wrong) == 0
	object.keys(input.parameters) == object.keys(data.proviso.defaults)
}

form := forms.attributes[input.phase]

# Attributes that are missing or that nobody knows, by their path.
wrong := (strange | gone) - absent

absent contains path if {
	some path in gone
	path in data.proviso.lenient
}

gone contains path if {
	some section in differing
	some key in (form[section] - object.keys(object.get(input, section, {})))
	path := concat(".", [section, key])
}

strange contains path if {
	some section in differing
	some key in (object.keys(object.get(input, section, {})) - form[section])
	path := concat(".", [section, key])
}

# Most questions are whole: only a section that is not is looked at attribute by attribute.
differing contains section if {
	some section, keys in form
	object.keys(object.get(input, section, {})) != keys
}
