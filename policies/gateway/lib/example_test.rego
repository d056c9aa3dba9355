# METADATA
# title: Complete questions for the tests
# description: >-
#   A request, an output and an act that every rule lets pass. Tests change one
#   thing. `changed` lays an object over the request, deeply.
package gateway.lib.example

request := {
	"version": 2,
	"phase": "request",
	"tenant": tenant,
	"subject": {
		"kind": "person",
		"roles": ["employee"],
		"acknowledgements": {"required": 7, "accepted": 7},
		"confirmed": [],
		"approved": [],
		"training": {"literacy": "current", "media": "current"},
	},
	"purpose": purpose,
	"request": {
		"kind": "chat",
		"stream": false,
		"stateful": [],
		"stateful_fixed": [],
		"identifying": [],
		"rewritable": true,
		"sampling": [],
		"tools": [],
		"attachments": [],
		"input_tokens": 100,
	},
	"data": {
		"class": "internal",
		"declared_class": "",
		"findings": [],
		"secrets": [],
		"unscanned": [],
		"special": [],
		"special_removable": false,
		"criminal": false,
		"people": 0,
		"reid": {"level": "none", "drivers": []},
	},
	"signals": {
		"misuse": [],
		"injection": {"score": 0, "source": "none"},
		"real_person": {"named": false, "likeness": false, "consent": false},
		"political": false,
		"minor": false,
		"third_party_works": [],
		"code": false,
		"domain_hint": "",
		"person_description": {"traits": 0, "special": false, "about_self": false},
	},
	"usage": {"budget": "none", "requests_last_minute": 1, "repeats_last_minute": 0},
	"destination": destination,
	"terms": terms,
	"disabled": [],
	"parameters": parameters,
}

output := {
	"version": 2,
	"phase": "output",
	"tenant": tenant,
	"subject": {"confirmed": [], "approved": []},
	"purpose": purpose,
	"request": {"kind": "chat", "stream": false, "sampling": []},
	"destination": destination,
	"output": {
		"findings": [],
		"secrets": [],
		"modified": false,
		"active_content": [],
		"canary": false,
		"marks": [],
		"label_due": false,
		"rights_record": true,
		"code": false,
		"licence_match": [],
		"verbatim": false,
	},
	"terms": terms,
	"disabled": [],
	"parameters": parameters,
}

act := {
	"version": 2,
	"phase": "admin",
	"action": "unmask",
	"actor": {"roles": ["privacy_officer"]},
	"approver": {"present": true, "distinct": true, "roles": ["tenant_admin"]},
	"reason": {"code": "security_incident"},
	"hours": 24,
}

tenant := {"demo": false, "establishments": ["EU"], "works_council": true, "revenue": "over_1m"}

purpose := {
	"code": "general",
	"known": true,
	"legal_basis": true,
	"art9_condition": false,
	"publication": "none",
	"audience": "staff",
	"domain": "",
	"decides_about_person": false,
	"reviewer": false,
	"editor": false,
	"commercial": true,
	"trains_model": false,
	"training_exception": "",
	"human_statement": false,
	"safety_or_medical": false,
	"use_case": {
		"registered": false,
		"stopped": false,
		"overseer": false,
		"workers_informed": false,
		"assessment": false,
	},
}

destination := {
	"known": true,
	"allowed": true,
	"model": "gpt-4o",
	"provider": "openai",
	"tier": "openai/api-default",
	"region": "eu",
	"transfer": "none_needed",
	"stage": "ga",
	"self_hosted": false,
	"mitigations": [],
}

terms := {
	"tier": "openai/api-default",
	"known": true,
	"demo": false,
	"unknown_facts": [],
	"trains_on_input": "opt_in",
	"retention_days": 30,
	"zero_retention": false,
	"human_review": "flagged_only",
	"processor_contract": true,
	"business_use": "allowed",
	"output_ownership": "customer_owns_as_between_parties",
	"output_restrictions": [],
	"licence_conditions": [],
	"indemnity": "conditional",
	"labelling": false,
	"political_use": "unknown",
	"marks_text": false,
	"eu_excluded": false,
}

# The shipped values, as an annotation of each rule gives them; a test holds the two together.
parameters := data.proviso.defaults

# The request, the output or the act with these values changed, deeply.
changed(values) := object.union(request, values)

changed_output(values) := object.union(output, values)

changed_act(values) := object.union(act, values)

saw(kind, count) := {"type": kind, "count": count, "confidence": 90}
