"""The certificates a tenant's media are marked with: its own root, and a signing one per year.

Unless files are named in the settings, keys are derived like every other key of a
tenant, from the installation's secret. Ed25519 signs without chance (RFC 8032), so
every worker makes the very same certificates (RFC 5280) and none has to be stored.
A signing key serves one calendar year; its certificate is valid for ten, because
no time stamp says when a mark was made.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gateway.core.values import dataclass
from gateway.errors import ConfigurationError

if TYPE_CHECKING:
    from gateway.core.principal import Tenant
    from gateway.core.secrets import RootSecret
    from gateway.evidence_sections import MarkingSettings

ED25519 = "ed25519"
_ROOT_YEARS = (2025, 2125)
_LEAF_YEARS = 10
_LONGEST_NAME = 64
"""Upper bound of a name in a certificate (RFC 5280, appendix A.1)."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signs one tenant's marks."""

    algorithm: str
    chain: bytes
    """Certificates as PEM, the signing one first, the root last."""

    key: bytes
    """The signing one's private key as PEM (PKCS #8)."""

    root: bytes
    """The certificate that whoever verifies must trust, as PEM."""

    def __repr__(self) -> str:
        """Without the key: a repr ends in logs."""
        return f"Credentials({self.algorithm})"


def derived(secret: RootSecret, tenant: Tenant, year: int) -> Credentials:
    """The tenant's own chain for media marked in that year."""
    root_key = Ed25519PrivateKey.from_private_bytes(secret.marking_seed(tenant.id, "root"))
    leaf_key = Ed25519PrivateKey.from_private_bytes(secret.marking_seed(tenant.id, str(year)))
    organisation = (tenant.name or tenant.slug)[:_LONGEST_NAME]
    root_name = _name(organisation, "Proviso content credentials root")
    root = _certificate(root_name, root_name, root_key.public_key(), root_key, 1, _ROOT_YEARS)
    leaf = _certificate(
        _name(organisation, f"Proviso content credentials {year}"),
        root_name,
        leaf_key.public_key(),
        root_key,
        year,
        (year, year + _LEAF_YEARS),
    )
    key = leaf_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return Credentials(ED25519, leaf + root, key, root)


def from_files(settings: MarkingSettings, key: bytes) -> Credentials:
    """The chain in the file that the settings name, with the private key, read by the caller.

    Raises:
        ConfigurationError: a file cannot be read, or holds no certificates.
    """
    try:
        chain = settings.certificates_file.read_bytes()
        certificates = x509.load_pem_x509_certificates(chain)
    except (OSError, ValueError) as error:
        raise ConfigurationError("The certificates for marks cannot be read.") from error
    root = certificates[-1].public_bytes(serialization.Encoding.PEM)
    return Credentials(settings.algorithm, chain, key, root)


def _name(organisation: str, common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    public: Ed25519PublicKey,
    signed_by: Ed25519PrivateKey,
    serial: int,
    years: tuple[int, int],
) -> bytes:
    """One certificate, as the profile of C2PA wants them (technical specification 2.2, 14.5)."""
    authority = subject == issuer
    usage = x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    first, last = (datetime(year, 1, 1, tzinfo=UTC) for year in years)
    signer = signed_by.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(serial)
        .not_valid_before(first)
        .not_valid_after(last)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False)
    )
    if not authority:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(purpose, critical=False)
    return builder.sign(signed_by, None).public_bytes(serialization.Encoding.PEM)
