"""Starting what is measured, each on its core, and reading what it cost."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from bench.shapes import MODELS, SHAPES, model

if TYPE_CHECKING:
    from collections.abc import Iterator

MEASURED_CORE, OTHER_CORE = 0, 1
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def tree(pid: int) -> list[int]:
    """A process and all its descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue  # it ended while we looked
            children.setdefault(parent, []).append(int(entry.name))
    found, queue = [], [pid]
    while queue:
        found.append(queue.pop())
        queue += children.get(found[-1], [])
    return found


def cpu_seconds(pid: int) -> float:
    """CPU time of a process tree, in seconds."""
    total = 0
    for member in tree(pid):
        fields = Path(f"/proc/{member}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def resident_mb(pid: int) -> float:
    """Resident memory of the largest process of a tree, in MB."""
    sizes = [int(Path(f"/proc/{member}/statm").read_text().split()[1]) for member in tree(pid)]
    return max(sizes) * _PAGE / 1e6


@contextmanager
def started(command: list[str], port: int, core: int, **more: object) -> Iterator[int]:
    """A process pinned to a core, once its port answers; its pid."""
    process = subprocess.Popen(  # type: ignore[call-overload]
        ["taskset", "-c", str(core), *command], stderr=subprocess.DEVNULL, **more
    )
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None:
                raise RuntimeError(f"{command[0]} ended with {process.returncode}")
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def upstream() -> Iterator[int]:
    """The cheap provider; its port."""
    port = free_port()
    command = [sys.executable, "-m", "bench.upstream", str(port)]
    with started(command, port, OTHER_CORE):
        yield port


TIER = "openai/api-default"


@contextmanager
def gateway(folder: Path, upstream_port: int) -> Iterator[tuple[int, int, str]]:
    """The whole gateway with everything on; pid, port and a key."""
    configuration = {
        "providers": {
            shape.wire: {
                "wire": shape.wire,
                "base_url": f"http://127.0.0.1:{upstream_port}{shape.base}",
                "tier": TIER,
                "region": "eu",
                "transfer": "none_needed",
            }
            for shape in SHAPES
        },
        "models": {
            model(shape, kind): {"provider": shape.wire, "upstream": kind}
            for shape in SHAPES
            for kind in MODELS
        },
        "server": {"threads": 2_200, "streams": 2_100},
    }
    (folder / "proviso.yaml").write_text(yaml.safe_dump(configuration))

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "gateway", *arguments]
        return subprocess.run(
            command, cwd=folder, check=True, capture_output=True, text=True
        ).stdout

    run("db", "upgrade")
    run("tenant", "create", "acme")
    (folder / "agreement.txt").write_text("Data processing agreement")
    officer = ("--tenant", "acme", "--as", "o@acme.example")
    run("terms", "review", TIER, *officer)
    run("terms", "contract", TIER, *officer, "--document", "agreement.txt")
    key = run("key", "create", "--tenant", "acme", "--for", "p@acme.example").split()[0]
    person = ("--tenant", "acme", "--for", "p@acme.example")
    run("code", "accept", *person)
    course = ("--course", "literacy", "--completed-on", "2026-01-01")
    run("training", "record", *person, *course, "--valid-until", "2099-12-31")
    port = free_port()
    command = [sys.executable, "-m", "gateway", "serve", "--port", str(port)]
    with started(command, port, MEASURED_CORE, cwd=folder) as pid:
        yield pid, port, key


@contextmanager
def nginx(folder: Path, upstream_port: int) -> Iterator[tuple[int, int] | None]:
    """Nginx passing everything on to the same provider; pid and port, or None without nginx."""
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if program is None:
        yield None
        return
    port = free_port()
    (folder / "nginx.conf").write_text(
        f"""
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 8192; }}
http {{
  access_log off; client_body_buffer_size 64k;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream provider {{ server 127.0.0.1:{upstream_port}; keepalive 256; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_buffering off;
    }}
  }}
}}
"""
    )
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with started(command, port, MEASURED_CORE) as pid:
        yield pid, port
