"""Editions of the base facts: signed, kept, and replaced only by a good one.

An edition is a folder with a manifest (`edition.json`) and the files it names.
It is read once, verified, and parsed from the very bytes that were verified. One
that fails never loads: the last good edition keeps serving, and the gateway says
so in its log, its metrics and its readiness detail.
"""

from __future__ import annotations

import hashlib
import logging
import zlib
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import orjson

from gateway.core.values import dataclass
from gateway.db import terms_editions
from gateway.errors import ConfigurationError, StorageUnavailable
from gateway.terms import facts, forms, signing
from gateway.terms.signing import BadSignature

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.core.clock import Clock
    from gateway.db.session import Database
    from gateway.terms.statements import BaseFacts

_LOG = logging.getLogger(__name__)

SHIPPED = Path(__file__).parent / "base"
MANIFEST = "edition.json"
FORM = "provider-terms-edition/v1"
_KEYS = {"schema_version", "version", "published_at", "files"}
_NEVER = datetime.min.replace(tzinfo=UTC)
_LARGEST = 20_000_000
"""Bytes of an edition in all, before and after it is unpacked."""


@dataclass(frozen=True)
class Edition:
    """One set of base facts, immutable."""

    version: str
    published_at: datetime
    digest: str
    """SHA-256 of the manifest's file, in hex."""

    signed_by: str
    """The id of the key; empty for one that was only read."""

    facts: BaseFacts


