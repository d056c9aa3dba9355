# METADATA
# title: Complete questions for the tests
# description: A request and an output that every rule lets pass. Tests change one thing.
package gateway.lib.example

request := {
	"version": 1,
	"phase": "request",
	"tenant": {"demo": false},
	"subject": {
		"kind": "person",
		"roles": ["employee"],
		"acknowledgements": {"code_of_use": {"required": 7, "accepted": 7}},
	},
	"request": {"kind": "chat", "stream": false},
	"destination": destination,
	"data": {
		"class": "internal",
		"declared_class": "",
		"findings": [],
		"secrets": [],
		"unscanned": [],
	},
	"terms": terms,
}

output := {
	"version": 1,
	"phase": "output",
	"tenant": {"demo": false},
	"request": {"kind": "chat", "stream": false},
	"destination": destination,
	"output": {"findings": [], "secrets": []},
	"terms": terms,
}

destination := {
	"known": true,
	"allowed": true,
	"model": "gpt-4o",
	"provider": "openai",
	"tier": "openai/api-default",
}

terms := {
	"tier": "openai/api-default",
	"known": true,
	"demo": false,
	"unknown_facts": [],
	"trains_on_input": "opt_in",
	"retention_days": 30,
	"human_review": "flagged_only",
}

# The request with these values changed.
changed(values) := object.union(request, values)

saw(kind, count) := {"type": kind, "count": count, "confidence": 90}
