package gateway.rules.ip_04_test

import data.gateway.lib.example
import data.gateway.rules.ip_04

denied(question) := found if {
	reasons := ip_04.deny with input as question
	found := {reason.code | some reason in reasons}
}

asked(question) := found if {
	reasons := ip_04.require_acknowledgement with input as question
	found := {reason.code | some reason in reasons}
}

without_contract(data_seen) := example.changed({"terms": {"processor_contract": false}, "data": data_seen})

test_content_without_people_needs_no_contract if {
	denied(without_contract({})) == set()
	every kind in ["DATE_TIME", "LOCATION", "ORGANIZATION", "REFERENCE_NUMBER", "SECRET"] {
		denied(without_contract({"findings": [example.saw(kind, 1)]})) == set()
	}
}

test_what_names_a_person_needs_a_contract if {
	every kind in ["PERSON", "EMAIL_ADDRESS", "ADDRESS", "BIRTH_DATE", "IBAN_CODE", "A_NEW_KIND"] {
		denied(without_contract({"findings": [example.saw(kind, 1)]})) == {"personal_data.no_contract"}
	}
}

test_people_and_their_matters_need_a_contract if {
	every seen in [{"people": 1}, {"special": ["health"]}, {"criminal": true}] {
		denied(without_contract(seen)) == {"personal_data.no_contract"}
	}
}

test_a_contract_on_file_is_enough if {
	denied(example.changed({"data": {"findings": [example.saw("PERSON", 1)]}})) == set()
}

test_own_machines_need_none if {
	question := without_contract({"findings": [example.saw("PERSON", 1)]})
	denied(object.union(question, {"destination": {"self_hosted": true}})) == set()
}

test_an_unknown_model_is_for_another_rule if {
	question := without_contract({"findings": [example.saw("PERSON", 1)]})
	denied(object.union(question, {"destination": {"known": false}})) == set()
}

test_the_sender_is_reminded_of_others if {
	count(ip_04.advice) == 0 with input as example.request
	ip_04.advice == {{"rule": "IP-04", "code": "personal_data.others", "params": {"count": 2}}} with input as example.changed({"data": {"people": 2}})
}

test_one_person_is_a_reminder_and_many_are_a_question if {
	asked(example.changed({"data": {"people": 5}})) == set()
	asked(example.changed({"data": {"people": 10}})) == {"personal_data.others_unconfirmed"}
	asked(example.changed({"data": {"people": 5}, "parameters": {"ip_04_people": 5}})) == {"personal_data.others_unconfirmed"}
}

test_where_something_is_decided_one_person_is_enough if {
	every change in [
		{"purpose": {"decides_about_person": true}},
		{"purpose": {"domain": "employment"}},
		{"signals": {"domain_hint": "credit"}},
	] {
		asked(object.union(example.changed({"data": {"people": 1}}), change)) == {"personal_data.others_unconfirmed"}
		asked(example.changed(change)) == set()
	}
}

test_other_domains_decide_about_nobody if {
	asked(example.changed({"data": {"people": 1}, "purpose": {"domain": "public_affairs"}})) == set()
}

test_the_number_is_told if {
	reasons := ip_04.require_acknowledgement with input as example.changed({"data": {"people": 50}})
	some reason in reasons
	reason.params == {"count": 50}
}
