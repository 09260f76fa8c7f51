"""Certificates for servers of the harness: good ones of an authority of its own, and bad ones."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Authority:
    """Who signs; `pem` is what a client must trust (SSL_CERT_FILE)."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> Path:
        return self.folder / "authority.pem"

    def server(self, *names: str, ends_in: timedelta = DAY, is_trusted: bool = True) -> ssl.SSLContext:
        """What a server of these names shows. ends_in: below zero for one that has expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        signer = (self.certificate.subject, self.key) if is_trusted else (_name(names[0]), key)
        made = _certificate(names[0], key, signer, ends_in=ends_in).add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False
        )
        path = self.folder / f"{names[0].replace('*', 'any')}-{ends_in.days}-{is_trusted}.pem"
        path.write_bytes(_pem(key) + made.sign(signer[1], hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def authority(folder: Path) -> Authority:
    """A new authority whose files lie in this folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = "An invented authority"
    made = (
        _certificate(name, key, (_name(name), key), ends_in=DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    found = Authority(folder, key, made)
    found.pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return found


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    signer: tuple[x509.Name, ec.EllipticCurvePrivateKey],
    *,
    ends_in: timedelta,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(signer[0])
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 30 * DAY)
        .not_valid_after(now + ends_in)
    )


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
