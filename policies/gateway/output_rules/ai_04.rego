# METADATA
# title: Media without a mark is labelled
# description: >-
#   An image, a video or a sound that came without a machine-readable mark gets a
#   label of ours, so that it does not leave as if a person had made it.
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
#   needs: [output.marks, request.kind]
#   reasons: {}
package gateway.output_rules.ai_04

deny := set()

obligations contains obligation if {
	input.request.kind in {"audio", "image", "video"}
	count(input.output.marks) == 0
	obligation := {"id": "AI-04/label", "type": "label", "params": {"labels": ["ai_generated"]}}
}
