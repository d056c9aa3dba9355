package gateway.rules.et_03_test

import data.gateway.lib.example
import data.gateway.rules.et_03

codes(question) := found if {
	reasons := et_03.deny with input as question
	found := {reason.code | some reason in reasons}
}

asked(question) := found if {
	reasons := et_03.require_approval with input as question
	found := {reason.code | some reason in reasons}
}

advised(question) := found if {
	items := et_03.advice with input as question
	found := {item.code | some item in items}
}

signals(items) := {"signals": {"misuse": items}}

misuse(category, score) := example.changed(signals([{"category": category, "score": score}]))

campaign(domain, use) := object.union(
	misuse("political_campaign", 90),
	{"purpose": {"domain": domain}, "terms": {"political_use": use}},
)

test_a_question_without_politics_passes if {
	codes(example.request) == set()
	asked(example.request) == set()
	advised(example.request) == set()
}

test_neutral_talk_about_politics_passes if {
	question := example.changed({"signals": {"political": true}})
	codes(question) == set()
	asked(question) == set()
	advised(question) == set()
}

test_campaigning_is_denied_from_the_score_on if {
	codes(misuse("political_campaign", 70)) == {"politics.campaign"}
	codes(misuse("political_campaign", 69)) == set()
	asked(misuse("political_campaign", 100)) == set()
}

test_public_affairs_needs_approval if {
	every use in ["allowed", "conditional", "unknown"] {
		codes(campaign("public_affairs", use)) == set()
		asked(campaign("public_affairs", use)) == {"politics.approval"}
	}
}

test_public_affairs_below_the_score_needs_no_approval if {
	question := object.union(misuse("political_campaign", 69), {"purpose": {"domain": "public_affairs"}})
	asked(question) == set()
}

test_public_affairs_is_denied_where_the_terms_forbid_it if {
	every use in ["forbidden", "perhaps", ""] {
		codes(campaign("public_affairs", use)) == {"politics.campaign"}
		asked(campaign("public_affairs", use)) == set()
	}
}

test_another_domain_is_not_public_affairs if {
	codes(campaign("employment", "allowed")) == {"politics.campaign"}
}

test_a_domain_that_is_not_told_is_not_public_affairs if {
	question := json.remove(campaign("public_affairs", "allowed"), ["purpose/domain"])
	codes(question) == {"politics.campaign"}
}

test_other_misuse_is_for_other_rules if {
	codes(misuse("disinformation", 100)) == set()
	asked(object.union(misuse("fraud", 100), {"purpose": {"domain": "public_affairs"}})) == set()
}

test_what_comes_near_is_warned_about if {
	advised(misuse("political_campaign", 40)) == {"politics.near"}
	advised(misuse("political_campaign", 39)) == set()
}

test_politics_to_be_published_is_to_be_checked if {
	question := example.changed({"signals": {"political": true}, "purpose": {"publication": "public"}})
	codes(question) == set()
	advised(question) == {"politics.published"}
}
