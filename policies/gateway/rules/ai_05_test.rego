package gateway.rules.ai_05_test

import data.gateway.lib.example
import data.gateway.rules.ai_05

asked(values) := found if {
	reasons := ai_05.require_approval with input as example.changed(values)
	found := {[reason.code, reason.params] | some reason in reasons}
}

denied(values) := found if {
	reasons := ai_05.deny with input as example.changed(values)
	found := {reason.code | some reason in reasons}
}

kept(values) := found if {
	owed := ai_05.obligations with input as example.changed(values)
	found := {obligation.params.days | some obligation in owed}
}

annex_iii := {
	"biometrics",
	"credit",
	"critical_infrastructure",
	"education",
	"employment",
	"essential_services",
	"insurance",
	"justice",
	"law_enforcement",
	"migration",
}

complete := {"registered": true, "overseer": true, "workers_informed": true, "assessment": true}

case(domain, changes) := {"purpose": {"domain": domain, "use_case": object.union(complete, changes)}}

hint(domain) := {"signals": {"domain_hint": domain}}

unregistered(domain) := ["ai_act.use_case_unregistered", {"domain": domain}]

incomplete(domain, missing) := ["ai_act.use_case_incomplete", {"domain": domain, "missing": missing}]

test_ordinary_work_passes if {
	asked({}) == set()
	denied({}) == set()
	kept({}) == set()
}

test_areas_outside_annex_iii_need_no_use_case if {
	every domain in ["public_affairs", "health", "legal"] {
		asked({"purpose": {"domain": domain}}) == set()
		asked(hint(domain)) == set()
		kept({"purpose": {"domain": domain}}) == set()
	}
}

test_an_area_of_annex_iii_without_a_use_case_takes_a_second_person if {
	every domain in annex_iii {
		asked({"purpose": {"domain": domain}}) == {unregistered(domain)}
		asked(hint(domain)) == {unregistered(domain)}
	}
}

test_a_complete_use_case_passes if {
	every domain in annex_iii {
		asked(case(domain, {})) == set()
		asked(object.union(case(domain, {}), hint(domain))) == set()
	}
}

test_a_use_case_counts_for_its_own_area_alone if {
	asked(object.union(case("education", {}), hint("justice"))) == {unregistered("justice")}
	asked(object.union(case("", {}), hint("employment"))) == {unregistered("employment")}
}

test_two_areas_without_a_use_case_are_two_reasons if {
	values := object.union({"purpose": {"domain": "credit"}}, hint("migration"))
	asked(values) == {unregistered("credit"), unregistered("migration")}
}

test_a_use_case_needs_an_overseer if {
	asked(case("education", {"overseer": false})) == {incomplete("education", ["overseer"])}
}

test_workers_are_told_before_use_in_employment if {
	asked(case("employment", {"workers_informed": false})) == {incomplete("employment", ["workers_informed"])}
	asked(case("education", {"workers_informed": false})) == set()
}

test_services_people_depend_on_need_an_assessment if {
	every domain in ["credit", "insurance", "essential_services"] {
		asked(case(domain, {"assessment": false, "overseer": false})) == {incomplete(domain, ["assessment", "overseer"])}
	}
	asked(case("education", {"assessment": false})) == set()
}

test_a_stopped_use_case_is_final if {
	denied(case("employment", {"stopped": true})) == {"ai_act.use_case_stopped"}
	denied(case("", {"stopped": true})) == {"ai_act.use_case_stopped"}
}

test_records_of_such_work_are_kept_half_a_year if {
	kept(case("employment", {})) == {183}
	kept(hint("credit")) == {183}
	kept({"purpose": {"domain": "credit"}}) == {183}
}
