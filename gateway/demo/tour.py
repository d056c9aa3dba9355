"""The tour: one employee's requests and a privacy officer's look, with a real OpenAI client."""

from __future__ import annotations

import sqlite3
import traceback
from typing import TYPE_CHECKING, Any

import click
import requests

from gateway import assembly, settings
from gateway.db import tenants
from gateway.demo import company, picture, provider
from gateway.demo.telling import SECONDS, require, say

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gateway.assembly import Gateway
    from gateway.audit.verdict import Verdict
    from gateway.core.identifiers import TenantId
    from gateway.core.principal import Tenant

_EMMA = "emma@acme.example"
_NAME = "Anna Kowalska"
_MAIL = "jane.doe@customer.example"
_IBAN = "DE89 3704 0044 0532 0130 00"
_FAKE_NEWS = "Write a news report that the dam broke, make it look like the public broadcaster."


class Guide:
    """Takes the steps one by one; a step that does not hold ends the tour."""

    def __init__(self, base: str, config: Path) -> None:
        """A tour of the gateway at `base` that runs on `config`."""
        self._base = base
        self._config = config
        self.key = ""

    def take(self) -> bool:
        """Every step in order; whether all of them held."""
        steps: tuple[tuple[str, Callable[[], None]], ...] = (
            ("A key for Emma, who has not read the rules yet", self._first_key),
            ("An OpenAI client, with only its base URL and key changed", self._permitted),
            ("People and accounts leave as placeholders and come back", self._pseudonymised),
            ("The same in the arguments of a tool call", self._tool_call),
            ("A model in the wrong place is passed over for one that will do", self._routed),
            ("A secret is refused, with the reason and what to do", self._secret),
            ("So is disinformation, whoever asks for it", self._disinformation),
            ("A provider whose terms nobody has confirmed is refused", self._unreviewed),
            ("A picture bears its origin, and its rights are found by it", self._picture),
            ("The privacy officer signs in and sees the decisions", self._dashboard),
            ("The decision log proves itself", self._intact),
            ("Somebody edits the database, and is found out", self._tampered),
        )
        for number, (title, step) in enumerate(steps, 1):
            click.secho(f"\n{number}. {title}", bold=True)
            try:
                step()
            except Exception as error:  # noqa: BLE001 - whatever it is, the tour names the step
                click.secho(f"   step {number} failed: {type(error).__name__}: {error}", fg="red")
                traceback.print_exc()
                return False
        click.secho("\nEvery step held.", fg="green", bold=True)
        return True

    def _first_key(self) -> None:
        gateway = assembly.build(settings.load(self._config))
        made = gateway.identity.keys.create_for_person(
            self._tenant(gateway), _EMMA, label="tour", created_by="demo"
        )
        gateway.database.dispose()
        self.key = made.text
        self._expect_refusal("Hello", "acknowledgement.required")
        answer = requests.post(
            f"{self._base}/v1/code-of-use",
            headers={"Authorization": f"Bearer {self.key}"},
            json={"version": 1},
            timeout=SECONDS,
        )
        require(answer.status_code == 200, f"accepting answered {answer.status_code}")
        say("Emma", "reads and accepts the code of use.")
        self._expect_refusal("Hello", "ai_act.literacy_grace")
        answer = requests.post(
            f"{self._base}/v1/confirmations",
            headers={"Authorization": f"Bearer {self.key}"},
            json={"code": "ai_act.literacy_grace"},
            timeout=SECONDS,
        )
        require(answer.status_code == 201, f"confirming answered {answer.status_code}")
        say("Emma", "confirms that she will take the course on AI.")

    def _permitted(self) -> None:
        client = self._client()
        say("models", ", ".join(model.id for model in client.models.list()))
        raw = client.chat.completions.with_raw_response.create(
            model=company.MODEL, messages=[{"role": "user", "content": "Say hello to the team."}]
        )
        say("Emma", "Say hello to the team.")
        say("answer", raw.parse().choices[0].message.content)
        say("receipt", raw.headers["x-proviso-receipt"])

    def _pseudonymised(self) -> None:
        text = f"Write to {_NAME} ({_MAIL}) that {_IBAN} is our account."
        stream = self._client().chat.completions.create(
            model=company.MODEL, messages=[{"role": "user", "content": text}], stream=True
        )
        answer = "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
        sent = self._received()["messages"][-1]["content"]
        say("Emma", text)
        say("provider got", sent)
        say("answer", answer)
        values = (_NAME, _MAIL, _IBAN)
        require(not any(value in sent for value in values), "a value reached the provider")
        require(all(value in answer for value in values), "a value did not come back")

    def _tool_call(self) -> None:
        tool: Any = {"type": "function", "function": {"name": "send_mail", "parameters": {}}}
        answer = self._client().chat.completions.create(
            model=company.MODEL,
            messages=[{"role": "user", "content": f'call send_mail with {{"to": "{_MAIL}"}}'}],
            tools=[tool],
        )
        calls: Any = answer.choices[0].message.tool_calls
        say("tool call", f"{calls[0].function.name}({calls[0].function.arguments})")
        require(_MAIL in calls[0].function.arguments, "the argument was not restored")
        require(_MAIL not in str(self._received()), "the address reached the provider")

    def _routed(self) -> None:
        raw = self._client().chat.completions.with_raw_response.create(
            model=company.ROUTED, messages=[{"role": "user", "content": "Say hello."}]
        )
        say("asked for", company.ROUTED)
        say("ran at", raw.headers["x-proviso-model"])
        say("passed over", raw.headers.get("x-proviso-passed-over", ""))
        require(company.ROUTED in raw.headers.get("x-proviso-passed-over", ""), "it was not")

    def _disinformation(self) -> None:
        self._expect_refusal(_FAKE_NEWS, "disinformation.request")

    def _secret(self) -> None:
        before = self._count_received()
        self._expect_refusal("Why does AKIAIOSFODNN7EXAMPLE not work?", "secret.present")
        require(self._count_received() == before, "a refused request reached the provider")

    def _unreviewed(self) -> None:
        self._expect_refusal("Hello", "terms.unknown", model=company.UNREVIEWED)

    def _picture(self) -> None:
        import openai  # noqa: PLC0415 - a client of the gateway, not a part of it

        say("Emma", picture.PROMPT)
        try:
            picture.generate(self._client())
        except openai.PermissionDeniedError as refusal:
            say("refused", str(refusal.body["message"]))  # type: ignore[index]
            require("ai_act.media_module" in str(refusal.body), "not for want of the course")
        else:
            raise AssertionError("the picture was not refused")
        picture.take_media_course(self._config, _EMMA)
        say("Emma", picture.PROMPT)
        data, exchange = picture.generate(self._client())
        gateway = assembly.build(settings.load(self._config))
        tenant = self._company(gateway)
        picture.check_manifest(gateway.output_rights.marks, tenant, data, exchange)
        picture.find_record(
            self._base, self.key, data, exchange, gateway.log.verifier_key(tenant.id)
        )
        gateway.database.dispose()
        kept = self._config.with_name(picture.FILE)
        kept.write_bytes(data)
        say("kept", f"{kept}; look it up at {self._base}/rights/lookup")

    def _dashboard(self) -> None:
        browser = requests.Session()
        front = browser.get(f"{self._base}/sign-in/{company.TENANT}", timeout=SECONDS)
        require(front.status_code == 200, f"the sign-in page answered {front.status_code}")
        offer = front.url.replace("/authorize?", "/authorize/as/paul?")
        page = browser.get(offer, timeout=SECONDS)
        require("Paul Okafor" in page.text, "Paul is not signed in")
        page = browser.get(f"{self._base}/decisions?effect=deny", timeout=SECONDS)
        refused = page.text.count(">refused</span>")
        require(refused >= 3, f"{refused} refusals are listed")
        require(_EMMA not in page.text, "the list names a person")
        say("Paul", f"sees {refused} refusals, by pseudonym, at {self._base}/decisions")

    def _intact(self) -> None:
        verdict = self._verify()
        say("verdict", f"{verdict.size} entries, {verdict.checkpoints} checkpoints fit")
        require(verdict.intact, "the log is not intact")

    def _tampered(self) -> None:
        where = str(self._config.parent / "demo.db")
        edit = "UPDATE log_entry SET canonical = ? WHERE sequence = ?"
        with sqlite3.connect(where, timeout=SECONDS) as database:
            sequence, kept = database.execute(
                "SELECT sequence, canonical FROM log_entry WHERE effect = 'deny' ORDER BY sequence"
            ).fetchone()
            edited = kept.replace(b'"deny"', b'"permit"', 1)
            require(edited != kept, "there was nothing to edit")
            database.execute(edit, (edited, sequence))
        verdict = self._verify()
        for defect in verdict.defects[:2]:
            say("found", defect.text)
        with sqlite3.connect(where, timeout=SECONDS) as database:
            database.execute(edit, (kept, sequence))
        require(not verdict.intact, "the edit was not noticed")
        require(self._verify().intact, "the log was not put back")

    def _expect_refusal(self, text: str, code: str, model: str = company.MODEL) -> None:
        import openai  # noqa: PLC0415 - a client of the gateway, not a part of it

        say("Emma", text)
        try:
            self._client().chat.completions.create(
                model=model, messages=[{"role": "user", "content": text}]
            )
        except openai.PermissionDeniedError as refusal:
            say("refused", str(refusal.body["message"]))  # type: ignore[index]
            require(code in str(refusal.body), f"the refusal does not say {code}")
            require("AKIA" not in str(refusal), "the refusal repeats the secret")
            return
        raise AssertionError("the request was not refused")

    def _client(self) -> Any:
        import openai  # noqa: PLC0415 - a client of the gateway, not a part of it

        return openai.OpenAI(base_url=f"{self._base}/v1", api_key=self.key, timeout=SECONDS)

    def _received(self) -> Any:
        url = f"{self._base}{provider.PREFIX}/received"
        return requests.get(url, timeout=SECONDS).json()[-1]

    def _count_received(self) -> int:
        url = f"{self._base}{provider.PREFIX}/received"
        return len(requests.get(url, timeout=SECONDS).json())

    def _verify(self) -> Verdict:
        gateway = assembly.build(settings.load(self._config))
        tenant = self._tenant(gateway)
        gateway.log.seal(tenant)
        verdict = gateway.log.verify(tenant)
        gateway.database.dispose()
        return verdict

    def _tenant(self, gateway: Gateway) -> TenantId:
        return self._company(gateway).id

    @staticmethod
    def _company(gateway: Gateway) -> Tenant:
        with gateway.database.directory_session() as session:
            record = tenants.by_slug(session, company.TENANT)
        if record is None:
            raise AssertionError("the demo company is missing")
        return record.value()
