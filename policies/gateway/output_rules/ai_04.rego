# METADATA
# title: Media without a mark is marked and labelled
# description: >-
#   An image, a video or a sound that came without a machine-readable mark gets a
#   label and a mark of ours, so that it does not leave as if a person had made it.
#   What is for the public is withheld when it cannot take one. A mark that is there
#   is kept; your organisation may add its own to every output.
# custom:
#   id: AI-04
#   pack: eu-ai-act
#   severity: high
#   loosening: impossible
#   concerns: [ethics, rights]
#   sentences: [S21, S23]
#   why: "Synthetic media is marked as such (EU AI Act Art. 50(2); the grace period for older systems ends on 2 December 2026)."
#   references: ["EU AI Act Art. 50(2)", "Code of Practice on marking and labelling of AI-generated content (10 June 2026)", "California SB 942 as amended by AB 853", "Alderding: S21, S23"]
#   standards: ["OWASP LLM07:2026", "OWASP LLM09:2025", "NIST AI RMF Manage", "NIST AI 600-1 information integrity", "ISO/IEC 42001 A.9", "EU AI Act Art. 50"]
#   needs: [output.marks, purpose.publication, request.kind]
#   parameters:
#     ai_04_marks: {default: keep, choices: [keep, add, required], meaning: "Marks on generated media: only where there is none, your own on every output, or your own on every output and nothing released without."}
#   reasons: {}
package gateway.output_rules.ai_04

deny := set()

default media := false

media if input.request.kind in {"audio", "image", "video"}

default bare := false

bare if {
	media == true
	count(input.output.marks) == 0
}

obligations contains obligation if {
	bare == true
	obligation := {"id": "AI-04/label", "type": "label", "params": {"labels": ["ai_generated"]}}
}

obligations contains obligation if {
	required == true
	obligation := {"id": "AI-04/mark", "type": "mark", "params": {"level": "required"}}
}

obligations contains obligation if {
	wanted == true
	required == false
	obligation := {"id": "AI-04/mark", "type": "mark", "params": {"level": "add"}}
}

default required := false

required if {
	bare == true
	input.purpose.publication == "public"
}

required if {
	media == true
	input.parameters.ai_04_marks == "required"
}

default wanted := false

wanted if bare == true

wanted if {
	media == true
	input.parameters.ai_04_marks == "add"
}
