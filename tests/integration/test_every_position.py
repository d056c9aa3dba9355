"""P5: what is planted anywhere in a request of any API reaches no provider, log, metric or error.

The positions are those of `tests.samples.whole`: every value, key and number of every body. A
request may be refused; whatever leaves is searched as the bytes that the provider received.
"""

from __future__ import annotations

import base64
import html
import json
import logging
import re
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, unquote_plus

import pytest

from gateway.content.term_files import pack, read
from gateway.core.clock import SystemClock
from gateway.core.identifiers import TenantId, uuid7
from gateway.db.detection_terms import TenantDictionary
from tests.factories import UPSTREAM_KEY, an_installation
from tests.samples.whole import BODIES, CHAT, CSV, FORMS, GEMINI
from tests.simulators.wires.media import a_png, a_wav

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

CHATS = "/v1/chat/completions"
Path = tuple[str | int, ...]
MAIL, PERSON, TERM = "jane.doe@customer.example", "Zygmunt Kowalewski", "zorbleflux"
IBAN, CARD = "ES9121000418450200051332", "4111111111111111"
SECRET = "sk-proj-" + "aB3dE5fG7h" * 5
PLANTED = (MAIL, PERSON, TERM, IBAN, CARD, SECRET)
STAFF = f"name\n{PERSON}\n".encode()


class Room(NamedTuple):
    """A gateway whose provider speaks one wire, and a key to it."""

    made: Installation
    key: str


@pytest.fixture(scope="module")
def rooms(
    tmp_path_factory: pytest.TempPathFactory, upstream: Upstream
) -> Iterator[dict[str, Room]]:
    """One for each wire; its tenant has a staff directory and a term of its own."""
    opened = {}
    for wire in ("openai", "anthropic", "gemini"):
        base = upstream.base_url if wire == "openai" else upstream.base_url.removesuffix("/v1")
        provider = {
            "wire": wire, "base_url": base, "region": "eu", "transfer": "none_needed",
            "tier": "openai/api-default", "api_key": UPSTREAM_KEY,
            # It fails over some of what is planted, and is asked again.
            "patience": {"failures": 0},
        }  # fmt: skip
        made = an_installation(
            tmp_path_factory.mktemp(wire),
            upstream.base_url,
            providers={"sim": provider},
            models={"echo": {"provider": "sim", "upstream": "echo"}},
        )
        listed(made, "PERSON", STAFF, table=True)
        listed(made, "PROJECT", TERM.encode(), table=False)
        opened[wire] = Room(made, made.key_for())
    yield opened
    for room in opened.values():
        room.made.close()


def listed(made: Installation, kind: str, raw: bytes, *, table: bool) -> None:
    """Give the tenant a dictionary."""
    found = read(raw, kind, table=table)
    where = TenantId(made.tenant.id)
    row = TenantDictionary(
        tenant_id=where, name=kind.lower(), type=kind, any_case=True, whole_words=True,
        count=len(found.terms), content=pack(found), edition=uuid7(),
        set_at=SystemClock().now(), set_by="test",
    )  # fmt: skip
    with made.gateway.database.tenant_session(where, write=True) as session:
        session.add(row)


