"""What policy is told of tools and parameters in the words of other APIs than chat."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.content.asked import asked


def told(body: dict[str, Any]) -> dict[str, Any]:
    """The section of the policy input."""
    return asked(body, kind="chat", stream=False, characters=0, signed=False, attached=())


class TestTools:
    @pytest.mark.parametrize(
        ("tool", "kinds"),
        [
            ({"type": "web_search_20250305", "name": "web_search"}, [("web_search", True, False)]),
            ({"type": "bash_20250124", "name": "bash"}, [("function", False, True)]),
            ({"name": "send_mail", "input_schema": {}}, [("function", False, True)]),
            ({"type": "function", "name": "send_mail"}, [("function", False, True)]),
            ({"type": "function", "name": "look_up"}, [("function", False, False)]),
            ({"type": "custom", "name": "delete_all"}, [("function", False, True)]),
            ({"type": "local_shell"}, [("function", False, True)]),
            ({"type": "apply_patch"}, [("function", False, True)]),
            ({"googleSearch": {}}, [("web_search", True, False)]),
            ({"google_search": {}}, [("web_search", True, False)]),
            (
                {"codeExecution": {}, "functionDeclarations": [{"name": "delete_all"}]},
                [("code_interpreter", True, False), ("function", False, True)],
            ),
            ({"novelty": {}}, [("function", False, False)]),
            (
                {"type": "namespace", "name": "files", "tools": [{"name": "write_file"}]},
                [("function", False, True)],
            ),
        ],
    )
    def test_one_entry(self, tool: dict[str, Any], kinds: list[tuple[str, bool, bool]]) -> None:
        """
        Who runs a tool and whether it writes is told in the words that rules know.
        """
        said = told({"tools": [tool]})["tools"]

        assert [(item["type"], item["third_party"], item["writes"]) for item in said] == kinds

    def test_servers_of_others(self) -> None:
        """
        Servers beside the list of tools are somebody else's, and may write.
        """
        said = told({"mcp_servers": [{"type": "url", "url": "https://x.example"}]})["tools"]

        assert said == [{"type": "mcp", "third_party": True, "writes": True}]


class TestParameters:
    @pytest.mark.parametrize("name", ["generationConfig", "generation_config"])
    def test_sampling_in_an_object_of_its_own(self, name: str) -> None:
        """
        Both spellings of Google's settings are seen.
        """
        assert told({name: {"topK": 3, "top_p": 0.5}})["sampling"] == ["top_k", "top_p"]

    @pytest.mark.parametrize("name", ["cachedContent", "container"])
    def test_state_that_cannot_be_dropped(self, name: str) -> None:
        """
        What the provider keeps, and the request means something else without.
        """
        assert told({name: "x"})["stateful_fixed"] == [name]
