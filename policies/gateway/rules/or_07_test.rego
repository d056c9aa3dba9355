package gateway.rules.or_07_test

import data.gateway.lib.example
import data.gateway.rules.or_07

words(values) := found if {
	reasons := or_07.require_acknowledgement with input as example.changed({"purpose": values})
	found := {reason.code | some reason in reasons}
}

warned(values) := found if {
	items := or_07.advice with input as example.changed({"purpose": values})
	found := {item.code | some item in items}
}

test_what_is_not_published_needs_no_statement if {
	every publication in ["none", "internal"] {
		words({"publication": publication}) == set()
		warned({"publication": publication, "human_statement": true}) == set()
	}
	denied := or_07.deny with input as example.request
	denied == set()
}

test_publication_without_a_statement_takes_the_persons_word if {
	words({"publication": "public"}) == {"rights.human_part"}
	warned({"publication": "public"}) == set()
}

test_a_statement_and_a_reviewer_are_enough if {
	every who in ["reviewer", "editor"] {
		values := {"publication": "public", "human_statement": true, who: true}
		words(values) == set()
		warned(values) == set()
	}
}

test_a_statement_that_nobody_reviews_is_told if {
	words({"publication": "public", "human_statement": true}) == set()
	warned({"publication": "public", "human_statement": true}) == {"rights.no_reviewer"}
}
