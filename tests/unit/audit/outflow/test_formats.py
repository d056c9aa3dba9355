"""What leaves is what was hashed: every format names each entry's id and holds no content."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import UTC, datetime
from typing import Any

import pyarrow.parquet
import pytest

from gateway.audit.entries import Entry, administration
from gateway.audit.outflow import lines, ocsf, opa, otlp, parquet, rows
from gateway.audit.outflow.record import Record
from gateway.core.identifiers import uuid7

TENANT = uuid7()
AT = datetime(2026, 3, 4, 5, 6, 7, 891011, tzinfo=UTC)
QUESTION = b'{"purpose":{"code":"general"}}'


def record(sequence: int, entry: Entry, question: bytes | None = None) -> Record:
    """The entry at a place."""
    return Record(str(TENANT), sequence, entry.encoded(TENANT), bytes([sequence]) * 32, question)


@pytest.fixture
def records() -> list[Record]:
    """A refused decision, a permitted one, its outcome, and a change."""
    document = {
        "destination": {"provider": "sim", "tier": "openai/api-default"},
        "findings": [{"type": "EMAIL", "count": 2}, {"type": "PERSON", "count": 1}],
        "decision": {"revision": "r1", "reasons": [{"rule": "IP-05"}]},
        "request": {"kind": "chat"},
    }
    deny = Entry(
        "decision", AT, document, "ex_1", effect="deny", model="m", principal="p_1",
        rules=("AN-01", "IP-05"),
    )  # fmt: skip
    permit = Entry("decision", AT, document, "ex_2", effect="permit", model="m", principal="p_1")
    usage = {"usage": {"input_tokens": 7, "output_tokens": 9}, "code": ""}
    outcome = Entry("outcome", AT, usage, "ex_2", status="completed", model="m", principal="p_1")
    change = administration(AT, "operator:root", "key.created", "=cmd|' /c calc'!A0")
    return [
        record(0, deny, QUESTION),
        record(1, permit),
        record(2, outcome),
        record(3, change),
    ]


def ids(records: list[Record]) -> list[str]:
    """The ids that receivers deduplicate by."""
    return [item.id for item in records]


class TestIds:
    def test_every_format_carries_the_same_id(self, records: list[Record]) -> None:
        """
        Whoever takes two formats can still tell that two records are one entry.
        """
        jsonl = [json.loads(line)["id"] for line in lines.encode(records).splitlines()]
        events = [json.loads(line) for line in ocsf.encode(records).splitlines()]
        logs = json.loads(otlp.encode(records))["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
        decisions = json.loads(gzip.decompress(opa.encode(records)))

        assert jsonl == ids(records)
        assert [event["metadata"]["uid"] for event in events] == ids(records)
        assert [attribute(log, "proviso.entry.id") for log in logs] == ids(records)
        assert [event["labels"]["entry_id"] for event in decisions] == ids(records)[:2]


class TestLines:
    def test_the_entry_is_what_was_hashed(self, records: list[Record]) -> None:
        """
        A receiver can recompute the leaf from what it got.
        """
        sent = json.loads(lines.encode(records).splitlines()[0])

        canonical = json.dumps(sent["entry"], sort_keys=True, separators=(",", ":"))
        assert canonical.encode() == records[0].canonical


class TestOpa:
    def test_the_fields_are_opas(self, records: list[Record]) -> None:
        """
        What OPA's own log service expects: id, revision by bundle, path, input, result, time.
        """
        event = json.loads(gzip.decompress(opa.encode(records)))[0]

        assert event["decision_id"] == "ex_1"
        assert event["bundles"] == {"proviso": {"revision": "r1"}}
        assert event["path"] == "gateway/decision"
        assert event["input"] == {"purpose": {"code": "general"}}
        assert event["result"]["effect"] == "deny"
        assert event["timestamp"] == "2026-03-04T05:06:07.891011+00:00"

    def test_without_a_decision_nothing_is_sent(self, records: list[Record]) -> None:
        """
        Outcomes and changes are no decision events, and an empty post is noise.
        """
        assert opa.encode(records[2:]) == b""

    def test_equal_records_are_equal_bytes(self, records: list[Record]) -> None:
        """
        What is sent again is sent alike, so that a receiver may compare.
        """
        assert opa.encode(records) == opa.encode(records)


class TestOcsf:
    def test_a_refusal_is_a_denied_api_call(self, records: list[Record]) -> None:
        """
        Class, type and the security control's words as OCSF 1.5.0 numbers them.
        """
        event = ocsf.event(records[0])

        assert (event["class_uid"], event["category_uid"]) == (6003, 6)
        assert event["type_uid"] == 6003 * 100 + event["activity_id"]
        assert (event["action_id"], event["disposition_id"]) == (2, 2)
        assert event["time"] == int(AT.timestamp() * 1_000)
        assert event["policy"]["uid"] == "AN-01,IP-05"

    @pytest.mark.parametrize("at", range(4))
    def test_what_the_class_requires_is_there(self, records: list[Record], at: int) -> None:
        """
        The required attributes of API Activity 1.5.0, for every kind of entry.
        """
        event = ocsf.event(records[at])

        for name in ("activity_id", "actor", "api", "category_uid", "class_uid", "metadata"):
            assert name in event
        for name in ("severity_id", "src_endpoint", "time", "type_uid"):
            assert name in event
        assert event["api"]["operation"]
        assert event["metadata"]["version"] == "1.5.0"
        assert event["metadata"]["product"]["vendor_name"]

    def test_only_decisions_are_controls(self, records: list[Record]) -> None:
        """
        An outcome and a change were neither allowed nor denied.
        """
        assert "action_id" not in ocsf.event(records[2])
        assert ocsf.event(records[3])["activity_id"] == 3


class TestOtlp:
    def test_it_is_an_export_logs_request(self, records: list[Record]) -> None:
        """
        Numbers of 64 bits are texts, times are nanoseconds, refusals are warnings.
        """
        resource = json.loads(otlp.encode(records))["resourceLogs"][0]
        log = resource["scopeLogs"][0]["logRecords"][0]

        assert attribute(resource["resource"], "service.name") == "proviso"
        assert log["timeUnixNano"] == "1772600767891011000"
        assert (log["severityNumber"], log["severityText"]) == (13, "WARN")
        assert log["eventName"] == "proviso.decision"
        assert log["body"]["stringValue"].encode() == records[0].canonical


class TestRows:
    def test_csv_and_parquet_hold_the_same(self, records: list[Record]) -> None:
        """
        One table, two files.
        """
        text = (rows.heading() + rows.encode(records)).decode()
        table = list(csv.DictReader(io.StringIO(text, newline="")))
        file = io.BytesIO()
        count = parquet.write([records[:2], records[2:]], file)
        read = pyarrow.parquet.read_table(file).to_pylist()

        assert count == len(table) == len(read) == 4
        assert [row["id"] for row in table] == [row["id"] for row in read] == ids(records)
        assert table[0]["findings"] == read[0]["findings"] == "EMAIL PERSON"
        assert (read[2]["input_tokens"], read[2]["output_tokens"]) == (7, 9)
        assert read[0]["input_tokens"] is None

    @pytest.mark.parametrize(
        "begun", ["=", "+", "-", "@", "\t=", "\n", "\r", "  =", "\uff1d", "\uff20"]
    )
    def test_no_cell_is_a_formula(self, begun: str) -> None:
        """
        A name that a spreadsheet would run is written as text (CWE-1236).

        Some pass over blanks, and take wide signs for narrow ones.
        """
        entry = Entry("decision", AT, {}, "ex", model=f"{begun}1+1")
        text = (rows.heading() + rows.encode([record(0, entry)])).decode()
        (row,) = csv.DictReader(io.StringIO(text, newline=""))

        assert row["model"] == f"'{begun}1+1"


def attribute(holder: dict[str, Any], key: str) -> str:
    """One attribute of an OTLP resource or record."""
    found = {item["key"]: item["value"] for item in holder["attributes"]}
    return str(found[key]["stringValue"])
