package gateway.rules.ip_02_test

import data.gateway.lib.example
import data.gateway.rules.ip_02

codes(question) := found if {
	reasons := ip_02.route with input as question
	found := {reason.code | some reason in reasons}
}

trains(value) := example.changed({"terms": {"trains_on_input": value}})

test_a_tier_that_does_not_train_passes if {
	every value in ["no", "opt_in"] {
		codes(trains(value)) == set()
	}
}

test_a_tier_that_may_train_goes_elsewhere if {
	every value in ["yes", "opt_out", "unknown", "", "perhaps"] {
		codes(trains(value)) == {"data_terms.training"}
	}
}

test_a_missing_attribute_counts_as_training if {
	codes(json.remove(example.request, ["terms/trains_on_input"])) == {"data_terms.training"}
}

test_public_content_may_train if {
	codes(object.union(trains("yes"), {"data": {"class": "public"}})) == set()
}

test_a_class_nobody_knows_is_not_public if {
	codes(object.union(trains("yes"), {"data": {"class": "harmless"}})) == {"data_terms.training"}
}

test_every_class_above_public_is_protected if {
	every class in ["internal", "confidential", "restricted"] {
		codes(object.union(trains("opt_out"), {"data": {"class": class}})) == {"data_terms.training"}
	}
}

test_an_unknown_model_is_for_another_rule if {
	codes(object.union(trains("yes"), {"destination": {"known": false}})) == set()
}

test_it_never_denies_outright if {
	count(ip_02.deny) == 0 with input as trains("yes")
}
