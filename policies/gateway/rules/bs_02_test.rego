package gateway.rules.bs_02_test

import data.gateway.lib.example
import data.gateway.rules.bs_02

codes(question) := found if {
	reasons := bs_02.deny with input as question
	found := {reason.code | some reason in reasons}
}

asked(question) := found if {
	reasons := bs_02.require_approval with input as question
	found := {reason.code | some reason in reasons}
}

advised(question) := found if {
	items := bs_02.advice with input as question
	found := {item.code | some item in items}
}

seen(score, source) := example.changed({"signals": {"injection": {"score": score, "source": source}}})

tools(question, writes) := object.union(question, {"request": {"tools": [{"type": "function", "third_party": false, "writes": writes}]}})

test_a_question_without_foreign_instructions_passes if {
	every writes in [true, false] {
		codes(tools(example.request, writes)) == set()
		asked(tools(example.request, writes)) == set()
		advised(tools(example.request, writes)) == set()
	}
}

test_a_low_score_is_warned_about if {
	advised(seen(30, "tool")) == {"injection.near"}
	advised(seen(29, "tool")) == set()
	asked(tools(seen(39, "tool"), true)) == set()
}

test_a_writing_tool_needs_approval if {
	every source in ["user", "tool", "document"] {
		asked(tools(seen(40, source), true)) == {"injection.tools"}
	}
	codes(tools(seen(40, "tool"), true)) == set()
}

test_a_reading_tool_needs_none if {
	asked(tools(seen(84, "tool"), false)) == set()
	codes(tools(seen(84, "tool"), false)) == set()
}

test_a_high_score_is_denied_with_or_without_tools if {
	codes(seen(85, "document")) == {"injection.likely"}
	codes(tools(seen(85, "document"), true)) == {"injection.likely"}
	codes(seen(84, "document")) == set()
}

test_the_source_is_told if {
	reasons := bs_02.deny with input as seen(90, "document")
	{reason.params.source | some reason in reasons} == {"document"}
}

test_a_source_that_is_not_told_changes_nothing if {
	question := json.remove(tools(seen(90, "tool"), true), ["signals/injection/source"])
	codes(question) == {"injection.likely"}
	asked(question) == {"injection.tools"}
	advised(question) == {"injection.near"}
}
