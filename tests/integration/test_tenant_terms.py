"""A tenant's own lists and patterns, from the command line to what leaves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner

from gateway.cli import proviso
from gateway.core.identifiers import TenantId
from gateway.errors import GatewayError, NotFound, StorageUnavailable
from tests.factories import Installation, settings_for

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.content.request import RequestReader
    from tests.simulators.upstream import Upstream

STAFF = """First name,Last name,Role,Department,Office,Started
Anna,Kowalska,Head of Compliance,Legal,Tromsø,2019-03-01
Piotr,Nowak,Clerk,Sales,Oslo,2020-01-01
"""


class Shell:
    """Somebody at the command line of the running gateway ``acme``."""

    def __init__(self, acme: Installation, folder: Path, upstream: str) -> None:
        self.acme = acme
        self.folder = folder
        self._config = folder / "proviso.yaml"
        document = settings_for(folder, upstream).model_dump(mode="json", exclude_none=True)
        self._config.write_text(yaml.safe_dump(document))

    def run(self, *words: str) -> Any:
        """What the command prints, once the gateway has noticed."""
        done = self._invoke(*words)
        assert done.exit_code == 0, done.output
        self.acme.gateway.readers.refresh()
        return json.loads(done.output)

    def refused(self, *words: str) -> str:
        """What the command says when it is refused."""
        done = self._invoke(*words)
        assert isinstance(done.exception, GatewayError)
        return done.exception.message

    def file(self, name: str, content: str | bytes) -> str:
        """A file with this content."""
        raw = content.encode() if isinstance(content, str) else content
        (self.folder / name).write_bytes(raw)
        return str(self.folder / name)

    def add(self, kind: str, path: str, *more: str) -> Any:
        """The result of adding a list."""
        return self.run(
            "dictionaries", "add", "--tenant", "acme", "--type", kind, "--file", path, *more
        )

    def _invoke(self, *words: str) -> Any:
        return CliRunner().invoke(proviso, [*words, "--config", str(self._config), "--json"])


@pytest.fixture
def shell(acme: Installation, tmp_path: Path, upstream: Upstream) -> Shell:
    """The command line of ``acme``."""
    return Shell(acme, tmp_path, upstream.base_url)


def left(acme: Installation, upstream: Upstream, text: str, key: str) -> str:
    """What the provider gets of `text`."""
    assert acme.chat(key, text).status_code == 200
    return str(upstream.calls[-1]["messages"][-1]["content"])


class TestDictionaries:
    def test_a_list_counts_without_a_restart(
        self, shell: Shell, acme: Installation, upstream: Upstream
    ) -> None:
        """
        Added, it hides its terms; removed, it does not; the terms are in neither listing nor log.
        """
        key = acme.key_for()
        before = left(acme, upstream, "how is zorbleflux doing", key)
        added = shell.add("PROJECT", shell.file("projects.txt", "Zorbleflux\nQuuxinator\n"))
        during = left(acme, upstream, "how is zorbleflux doing", key)
        listed = shell.run("dictionaries", "list", "--tenant", "acme")
        shell.run("dictionaries", "remove", "projects", "--tenant", "acme")
        after = left(acme, upstream, "how is zorbleflux doing", key)

        assert before == after == "how is zorbleflux doing"
        assert "[PROJECT_1]" in during
        assert "zorbleflux" not in during
        assert added == {"name": "projects", "type": "PROJECT", "terms": 2, "people": 0}
        assert [item["name"] for item in listed] == ["projects"]
        entries = [item for item in acme.entries() if item["kind"] == "administration"]
        assert [item["action"] for item in entries[-2:]] == [
            "dictionary.set",
            "dictionary.removed",
        ]
        assert "orbleflux" not in json.dumps([entries, listed], default=str)

    def test_it_counts_in_answers_whole_and_streamed(
        self, shell: Shell, acme: Installation
    ) -> None:
        """
        P9: a term of plain words is found in what a model says, in one piece and in many.
        """
        shell.add("PROJECT", shell.file("projects.txt", "Your key"))
        found = []
        for stream in (False, True):
            answer = acme.chat(acme.key_for(), model="secretive", stream=stream)
            answer.get_data()
            found.append(acme.entries()[-1]["output"]["findings"])

        assert found[0] == found[1] == {"PROJECT": 1, "SECRET": 1}

    def test_another_tenant_does_not_share_it(self, shell: Shell, acme: Installation) -> None:
        """
        P4: what one tenant lists is nothing to another one.
        """
        shell.add("PROJECT", shell.file("projects.txt", "Zorbleflux"))
        other = acme.add_tenant("globex")
        body = {"messages": [{"role": "user", "content": "zorbleflux"}]}
        of = acme.gateway.readers.of
        mine = of(TenantId(acme.tenant.id)).read(body, None, "chat")
        theirs = of(TenantId(other.id)).read(body, None, "chat")

        assert [item.type for item in mine.summaries] == ["PROJECT"]
        assert theirs.summaries == ()

    def test_what_was_read_for_one_tenant_is_read_anew_for_another(
        self, acme: Installation
    ) -> None:
        """
        P4: also where neither has lists of its own, nobody can tell by time what others wrote.
        """
        globex = TenantId(acme.add_tenant("globex").id)
        mine, theirs = (acme.gateway.readers.of(one) for one in (TenantId(acme.tenant.id), globex))
        text = "Anna Kowalska of Bergen is 44 years old and has diabetes."
        mine.read({"messages": [{"role": "user", "content": text}]}, None, "chat")

        def known(reader: RequestReader) -> list[bool]:
            of = reader.inspector.texts().of(text)
            return [reading is not None for reading in (of.found, of.seen, of.cues)]

        assert known(mine) == [True, True, True]
        assert known(theirs) == [False, False, False]

    def test_the_staff_directory_counts_who_fits(self, shell: Shell, acme: Installation) -> None:
        """
        Columns of the file become the exact k: one head of compliance is one person.
        """
        added = shell.add("PERSON", shell.file("staff.csv", STAFF))
        reader = acme.gateway.readers.of(TenantId(acme.tenant.id))
        text = "our head of compliance in Tromsø is ill; ask kowalska, anna"
        found = reader.read({"messages": [{"role": "user", "content": text}]}, None, "chat")

        assert added["people"] == 2
        assert (found.risk.people, found.risk.level) == (1, "very_high")
        assert "PERSON" in {item.type for item in found.summaries}

    @pytest.mark.parametrize(
        ("kind", "name", "content", "said"),
        [
            ("PROJECT", "p.txt", "Phoenix\nx\n", "Line 2 has 1 characters"),
            ("PROJECT", "p.txt", "\n \n", "no terms"),
            ("PROJECT", "p.txt", b"\xff\xfe", "not UTF-8"),
            ("project", "p.txt", "Phoenix", "written in capitals"),
            ("SECRET", "p.txt", "Phoenix", "found by other means"),
            ("PERSON", "p.csv", "colour\nred\n", "names its columns"),
            ("PERSON", "p.csv", "name,started\nAnna K,soon\n", "Line 2 has a start"),
            ("PERSON", "p.csv", 'name\n"Anna', "not CSV"),
            ("PROJECT", "Über.txt", "Phoenix", "small letters"),
        ],
    )
    def test_what_cannot_be_used_is_refused_and_explained(
        self, shell: Shell, kind: str, name: str, content: str | bytes, said: str
    ) -> None:
        """
        P11: the message names the line and the limit, never the term.
        """
        path = shell.file(name, content)
        message = shell.refused(
            "dictionaries", "add", "--tenant", "acme", "--type", kind, "--file", path
        )

        assert said in message
        assert "hoenix" not in message

    def test_half_a_million_terms_are_the_limit_of_all_lists(self, shell: Shell) -> None:
        """
        P10: the limit is the tenant's, not the file's.
        """
        shell.add("PROJECT", shell.file("one.txt", "\n".join(f"K{at:06}" for at in range(300_000))))
        path = shell.file("two.txt", "\n".join(f"L{at:06}" for at in range(200_001)))
        message = shell.refused(
            "dictionaries", "add", "--tenant", "acme", "--type", "PROJECT", "--file", path
        )

        assert "500001 terms" in message

    def test_removing_what_is_not_there(self, shell: Shell) -> None:
        """
        It is said, and nothing is recorded.
        """
        before = len(shell.acme.entries())
        message = shell.refused("dictionaries", "remove", "none", "--tenant", "acme")

        assert NotFound.title in message
        assert len(shell.acme.entries()) == before


class TestPatterns:
    def test_a_pattern_counts_without_a_restart(
        self, shell: Shell, acme: Installation, upstream: Upstream
    ) -> None:
        """
        Added, it hides what has its shape, and both changes are in the log.
        """
        key = acme.key_for()
        pattern = ("patterns", "add", "--tenant", "acme", "customer", r"\bqq-([0-9]{3})\b")
        shell.run(*pattern)
        during = left(acme, upstream, "see qq-123", key)
        listed = shell.run("patterns", "list", "--tenant", "acme")
        shell.run("patterns", "remove", "customer", "--tenant", "acme")
        after = left(acme, upstream, "see qq-123", key)

        assert "qq-[REFERENCE_NUMBER_1]" in during
        assert after == "see qq-123"
        assert [item["expression"] for item in listed] == [r"\bqq-([0-9]{3})\b"]
        entries = [item for item in acme.entries() if item["kind"] == "administration"]
        assert [item["action"] for item in entries[-2:]] == ["pattern.set", "pattern.removed"]

    @pytest.mark.parametrize(
        ("expression", "said"),
        [("(?=x)y", "RE2 syntax"), ("(a+)+$|()", "more than one group"), ("x*", "empty text")],
    )
    def test_a_bad_one_is_refused_and_explained(
        self, shell: Shell, expression: str, said: str
    ) -> None:
        """
        P11: what is wrong with it is said before anything is recorded.
        """
        assert said in shell.refused(
            "patterns", "add", "--tenant", "acme", "mine", expression
        )  # fmt: skip


class TestFailing:
    def test_unknown_terms_let_nothing_pass(
        self, acme: Installation, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        P2: a tenant whose lists cannot be read sends nothing.
        """
        key, before = acme.key_for(), upstream.count

        def away(_session: object) -> None:
            raise StorageUnavailable

        monkeypatch.setattr("gateway.db.detection_terms.editions", away)

        assert acme.chat(key).status_code == 503
        assert upstream.count == before

    def test_known_terms_stay_while_the_database_is_away(
        self, shell: Shell, acme: Installation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Looking again fails, and what was known is still looked for.
        """
        shell.add("PROJECT", shell.file("projects.txt", "Zorbleflux"))
        tenant = TenantId(acme.tenant.id)
        known = acme.gateway.readers.of(tenant)

        def away(_session: object) -> None:
            raise StorageUnavailable

        monkeypatch.setattr("gateway.db.detection_terms.editions", away)
        with pytest.raises(StorageUnavailable):
            acme.gateway.readers.refresh()

        assert acme.gateway.readers.of(tenant) is known
