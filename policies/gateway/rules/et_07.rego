# METADATA
# title: No sexual, violent or child-abuse harm
# description: >-
#   Sexual content, violence and harassment are refused from a score; intimate
#   pictures of real people and anything sexual about minors at once. The codes
#   that begin with harm. are incidents: the gateway keeps no content of such a
#   request. A person who speaks of harming themselves is answered, and told where
#   there is help.
# custom:
#   id: ET-07
#   pack: ethical-use
#   severity: critical
#   loosening: impossible
#   concerns: [ethics]
#   sentences: [S23]
#   why: "Ethical use does no harm (Alderding, S23), and the EU AI Act forbids intimate imagery without consent and child-abuse material (Art. 5(1)(ba) and (bb), from 2 December 2026)."
#   references: ["EU AI Act Art. 5(1)(ba), (bb) as amended by Regulation (EU) 2026/1744", "Directive 2011/93/EU", "Alderding, Privacy considerations when using generative AI", "OpenAI Usage Policies, sexual content and minors", "Anthropic Usage Policy, child safety"]
#   standards: ["NIST AI 600-1 obscene, degrading or abusive content", "NIST AI 600-1 dangerous, violent or hateful content", "NIST AI RMF Manage", "ISO/IEC 42001 A.9", "EU AI Act Art. 5"]
#   needs: [signals.minor, signals.misuse, signals.real_person]
#   parameters:
#     et_07_score:
#       default: 70
#       minimum: 1
#       maximum: 100
#       tighten: lower
#       meaning: "Score out of 100 from which sexual content, violence and harassment are refused."
#     et_07_grave_score:
#       default: 40
#       minimum: 1
#       maximum: 100
#       tighten: lower
#       meaning: "The same for child abuse and for intimate pictures of real people."
#     et_07_warn:
#       default: 40
#       minimum: 1
#       maximum: 100
#       tighten: lower
#       meaning: "Score from which the person is warned."
#     et_07_care:
#       default: 30
#       minimum: 1
#       maximum: 100
#       tighten: lower
#       meaning: "Score from which a person who speaks of self-harm is told where there is help."
#   reasons:
#     harm.child_abuse:
#       kind: deny
#       text:
#         en: "This looks like sexual content about a minor. It is never generated."
#         de: "Dies sieht nach sexuellen Inhalten über Minderjährige aus. So etwas wird nie erzeugt."
#         fr: "Cela ressemble à un contenu sexuel concernant un mineur. Il n'est jamais généré."
#         nl: "Dit lijkt seksuele inhoud over een minderjarige. Die wordt nooit gemaakt."
#       remedy:
#         en: "If you came across such material, report it to the police or a hotline (inhope.org). Do not copy it."
#         de: "Sind Sie auf solches Material gestoßen, melden Sie es der Polizei oder einer Meldestelle (inhope.org). Kopieren Sie es nicht."
#         fr: "Si vous avez trouvé un tel contenu, signalez-le à la police ou à un point de contact (inhope.org). Ne le copiez pas."
#         nl: "Bent u zulk materiaal tegengekomen, meld het bij de politie of een meldpunt (inhope.org). Kopieer het niet."
#     harm.intimate_imagery:
#       kind: deny
#       text:
#         en: "This looks like a request for an intimate picture of a real person."
#         de: "Dies sieht nach der Bitte um ein intimes Bild einer echten Person aus."
#         fr: "Cela ressemble à une demande d'image intime d'une personne réelle."
#         nl: "Dit lijkt een verzoek om een intieme afbeelding van een echt persoon."
#       remedy:
#         en: "This is not made here. If somebody did it to you or a colleague, turn to your privacy officer or the police."
#         de: "Das wird hier nicht erzeugt. Hat jemand Ihnen oder anderen dies angetan, wenden Sie sich an die Datenschutzstelle oder die Polizei."
#         fr: "Cela n'est pas généré ici. Si vous ou un collègue en êtes victime, adressez-vous au délégué à la protection des données ou à la police."
#         nl: "Dit wordt hier niet gemaakt. Is het u of een collega overkomen, ga dan naar uw privacyfunctionaris of de politie."
#     harm.sexual:
#       kind: deny
#       text:
#         en: "This looks like a request for sexual content."
#         de: "Dies sieht nach der Bitte um sexuelle Inhalte aus."
#         fr: "Cela ressemble à une demande de contenu sexuel."
#         nl: "Dit lijkt een verzoek om seksuele inhoud."
#       remedy:
#         en: "Ask without it. Policies and training on the subject may be written here."
#         de: "Bitten Sie ohne solche Inhalte. Richtlinien und Schulungen zum Thema sind möglich."
#         fr: "Reformulez sans ce contenu. Les chartes et formations sur le sujet sont possibles."
#         nl: "Vraag het zonder zulke inhoud. Beleid en opleiding over het onderwerp mogen wel."
#     harm.violence:
#       kind: deny
#       text:
#         en: "This looks like a request that calls for violence, or helps with it."
#         de: "Dies sieht nach einer Anfrage aus, die zu Gewalt aufruft oder dabei hilft."
#         fr: "Cela ressemble à une demande qui appelle à la violence ou l'aide."
#         nl: "Dit lijkt een verzoek dat tot geweld oproept of erbij helpt."
#       remedy:
#         en: "If somebody is in danger, call the emergency number (112 in the EU, 999 in the UK, 911 in the US)."
#         de: "Ist jemand in Gefahr, rufen Sie den Notruf 112."
#         fr: "Si quelqu'un est en danger, appelez le 112."
#         nl: "Is iemand in gevaar, bel dan 112."
#     harm.harassment:
#       kind: deny
#       text:
#         en: "This looks like a request to insult, threaten or humiliate somebody."
#         de: "Dies sieht nach der Bitte aus, jemanden zu beleidigen, zu bedrohen oder zu demütigen."
#         fr: "Cela ressemble à une demande visant à insulter, menacer ou humilier quelqu'un."
#         nl: "Dit lijkt een verzoek om iemand te beledigen, te bedreigen of te vernederen."
#       remedy:
#         en: "Say what happened and what should change, without attacking the person."
#         de: "Sagen Sie, was geschehen ist und was sich ändern soll, ohne die Person anzugreifen."
#         fr: "Dites ce qui s'est passé et ce qui doit changer, sans attaquer la personne."
#         nl: "Zeg wat er is gebeurd en wat moet veranderen, zonder de persoon aan te vallen."
#     harmful.near:
#       kind: warn
#       text:
#         en: "Your request touches on sexual content, violence or harassment."
#         de: "Ihre Anfrage berührt sexuelle Inhalte, Gewalt oder Belästigung."
#         fr: "Votre demande touche au sexe, à la violence ou au harcèlement."
#         nl: "Uw verzoek raakt aan seksuele inhoud, geweld of intimidatie."
#       remedy:
#         en: "Keep to what your work needs, and think of who will read it."
#         de: "Beschränken Sie sich auf das beruflich Nötige, und denken Sie an die Lesenden."
#         fr: "Limitez-vous à ce que votre travail exige, et pensez à qui vous lira."
#         nl: "Beperk u tot wat uw werk vraagt, en denk aan wie het leest."
#     care.self_harm:
#       kind: warn
#       text:
#         en: "Your text speaks of harming oneself. If it is about you or somebody near you: you are not alone."
#         de: "Ihr Text handelt von Selbstverletzung oder Suizid. Wenn es um Sie oder Nahestehende geht: Sie sind nicht allein."
#         fr: "Votre texte parle de se faire du mal. Si cela vous concerne, vous ou un proche : vous n'êtes pas seul."
#         nl: "Uw tekst gaat over zelfbeschadiging. Gaat het om u of iemand dicht bij u: u staat er niet alleen voor."
#       remedy:
#         en: "Talk to somebody now: Samaritans 116 123 (UK and Ireland), 988 (US); in danger call 112, 999 or 911."
#         de: "Sprechen Sie jetzt mit jemandem: TelefonSeelsorge 116 123 (Deutschland), 142 (Österreich), 143 (Schweiz); bei Gefahr 112."
#         fr: "Parlez-en maintenant : 3114 (France), 107 (Belgique), 143 (Suisse) ; en cas de danger, le 112."
#         nl: "Praat er nu over: 113 (Nederland), 1813 (België); bij gevaar 112."
package gateway.rules.et_07

