# METADATA
# title: What rules say, put together
# description: >-
#   A rule objects in one of four ways, strongest first. "deny" is final,
#   "require_approval" asks for a second person, "require_acknowledgement" for
#   the caller's own word, and "route" says that another destination may do.
#   What a person has approved or acknowledged is no objection any more. Every
#   rule's answers are looked at in one pass, because each look costs time.
package gateway.lib.merge

objections := {"deny", "require_approval", "require_acknowledgement", "route"}

# Everything a rule may say. Each is a set, or it is not understood.
parts := objections | {"obligations", "advice"}

# What the rules that are asked have to say, part by part; most have nothing.
answers(judged, asked) := [answer |
	some rule, said in judged
	rule in asked
	some part, items in said
	part in parts
	items != set()
	answer := {"rule": rule, "part": part, "items": items, "sound": type_name(items) == "set"}
]

# `deny := true` has no reasons to give. It is not taken for a rule that is silent.
loaded(judged) := {rule | some rule, said in judged; type_name(said.deny) == "set"}

# Every reason not to permit: what rules object to, and rules that are not there or not understood.
reasons(wanted, present, answers_given, subject) := (standing(answers_given, subject) | missing) | unsound if {
	missing := {reason |
		some rule in (wanted - present)
		reason := own("policy.rule_missing", {"missing": rule})
	}
	unsound := {reason |
		some answer in answers_given
		answer.sound == false
		reason := own("policy.rule_malformed", {"missing": answer.rule})
	}
}

# Objections that nobody has answered yet, each with its kind.
standing(answers_given, subject) := {reason |
	some answer in answers_given
	answer.part in objections
	answer.sound == true
	some said in answer.items
	count({object.get(said, "code", "")} - settled(answer.part, subject)) == 1
	reason := object.union(said, {"kind": answer.part})
}

said_of(answers_given, part) := {item |
	some answer in answers_given
	answer.part == part
	answer.sound == true
	some item in answer.items
}

# Codes of objections of a kind that a person has already answered.
settled("deny", _) := set()

settled("route", _) := set()

settled("require_approval", subject) := {code | some code in object.get(subject, "approved", [])}

# Who approved it has answered for it, too.
settled("require_acknowledgement", subject) := {code | some part in ["confirmed", "approved"]; some code in object.get(subject, part, [])}

# An objection of the policy itself, whatever its rules say.
own(code, params) := {"rule": "GATEWAY", "code": code, "kind": "deny", "params": params}
