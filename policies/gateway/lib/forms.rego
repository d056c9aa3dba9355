# METADATA
# title: The forms of the questions
# description: >-
#   The attributes of each section. The same forms stand in policies/schemas with
#   types and meaning; a test holds the two together.
package gateway.lib.forms

admin := {
	"action",
	"actor",
	"approver",
	"hours",
	"phase",
	"reason",
	"version",
}

attributes := {
	"request": {
		"data": {
			"class",
			"criminal",
			"declared_class",
			"findings",
			"people",
			"reid",
			"secrets",
			"special",
			"special_removable",
			"unscanned",
		},
		"destination": destination,
		"purpose": purpose,
		"request": {
			"attachments",
			"identifying",
			"input_tokens",
			"kind",
			"rewritable",
			"sampling",
			"stateful",
			"stateful_fixed",
			"stream",
			"tools",
		},
		"signals": {
			"code",
			"domain_hint",
			"injection",
			"minor",
			"misuse",
			"person_description",
			"political",
			"real_person",
			"third_party_works",
		},
		"subject": {
			"acknowledgements",
			"approved",
			"confirmed",
			"kind",
			"roles",
			"training",
		},
		"tenant": tenant,
		"terms": terms,
		"usage": {
			"budget",
			"repeats_last_minute",
			"requests_last_minute",
		},
	},
	"output": {
		"destination": destination,
		"output": {
			"active_content",
			"canary",
			"code",
			"findings",
			"label_due",
			"licence_match",
			"marks",
			"modified",
			"rights_record",
			"secrets",
			"verbatim",
		},
		"purpose": purpose,
		"request": {"kind", "sampling", "stream"},
		"subject": {"approved", "confirmed"},
		"tenant": tenant,
		"terms": terms,
	},
}

tenant := {
	"demo",
	"establishments",
	"revenue",
	"works_council",
}

purpose := {
	"art9_condition",
	"audience",
	"code",
	"commercial",
	"decides_about_person",
	"domain",
	"editor",
	"human_statement",
	"known",
	"legal_basis",
	"publication",
	"reviewer",
	"safety_or_medical",
	"training_exception",
	"trains_model",
	"use_case",
}

destination := {
	"allowed",
	"known",
	"mitigations",
	"model",
	"provider",
	"region",
	"self_hosted",
	"stage",
	"tier",
	"transfer",
}

terms := {
	"business_use",
	"demo",
	"eu_excluded",
	"human_review",
	"indemnity",
	"known",
	"labelling",
	"licence_conditions",
	"marks_text",
	"output_ownership",
	"output_restrictions",
	"political_use",
	"processor_contract",
	"retention_days",
	"tier",
	"trains_on_input",
	"unknown_facts",
	"zero_retention",
}