def positions(node: Any, path: Path = ()) -> Iterator[tuple[str, Path]]:
    """Every place of a document: ``key``, ``text`` or ``number``, and where."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield "key", (*path, key)
            yield from positions(value, (*path, key))
    elif isinstance(node, list):
        for at, item in enumerate(node):
            yield from positions(item, (*path, at))
    elif isinstance(node, str):
        yield "text", path
    elif isinstance(node, int):
        yield "number", path


def planted(body: dict[str, Any], kind: str, path: Path, value: str) -> dict[str, Any]:
    """A copy with `value` at a place; in JSON and in Base64 it stands in what they say."""
    document: dict[str, Any] = json.loads(json.dumps(body))
    node: Any = document
    for step in path[:-1]:
        node = node[step]
    last: Any = path[-1]
    if kind == "key":
        node[value] = node.pop(last)
    elif kind == "number":
        node[last] = int(CARD)
    elif CSV in node[last]:
        said = base64.b64encode(f"city;who\nOslo;{value}\n".encode()).decode()
        node[last] = node[last].replace(CSV, said)
    elif node[last].startswith("{"):
        node[last] = re.sub(r'(warm,\\n|a\\")', lambda match: f"{match[0]}{value} ", node[last])
    else:
        node[last] = f"{node[last]} {value}"
    return document


def told(raw: bytes) -> str:
    """All that bytes say, once every usual way of writing is undone."""
    text = raw.decode("utf-8", "replace")
    said = [text, html.unescape(text), unquote_plus(text)]
    said += [run.encode().decode("unicode_escape", "replace") for run in (text,)]
    for run in re.findall(r"[A-Za-z0-9+/]{16,}={0,2}", text):
        bare = run.rstrip("=")
        said.append(base64.b64decode(bare[: len(bare) // 4 * 4]).decode("utf-8", "replace"))
    return "\n".join(said).lower()


def assert_nothing_left(upstream: Upstream, before: int, answer: Any, value: str) -> bool:
    """Whether it was sent; neither what was sent nor a refusal holds the value."""
    answer.get_data()
    if upstream.count == before:
        assert 400 <= answer.status_code < 500, answer.data
        assert value.lower() not in told(answer.data)
        return False
    assert value.lower() not in told(upstream.raw)
    assert value.lower() not in told(json.dumps(upstream.headers[-1]).encode())
    return True


@pytest.mark.parametrize(
    ("wire", "address", "body"), BODIES, ids=[f"{wire}{address}" for wire, address, _ in BODIES]
)
class TestBodies:
    def test_a_body_leaves_as_it_is(
        self,
        rooms: dict[str, Room],
        upstream: Upstream,
        wire: str,
        address: str,
        body: dict[str, Any],
    ) -> None:
        """
        Without anything planted each body is one that is sent: else the others would prove nothing.
        """
        before = upstream.count
        answer = ask(rooms[wire], address, body)

        assert upstream.count == before + 1, answer.data

    def test_what_is_planted_anywhere_stays_here(
        self,
        rooms: dict[str, Room],
        upstream: Upstream,
        wire: str,
        address: str,
        body: dict[str, Any],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """
        Each kind of value in turn, place by place; a good part of the requests is still sent.
        """
        caplog.set_level(logging.DEBUG)
        room, sent, first = rooms[wire], 0, len(rooms[wire].made.entries())
        places = list(positions(body))
        for at, (kind, path) in enumerate(places):
            value = CARD if kind == "number" else PLANTED[at % len(PLANTED)]
            before = upstream.count
            answer = ask(room, address, planted(body, kind, path, value))
            sent += assert_nothing_left(upstream, before, answer, value)

        assert sent >= len(places) // 5
        kept = json.dumps(room.made.entries(first)) + caplog.text
        exposed = room.made.gateway.metrics.expose().decode()
        assert not [value for value in PLANTED if value.lower() in (kept + exposed).lower()]


def ask(room: Room, address: str, body: dict[str, Any], **headers: str) -> Any:
    """The answer to a body."""
    headers = {"Authorization": f"Bearer {room.key}", **headers}
    return room.made.client.post(address, json=body, headers=headers)


class TestForms:
    @pytest.mark.parametrize("value", PLANTED)
    @pytest.mark.parametrize(("address", "fields"), FORMS, ids=[address for address, _ in FORMS])
    def test_what_a_form_says_of_its_fields_and_files(
        self,
        rooms: dict[str, Room],
        upstream: Upstream,
        address: str,
        fields: dict[str, Any],
        value: str,
    ) -> None:
        """
        In a field, its name, a file's name, or the type a file is said to have.
        """
        room, sounds = rooms["openai"], "audio" in address
        holder = "file" if sounds else "input_reference" if "videos" in address else "image"
        data, name = (a_wav(), "a.wav") if sounds else (a_png(), "a.png")
        plain = (data, name, "audio/wav" if sounds else "image/png")
        forms = [({**fields, key: f"{said} {value}"}, plain) for key, said in fields.items()]
        forms += [({**fields, value: "x"}, plain), (fields, (data, f"{value}.wav", plain[2]))]
        forms += [(fields, (data, name, f"audio/{value}")), (fields, (data, name, value))]
        for said, (raw, named, kind) in [(fields, plain), *forms]:
            form = {"model": "echo", **said, holder: (BytesIO(raw), named, kind)}
            headers = {"Authorization": f"Bearer {room.key}"}
            before = upstream.count
            answer = room.made.client.post(address, data=form, headers=headers)
            sent = assert_nothing_left(upstream, before, answer, value)
            assert sent or said is not fields or named != name or kind != plain[2], answer.data


class TestBesideTheBody:
    @pytest.mark.parametrize("value", PLANTED)
    @pytest.mark.parametrize("wire", ["openai", "anthropic", "gemini"])
    def test_headers_cookies_and_queries_stay_here(
        self, rooms: dict[str, Room], upstream: Upstream, wire: str, value: str
    ) -> None:
        """
        Whatever a client says of itself, its organisation or a request goes to nobody.
        """
        address, body = next((at, said) for on, at, said in BODIES if on == wire)
        named = [
            "openai-organization", "openai-project", "openai-beta", "user-agent", "cookie",
            "idempotency-key", "x-stainless-helper", "x-request-id", "x-goog-api-client",
            "x-goog-user-project", "traceparent", "referer", "x-client-request-id",
            "x-claude-code-session-id",
        ]  # fmt: skip
        before = upstream.count
        answer = ask(rooms[wire], address, body, **dict.fromkeys(named, value))
        assert assert_nothing_left(upstream, before, answer, value)
        for name in ("anthropic-beta", "anthropic-version", "x-proviso-purpose"):
            before = upstream.count
            answer = ask(rooms[wire], address, body, **{name: value})
            assert_nothing_left(upstream, before, answer, value)
        before = upstream.count
        answer = ask(rooms[wire], f"{address}?who={quote(value)}&{quote(value)}=1", body)
        assert assert_nothing_left(upstream, before, answer, value)

    @pytest.mark.parametrize("value", PLANTED)
    def test_names_of_models_that_are_none(
        self, rooms: dict[str, Room], upstream: Upstream, value: str
    ) -> None:
        """
        A model that nobody knows is refused, in a path as in a body.
        """
        before = upstream.count
        named = f"/v1beta/models/{quote(value)}:generateContent"
        asked = [("gemini", named, GEMINI), ("openai", CHATS, {**CHAT, "model": value})]
        for wire, address, body in asked:
            assert not assert_nothing_left(upstream, before, ask(rooms[wire], address, body), value)


def written(value: str) -> dict[str, str]:
    """A value in other ways of writing it."""
    return {
        "percent": "".join(f"%{byte:02X}" for byte in value.encode()),
        "entities": "".join(f"&#{ord(sign)};" for sign in value),
        "hexadecimal entities": "".join(f"&#x{ord(sign):x};" for sign in value),
        "escapes": "".join(f"\\u{ord(sign):04x}" for sign in value),
        "base64": base64.b64encode(f"so: {value}, then".encode()).decode(),
        "twice": base64.b64encode(base64.b64encode(f"so: {value}, then".encode())).decode(),
        "full width": value.translate({code: code + 0xFEE0 for code in range(33, 127)}),
        "zero width": "\u200b".join(value),
        "soft hyphens": "\u00ad".join(value),
        "JSON": json.dumps({"said": f"Dear all,\n{value}\t."}),
        "JSON in JSON": json.dumps(json.dumps({"said": f"Dear all,\n{value}\t."})),
    }


class TestWaysOfWriting:
    @pytest.mark.parametrize("way", list(written("")))
    @pytest.mark.parametrize("value", PLANTED)
    def test_another_way_of_writing(
        self, rooms: dict[str, Room], upstream: Upstream, value: str, way: str
    ) -> None:
        """
        In a message, a tool's answer and the arguments of a call.
        """
        text = written(value)[way]
        call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": text}}
        for message in (
            {"role": "user", "content": text},
            {"role": "tool", "tool_call_id": "c", "content": text},
            {"role": "assistant", "content": None, "tool_calls": [call]},
        ):
            before = upstream.count
            answer = ask(rooms["openai"], CHATS, {**CHAT, "messages": [message]})
            if assert_nothing_left(upstream, before, answer, value):
                assert json.dumps(text)[1:-1] not in upstream.raw.decode()

    @pytest.mark.parametrize("value", [MAIL, PERSON, TERM, IBAN])
    def test_the_first_of_two_equal_keys(
        self, rooms: dict[str, Room], upstream: Upstream, value: str
    ) -> None:
        """
        What the gateway does not see of a document, the provider does not see either.
        """
        raw = json.dumps({**CHAT, "messages": [{"role": "user", "content": "hi"}]})
        raw = raw.replace('{"role"', f'{{"content": "{value}", "role"', 1)
        headers = {"Authorization": f"Bearer {rooms['openai'].key}"}
        before = upstream.count
        answer = rooms["openai"].made.client.post(
            CHATS, data=raw, content_type="application/json", headers=headers
        )

        assert assert_nothing_left(upstream, before, answer, value)

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-be"])
    def test_bodies_in_other_encodings(
        self, rooms: dict[str, Room], upstream: Upstream, encoding: str
    ) -> None:
        """
        What is not UTF-8 without a mark is not JSON (RFC 8259, 8.1), and is refused.
        """
        raw = json.dumps({**CHAT, "user": MAIL}).encode(encoding)
        headers = {"Authorization": f"Bearer {rooms['openai'].key}"}
        before = upstream.count
        answer = rooms["openai"].made.client.post(
            CHATS, data=raw, content_type="application/json", headers=headers
        )

        assert not assert_nothing_left(upstream, before, answer, MAIL)