codes := {"sexual_content": "harm.sexual", "violence": "harm.violence", "harassment": "harm.harassment"}

grave := {"child_abuse": "harm.child_abuse", "intimate_imagery": "harm.intimate_imagery"}

# Whether a minor is concerned; where nobody said so, one may be.
default grown := false

grown if input.signals.minor == false

deny contains reason if {
	some item in input.signals.misuse
	code := codes[item.category]
	item.score >= input.parameters.et_07_score
	reason := {"rule": "ET-07", "code": code, "params": {}}
}

deny contains reason if {
	some item in input.signals.misuse
	code := grave[item.category]
	item.score >= input.parameters.et_07_grave_score
	reason := {"rule": "ET-07", "code": code, "params": {}}
}

# However low the score.
deny contains reason if {
	grown == false
	some item in input.signals.misuse
	item.category in {"intimate_imagery", "sexual_content"}
	reason := {"rule": "ET-07", "code": "harm.child_abuse", "params": {}}
}

deny contains reason if {
	input.signals.real_person.likeness == true
	some item in input.signals.misuse
	item.category == "sexual_content"
	item.score >= input.parameters.et_07_grave_score
	reason := {"rule": "ET-07", "code": "harm.intimate_imagery", "params": {}}
}

advice contains item if {
	some signal in input.signals.misuse
	signal.category in {"sexual_content", "violence", "harassment"}
	signal.score >= input.parameters.et_07_warn
	item := {"rule": "ET-07", "code": "harmful.near", "params": {}}
}

advice contains item if {
	some signal in input.signals.misuse
	signal.category == "self_harm"
	signal.score >= input.parameters.et_07_care
	item := {"rule": "ET-07", "code": "care.self_harm", "params": {}}
}
