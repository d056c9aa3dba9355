package gateway.rules.an_02_test

import data.gateway.lib.example
import data.gateway.rules.an_02

codes(question) := found if {
	reasons := an_02.deny with input as question
	found := {reason.code | some reason in reasons}
}

advised(question) := kinds if {
	items := an_02.advice with input as question
	kinds := [item.params.kinds | some item in items]
}

owed(question) := kinds if {
	obligations := an_02.obligations with input as question
	kinds := [obligation.params.kinds | some obligation in obligations]
}

file(kind, readable, cleaned) := {
	"type": kind,
	"readable": readable,
	"cleaned": cleaned,
	"face": false,
	"rights": "own",
}

with_files(class, files) := example.changed({"data": {"class": class}, "request": {"attachments": files}})

test_a_request_without_attachments_owes_nothing if {
	question := with_files("restricted", [])
	codes(question) == set()
	owed(question) == []
	advised(question) == []
}

test_a_photo_leaves_without_its_metadata if {
	question := with_files("confidential", [file("image", true, true), file("pdf", true, true)])
	codes(question) == set()
	owed(question) == [["image", "pdf"]]
	advised(question) == []
}

test_what_cannot_be_opened_is_denied_from_confidential_on if {
	every class in ["confidential", "restricted", "harmless"] {
		codes(with_files(class, [file("pdf", false, false)])) == {"attachment.unreadable"}
	}
}

test_what_cannot_be_cleaned_is_denied_from_confidential_on if {
	codes(with_files("confidential", [file("video", true, false)])) == {"attachment.uncleaned"}
}

test_below_that_the_sender_is_told if {
	every class in ["public", "internal"] {
		question := with_files(class, [file("pdf", false, false), file("video", true, false)])
		codes(question) == set()
		advised(question) == [["pdf", "video"]]
		owed(question) == []
	}
}

test_one_bad_attachment_among_good_ones_is_denied if {
	question := with_files("confidential", [file("image", true, true), file("file", false, false)])
	codes(question) == {"attachment.unreadable"}
	owed(question) == [["image"]]
}

test_the_class_is_the_tenants_to_set if {
	question := with_files("internal", [file("pdf", false, false)])
	codes(object.union(question, {"parameters": {"an_02_from": "internal"}})) == {"attachment.unreadable"}
	confidential := with_files("confidential", [file("pdf", false, false)])
	codes(object.union(confidential, {"parameters": {"an_02_from": "restricted"}})) == set()
}

test_a_choice_nobody_knows_is_the_strictest if {
	question := with_files("public", [file("video", true, false)])
	codes(object.union(question, {"parameters": {"an_02_from": "perhaps"}})) == {"attachment.uncleaned"}
	codes(json.remove(question, ["parameters/an_02_from"])) == {"attachment.uncleaned"}
}

test_the_kinds_are_told if {
	reasons := an_02.deny with input as with_files("restricted", [file("pdf", false, false)])
	some reason in reasons
	reason.params == {"kinds": ["pdf"], "class": "restricted"}
}
