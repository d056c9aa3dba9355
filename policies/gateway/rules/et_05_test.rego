package gateway.rules.et_05_test

import data.gateway.lib.example
import data.gateway.rules.et_05

codes(question) := found if {
	reasons := et_05.deny with input as question
	found := {reason.code | some reason in reasons}
}

advised(question) := found if {
	items := et_05.advice with input as question
	found := {item.code | some item in items}
}

signals(items) := {"signals": {"misuse": items}}

misuse(category, score) := example.changed(signals([{"category": category, "score": score}]))

photo(face) := {"type": "image", "readable": true, "cleaned": true, "face": face, "rights": "own"}

with_photo(question, face) := object.union(question, {"request": {"attachments": [photo(face)]}})

test_a_question_without_misuse_passes if {
	codes(example.request) == set()
	advised(example.request) == set()
}

test_a_face_alone_passes if codes(with_photo(example.request, true)) == set()

test_profiling_is_denied_from_the_score_on if {
	codes(misuse("privacy_invasion", 70)) == {"privacy.invasion"}
	codes(misuse("privacy_invasion", 69)) == set()
}

test_with_a_face_the_bar_is_lower if {
	codes(with_photo(misuse("privacy_invasion", 40), true)) == {"privacy.identification"}
	codes(with_photo(misuse("privacy_invasion", 39), true)) == set()
	codes(with_photo(misuse("privacy_invasion", 40), false)) == set()
}

test_a_high_score_with_a_face_gives_both_reasons if {
	codes(with_photo(misuse("privacy_invasion", 90), true)) == {"privacy.identification", "privacy.invasion"}
}

test_one_face_among_several_attachments_is_enough if {
	shown := {"request": {"attachments": [photo(false), photo(true)]}}
	codes(object.union(misuse("privacy_invasion", 40), shown)) == {"privacy.identification"}
}

test_a_doubtful_case_is_warned_about if {
	advised(misuse("privacy_invasion", 40)) == {"privacy.near"}
	advised(misuse("privacy_invasion", 39)) == set()
}

test_other_misuse_is_for_other_rules if {
	codes(with_photo(misuse("harassment", 100), true)) == set()
	advised(misuse("harassment", 100)) == set()
}