@dataclass(frozen=True, slots=True)
class Bundle:
    """The bytes of an edition, as they lay in a folder or a row."""

    manifest: bytes
    files: Mapping[str, bytes]

    @classmethod
    def of(cls, folder: Path) -> Bundle:
        """Every file of a folder that belongs to an edition.

        Raises:
            ConfigurationError: it cannot be read.
        """
        try:
            manifest = (folder / MANIFEST).read_bytes()
            files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.yaml"))}
        except OSError as error:
            raise ConfigurationError(f"{folder} holds no edition of provider terms.") from error
        return cls(manifest, files)

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest, in hex."""
        return hashlib.sha256(self.manifest).hexdigest()

    def packed(self) -> bytes:
        """The bytes as they are kept."""
        texts = {name: content.decode() for name, content in self.files.items()}
        return zlib.compress(orjson.dumps({"manifest": self.manifest.decode(), "files": texts}))

    @classmethod
    def unpacked(cls, content: bytes) -> Bundle:
        """The bytes from a row.

        Raises:
            ConfigurationError: it does not hold any.
        """
        try:
            found = orjson.loads(zlib.decompressobj().decompress(content, _LARGEST))
            files = {str(name): text.encode() for name, text in found["files"].items()}
            return cls(found["manifest"].encode(), files)
        except (zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ConfigurationError("A kept edition of provider terms is damaged.") from error


def manifest_for(files: Mapping[str, bytes], version: str, at: datetime) -> dict[str, Any]:
    """The manifest of an edition, not signed yet."""
    return {
        "schema_version": FORM,
        "version": version,
        "published_at": at.isoformat(timespec="seconds"),
        "files": {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)},
    }


def verified(bundle: Bundle, trusted: Mapping[str, str]) -> Edition:
    """The edition in these bytes, once its signature and every digest have been checked.

    Raises:
        BadSignature: it is not signed by a trusted key, or a byte differs from what was signed.
        ConfigurationError: its files are not of the right form.
    """
    manifest = _manifest(bundle.manifest)
    return _edition(bundle, manifest, signing.verify(manifest, trusted))


def unverified(bundle: Bundle) -> Edition:
    """The edition in these bytes whoever signed it: to look at, never to rely on.

    Raises:
        ConfigurationError: its files are not of the right form.
    """
    return Edition("not verified", _NEVER, bundle.digest, "", facts.parse(bundle.files))


def _manifest(content: bytes) -> dict[str, Any]:
    try:
        manifest = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BadSignature(f"{MANIFEST} is not JSON.") from error
    forms.keys(MANIFEST, manifest, _KEYS, {"signature"})
    if manifest["schema_version"] != FORM or not isinstance(manifest["files"], dict):
        raise BadSignature(f"{MANIFEST} is not of the form {FORM}.")
    return dict(manifest)


def _edition(bundle: Bundle, manifest: Mapping[str, Any], key_id: str) -> Edition:
    found = {name: hashlib.sha256(content).hexdigest() for name, content in bundle.files.items()}
    odd = sorted(
        name
        for name in found.keys() | manifest["files"].keys()
        if found.get(name) != manifest["files"].get(name)
    )
    if odd:
        raise BadSignature(f"Not what was signed: {', '.join(odd)}.")
    try:
        published = datetime.fromisoformat(str(manifest["published_at"]))
    except ValueError as error:
        raise BadSignature("It does not say when it was published.") from error
    return Edition(
        str(manifest["version"]), published, bundle.digest, key_id, facts.parse(bundle.files)
    )


class Editions:
    """The edition that is relied on, and those that were."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        folder: Path | None = None,
        trusted: Mapping[str, str] | None = None,
    ) -> None:
        """Load the edition in `folder`, else the shipped one.

        `trusted` are public keys besides the shipped ones. Where the folder's edition cannot be
        relied on, the newest kept one serves.

        Raises:
            ConfigurationError: there is no edition that can be relied on.
        """
        self._folder = folder or SHIPPED
        self._database = database
        self._clock = clock
        self._trusted = {**signing.shipped_keys(), **(trusted or {})}
        self._lock = Lock()
        self._past: dict[str, Edition] = {}
        self._kept = ""
        self.problem = ""
        """Why the edition in the folder is not the one that serves; empty when it is."""

        bundle, self.current = self._first()
        self._bundle = bundle

    def _first(self) -> tuple[Bundle, Edition]:
        try:
            bundle = Bundle.of(self._folder)
            return bundle, verified(bundle, self._trusted)
        except ConfigurationError as error:
            for content in self._contents():
                try:
                    bundle = Bundle.unpacked(content)
                    edition = verified(bundle, self._trusted)
                except ConfigurationError:
                    continue  # damaged, or of a key that is trusted no more: look further back
                self._alert(error)
                return bundle, edition
            raise

    def reload(self) -> bool:
        """Look at the folder again; whether the edition in it is the one that serves.

        What cannot be relied on changes nothing but the alert.
        """
        try:
            bundle = Bundle.of(self._folder)
            with self._lock:
                if bundle != self._bundle:
                    self.current, self._bundle = verified(bundle, self._trusted), bundle
                    _LOG.info("provider terms: edition %s serves now", self.current.version)
        except ConfigurationError as error:
            self._alert(error)
            return False
        self.problem = ""
        return True

    def good(self) -> bool:
        """Whether the edition in the folder is the one that serves (a readiness detail)."""
        return not self.problem

    def _alert(self, error: ConfigurationError) -> None:
        if self.problem != error.message:
            _LOG.error("provider terms: %s The last good edition keeps serving.", error.message)
        self.problem = error.message

    def keep(self) -> None:
        """Keep the serving edition, once: what was relied on must be there to be asked about.

        Raises:
            StorageUnavailable: it could not be kept.
        """
        edition, bundle = self.current, self._bundle
        if self._kept == edition.digest:
            return
        with self._database.directory_session(write=True) as session:
            newest = terms_editions.newest_first(session, limit=1)
            if not newest or newest[0].digest != edition.digest:
                session.add(
                    terms_editions.TermsEdition(
                        kept_at=self._clock.now(),
                        digest=edition.digest,
                        version=edition.version,
                        content=bundle.packed(),
                    )
                )
        self._kept = edition.digest

    def known_at(self, moment: datetime) -> Edition | None:
        """The edition relied on at that moment; None: none was, as far as is known.

        Raises:
            ConfigurationError: the kept one is damaged, or its key is not trusted any more.
        """
        with self._database.directory_session() as session:
            rows = terms_editions.newest_first(session, moment, limit=1)
            found = [(row.digest, row.content) for row in rows]
        if not found:
            return None
        digest, content = found[0]
        if digest not in self._past:
            self._past[digest] = verified(Bundle.unpacked(content), self._trusted)
        return self._past[digest]

    def named(self, version: str) -> Edition:
        """The kept edition of that version, or the one in the folder of that name, unverified.

        Raises:
            ConfigurationError: there is neither.
        """
        if Path(version).is_dir():
            files = {path.name: path.read_bytes() for path in Path(version).glob("*.yaml")}
            return unverified(Bundle(b"", files))
        if version == self.current.version:
            return self.current
        with self._database.directory_session() as session:
            rows = terms_editions.newest_first(session)
            found = [row.content for row in rows if row.version == version]
        if not found:
            raise ConfigurationError(f"There is neither a folder nor a kept edition {version}.")
        return verified(Bundle.unpacked(found[0]), self._trusted)

    def _contents(self) -> list[bytes]:
        try:
            with self._database.directory_session() as session:
                return [row.content for row in terms_editions.newest_first(session)]
        except StorageUnavailable:
            return []  # the caller has an error that says more
