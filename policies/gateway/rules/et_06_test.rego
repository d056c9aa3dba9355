package gateway.rules.et_06_test

import data.gateway.lib.example
import data.gateway.rules.et_06

codes(question) := found if {
	reasons := et_06.deny with input as question
	found := {reason.code | some reason in reasons}
}

asked(question) := found if {
	reasons := et_06.require_approval with input as question
	found := {reason.code | some reason in reasons}
}

purpose(values) := example.changed({"purpose": values})

test_a_question_that_decides_about_nobody_passes if {
	codes(example.request) == set()
	asked(example.request) == set()
}

test_a_decision_about_a_person_needs_a_reviewer if {
	asked(purpose({"decides_about_person": true})) == {"decision.no_reviewer"}
	asked(purpose({"decides_about_person": true, "reviewer": true})) == set()
}

test_every_domain_that_matters_needs_a_reviewer if {
	every domain in example.request.parameters.et_06_domains {
		asked(purpose({"domain": domain})) == {"decision.no_reviewer"}
		asked(purpose({"domain": domain, "reviewer": true})) == set()
	}
}

test_another_domain_needs_none if {
	every domain in ["", "public_affairs", "critical_infrastructure"] {
		asked(purpose({"domain": domain})) == set()
	}
}

test_a_company_may_add_a_domain if {
	question := object.union(purpose({"domain": "public_affairs"}), {"parameters": {"et_06_domains": ["public_affairs"]}})
	asked(question) == {"decision.no_reviewer"}
}

test_a_reviewer_who_is_not_told_is_not_there if {
	question := json.remove(purpose({"decides_about_person": true}), ["purpose/reviewer"])
	asked(question) == {"decision.no_reviewer"}
}

test_it_never_refuses_for_good if {
	codes(purpose({"decides_about_person": true, "domain": "credit"})) == set()
}
