"""What a large picture costs a worker in memory, at its peak."""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import requests

from tests.e2e.conftest import PERSON
from tests.files import png_chunk

if TYPE_CHECKING:
    from tests.e2e.conftest import Company

_MEGABYTE = 1_000_000
_MOST = 150
_TIER = "openai/api-default"


def a_large_png(size: int) -> bytes:
    """A picture of about that many bytes that cannot be made smaller."""
    width = 3 * 1_024
    rows = size // (width + 1)
    header = width.to_bytes(4, "big") + rows.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    lines = b"".join(b"\x00" + os.urandom(width) for _ in range(rows))
    body = png_chunk(b"IDAT", zlib.compress(lines, 0))
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + body + png_chunk(b"IEND", b"")


def peak_megabytes(group: int) -> float:
    """The most memory that any process of the server has had."""
    peaks = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if os.getpgid(int(status.parent.name)) != group:
                continue
            fields = dict(
                line.split(":", 1) for line in status.read_text().splitlines() if ":" in line
            )
        except (OSError, ProcessLookupError):
            continue  # it has just ended
        peaks.append(int(fields.get("VmHWM", "0 kB").split()[0]) / 1_000)
    return max(peaks)


class TestPictures:
    def test_twenty_megabytes(self, company: Company) -> None:
        """
        A form with a picture of 20 MB adds at most 150 MB to a worker, at its peak.
        """
        key = company.found(_TIER)
        company.run(
            "training", "record", "--tenant", "acme", "--for", PERSON, "--course", "media",
            "--completed-on", "2026-01-01", "--valid-until", "2099-12-31",
        )  # fmt: skip
        company.start()
        assert company.process is not None
        headers = {"Authorization": f"Bearer {key}"}
        address, fields = f"{company.base}/v1/images/edits", {"model": "echo", "prompt": "Blue"}

        def edit(data: bytes) -> requests.Response:
            files = {"image": ("a.png", data, "image/png")}
            return requests.post(address, headers=headers, data=fields, files=files, timeout=60)

        assert edit(a_large_png(10_000)).status_code == 200
        before = peak_megabytes(company.process.pid)
        answer = edit(a_large_png(20 * _MEGABYTE))

        assert answer.status_code == 200, answer.text
        grown = peak_megabytes(company.process.pid) - before
        assert grown <= _MOST
