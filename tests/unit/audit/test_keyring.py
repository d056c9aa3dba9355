"""A change of key leaves no gap: either key proves the whole log, each for its own time."""

from __future__ import annotations

from gateway.audit import checkpoint
from gateway.audit import note as notes
from gateway.audit.verify import Trust, verify_lines
from tests.unit.audit.exports import (
    KEY,
    NEXT,
    STRANGER,
    TENANT,
    VERIFIER,
    Lines,
    Log,
    found,
    kinds,
    named,
    text,
)

THIRD = checkpoint.key_from_seed(b"u" * 32)


def rotated() -> Lines:
    """A log whose key changed twice."""
    log = Log(TENANT, KEY, NEXT, THIRD)
    log.add().add().seal(KEY).rotate(KEY, NEXT).add().seal(NEXT)
    return log.rotate(NEXT, THIRD).add().seal(THIRD).whole()


class TestSuccession:
    def test_any_of_the_keys_proves_everything(self) -> None:
        """
        The first key, the middle one and the newest each vouch for the others.
        """
        for key in (KEY, NEXT, THIRD):
            verdict = verify_lines(text(rotated()).splitlines(), Trust((named(key),)))

            assert verdict.intact
            assert (verdict.checkpoints, verdict.covered) == (5, 6)

    def test_validity_is_told(self) -> None:
        """
        Each key is listed with the sizes it signed for.
        """
        verdict = verify_lines(text(rotated()).splitlines(), Trust((VERIFIER,)))
        spans = [(item["from_size"], item["until_size"]) for item in verdict.keys]

        assert spans == [(0, 3), (3, 5), (5, None)]

    def test_a_replaced_key_signs_no_more(self) -> None:
        """
        A key that was replaced, because it leaked, cannot sign what comes after.
        """
        lines = Log(TENANT, KEY, NEXT).add().seal(KEY).rotate(KEY, NEXT).add().seal(KEY).whole()

        assert kinds(lines, named(NEXT)) == {"retired_key"}

    def test_a_leaked_key_cannot_rewrite_for_who_holds_the_newest(self) -> None:
        """
        A whole new history signed by a replaced key is of an unknown key to who has the new one.
        """
        lines = Log(TENANT, KEY).add(x=1).add().add().seal(KEY).whole()

        assert kinds(lines, named(NEXT)) == {"unknown_key"}

    def test_a_change_needs_both_signatures(self) -> None:
        """
        An entry that names a stranger's key, without the old key's signature, joins nothing.
        """
        log = Log(TENANT, KEY, STRANGER).add().seal(KEY)
        params = {"old": VERIFIER, "new": named(STRANGER)}
        log.add(kind="administration", status="checkpoint_key.rotated", params=params)
        lines = log.seal(STRANGER).add().seal(STRANGER).whole()

        assert kinds(lines) == {"unknown_key"}

    def test_a_change_needs_its_entry(self) -> None:
        """
        Two signatures without an entry that announces them join nothing either.
        """
        lines = Log(TENANT, KEY, NEXT).add().seal(KEY, NEXT).add().seal(NEXT).whole()

        assert kinds(lines) == {"unknown_key"}


class TestWitnesses:
    def test_a_cosignature_is_counted_and_a_wrong_one_told(self) -> None:
        """
        A checkpoint that another, trusted key has signed too has two signers; a signature that
        does not fit is a defect.
        """
        key = checkpoint.Verifier("audit.acme.example", NEXT.public_key(), cosigns=True)
        log = Log().add()
        note = notes.parse(log.note())
        good = note.signed_also(checkpoint.cosign(note, key.name, NEXT, 1_700_000_000))
        other = notes.parse(Log().add(x=1).note())
        bad = note.signed_also(checkpoint.cosign(other, key.name, NEXT, 1_700_000_000))

        def verified(written: str) -> tuple[bool, dict[str, int]]:
            lines = [*log.lines, {"type": "checkpoint", "note": written}]
            counts = {"entry": 1, "checkpoint": 1, "receipt": 0, "proof": 0}
            lines.append({"type": "end", "counts": counts})
            trust = Trust((VERIFIER,), witnesses=(key.written(),))
            verdict = verify_lines(text(lines).splitlines(), trust)
            return verdict.intact, verdict.witnesses

        assert verified(good.written()) == (True, {key.name: 1})
        assert verified(bad.written()) == (False, {})

    def test_a_cosigner_does_not_replace_the_log(self) -> None:
        """
        A witness's key alone does not make a checkpoint a log's.
        """
        key = checkpoint.Verifier("proviso/x", KEY.public_key(), cosigns=True)

        assert found(Log().add().seal().whole(), key.written())[0] == ("foreign", None)
