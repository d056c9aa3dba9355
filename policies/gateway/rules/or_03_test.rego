package gateway.rules.or_03_test

import data.gateway.lib.example
import data.gateway.rules.or_03

denied(values) := found if {
	reasons := or_03.deny with input as example.changed(values)
	found := {reason.code | some reason in reasons}
}

asked(values) := found if {
	reasons := or_03.require_approval with input as example.changed(values)
	found := {reason.code | some reason in reasons}
}

warned(values) := found if {
	items := or_03.advice with input as example.changed(values)
	found := {item.code | some item in items}
}

training(restriction) := {"purpose": {"trains_model": true}, "terms": {"output_restrictions": [restriction]}}

closed := {
	"no_competing_foundation_models",
	"no_competing_model_training_without_written_consent",
	"no_competing_models",
	"no_competing_product_or_model_training",
	"no_competing_products",
	"no_competing_products_or_models",
	"no_foundation_model_from_outputs",
	"no_models_similar_to_google_models_except_own_tuning_features",
	"no_use_of_generated_content_to_develop_ml_models",
}

half_open := "no_competing_models_except_internal_classifiers_or_embeddings"

image_only := "no_competing_image_model_training_on_image_outputs"

test_a_purpose_that_trains_nothing_passes if {
	every restriction in closed | {half_open, image_only} {
		denied({"terms": {"output_restrictions": [restriction]}}) == set()
		asked({"terms": {"output_restrictions": [restriction]}}) == set()
	}
}

test_a_contract_that_forbids_it_is_final if {
	every restriction in closed {
		denied(training(restriction)) == {"rights.competing_model"}
		asked(object.union(training(restriction), {"purpose": {"training_exception": "embeddings"}})) == set()
		denied(object.union(training(restriction), {"purpose": {"training_exception": "embeddings"}})) == {"rights.competing_model"}
	}
}

test_a_contract_without_restriction_passes if {
	denied(training("adults_only")) == set()
	asked(training("adults_only")) == set()
}

test_an_excepted_use_takes_a_second_person if {
	every exception in ["internal_classifiers", "embeddings"] {
		values := object.union(training(half_open), {"purpose": {"training_exception": exception}})
		asked(values) == {"rights.training_exception"}
		denied(values) == set()
	}
}

test_a_use_that_is_not_excepted_is_final if {
	denied(training(half_open)) == {"rights.competing_model"}
	asked(training(half_open)) == set()
	denied(object.union(training(half_open), {"purpose": {"training_exception": "assistant"}})) == {"rights.competing_model"}
}

test_a_purpose_that_names_no_exception_has_none if {
	question := json.remove(example.changed(training(half_open)), ["purpose/training_exception"])
	reasons := or_03.deny with input as question
	{reason.code | some reason in reasons} == {"rights.competing_model"}
}

test_a_restriction_on_images_binds_images if {
	denied(training(image_only)) == set()
	denied(object.union(training(image_only), {"request": {"kind": "image"}})) == {"rights.competing_model"}
}

test_llama_asks_for_its_name if {
	llama := {"terms": {"licence_conditions": ["notice_built_with_llama"]}}
	warned(object.union(llama, {"purpose": {"trains_model": true}})) == {"rights.model_name"}
	warned(llama) == set()
	warned({"purpose": {"trains_model": true}}) == set()
}
