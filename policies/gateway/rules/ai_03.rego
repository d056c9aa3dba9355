# METADATA
# title: A deep fake is labelled
# description: >-
#   An image, a video or a voice that resembles a real person says visibly that it
#   was made by a machine. A named editor does not lift that, and it does not
#   matter who is to see it.
# custom:
#   id: AI-03
#   pack: eu-ai-act
#   severity: high
#   loosening: configuration
#   european: true
#   concerns: [ethics]
#   sentences: [S21, S23]
#   why: "Deployers disclose deep fakes, and no editorial review exempts them (EU AI Act Art. 50(4), in force since 2 August 2026)."
#   references: ["EU AI Act Art. 50(4), (5)", "Commission guidelines on Art. 50, C(2026) 5054", "Alderding: S21, S23"]
#   standards: ["OWASP LLM07:2026", "OWASP LLM09:2025", "NIST AI RMF Manage", "NIST AI 600-1 information integrity", "ISO/IEC 42001 A.8", "EU AI Act Art. 50"]
#   needs: [signals.real_person, request.kind]
#   reasons: {}
package gateway.rules.ai_03

deny := set()

obligations contains obligation if {
	input.signals.real_person.likeness == true
	input.request.kind in {"audio", "image", "video"}
	obligation := {"id": "AI-03/label", "type": "label", "params": {"labels": ["deep_fake"]}}
}
