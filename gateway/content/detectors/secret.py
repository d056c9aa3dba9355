"""Credentials: shapes that vendors gave their keys, and values somebody called a password."""

from __future__ import annotations

import re

from gateway.content.detectors.pattern import Caught, Pattern, by_shape

TYPE = "SECRET"
_KEY_LABEL = r"[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?"
_SHAPES = (
    (
        "private_key",
        rf"-----BEGIN {_KEY_LABEL}-----(?:[^-]*(?:-----END {_KEY_LABEL}-----)?)?",
    ),
    ("aws_access_key", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b"),
    ("gcp_api_key", r"\bAIza[0-9A-Za-z_\-]{35}"),
    ("azure_account_key", r"AccountKey=[A-Za-z0-9+/]{60,90}={0,2}"),
    ("github_token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})"),
    ("gitlab_token", r"\bglpat-[A-Za-z0-9_\-]{20,255}"),
    ("slack_token", r"\bxox[abeoprs]-[A-Za-z0-9\-]{10,250}"),
    ("stripe_key", r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,247}"),
    ("llm_api_key", r"\bsk-[A-Za-z0-9_\-]{20,255}"),
    ("huggingface_token", r"\bhf_[A-Za-z0-9]{30,40}\b"),
    ("npm_token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("pypi_token", r"\bpypi-[A-Za-z0-9_\-]{50,255}"),
    ("sendgrid_key", r"\bSG\.[A-Za-z0-9_\-]{16,32}\.[A-Za-z0-9_\-]{30,64}"),
    ("digitalocean_token", r"\bdo[opr]_v1_[a-f0-9]{64}"),
    ("jwt", r"\beyJ[A-Za-z0-9_\-]{8,}\.eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}"),
)
_WORDS = (
    r"password|passwd|pwd|passphrase|secret|api[_ \-]?key|access[_ \-]?key|auth[_ \-]?token"
    r"|access[_ \-]?token|client[_ \-]?secret|kennwort|passwort|mot de passe|wachtwoord|contraseña"
)
_REFERENCE = re.compile(
    r"environ|getenv|process\.env|secrets?\.|vault|\$\{|\{\{|<[a-z]|^\$|^%|\*{3}|x{4}|\.{3}|your[_-]"
    r"|example|changeme|placeholder|redacted|\(|\[",
    re.IGNORECASE,
)
_PLAIN_WORD = re.compile(
    r"[\"'(\[*_`#>]*[^\W\d_]?[^\W\d_A-Z]*(?:['\u2019][a-z]+)?[.,;:!?)\]\"'*_`]*"
)


def is_plain_word(token: str) -> bool:
    """Whether a token is prose: letters, at most the first a capital, and punctuation around it."""
    return _PLAIN_WORD.fullmatch(token) is not None


def check_url(candidate: str, _before: str) -> Caught:
    """An address with a user and password in it, without the sentence's own punctuation."""
    return Caught(len(candidate.rstrip(".,;:!?)]}\u00bb")), 0.95)


def check_assignment(candidate: str, _before: str) -> Caught | None:
    """A value called a secret, unless it is a word, a placeholder or a reference to a vault."""
    if is_plain_word(candidate) or _REFERENCE.search(candidate):
        return None
    return Caught(len(candidate.rstrip(".,;:!?)")), 0.75)


PATTERNS = (
    *(Pattern(TYPE, f"secret.{name}", shape, by_shape(0.95)) for name, shape in _SHAPES),
    Pattern(
        TYPE,
        "secret.url_credentials",
        r"\b[A-Za-z][A-Za-z0-9+.\-]{1,20}://[^\s/:@]{1,200}:[^\s/@]{1,200}@[^\s/\"'<>]{1,255}",
        check_url,
        trigger=r"://[^\s/]+@",
    ),
    Pattern(
        TYPE,
        "secret.assignment",
        rf"(?i)\b(?:{_WORDS})[\"']?(?:\s{{0,3}}(?::=|=>|[:=])|\s+(?:is|ist|est|lautet))\s{{0,3}}[\"']?([^\s\"'<>,;]{{6,128}})",
        check_assignment,
        trigger=rf"(?i)\b(?:{_WORDS})",
    ),
)
