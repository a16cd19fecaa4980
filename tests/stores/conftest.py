"""Stores to test against: in memory, in memory with faults, and a server of S3 on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, ClassVar

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from tests.luigi_settings import settings_kept

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SERVER = """
from moto.server import create_backend_app
from werkzeug.serving import make_server
server = make_server("127.0.0.1", 0, create_backend_app("s3"), threaded=True)
print(server.port, flush=True)
server.serve_forever()
"""


class FaultyFileSystem(MemoryFileSystem):
    """A store in memory that counts what changes it, and fails at the call that `fails_at` names."""

    protocol = "faulty"
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]
    calls: ClassVar[list[str]] = []
    fails_at: ClassVar[int | None] = None

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return str(super()._strip_protocol(path.replace("faulty://", "memory://")))

    def _count(self, call: str) -> None:
        if type(self).fails_at == len(self.calls):
            raise ConnectionError("the line is dead")
        self.calls.append(call)

    def put_file(self, lpath: str, rpath: str, **kwargs: Any) -> None:
        self._count(f"put {rpath}")
        super().put_file(lpath, rpath, **kwargs)

    def rm_file(self, path: str) -> None:
        self._count(f"remove {path}")
        super()._rm(path)

    def get_file(self, rpath: str, lpath: str, **kwargs: Any) -> None:
        self._count(f"get {rpath}")
        super().get_file(rpath, lpath, **kwargs)


fsspec.register_implementation("faulty", FaultyFileSystem, clobber=True)


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give every test a working folder of its own, empty stores, and the settings that it found."""
    monkeypatch.setenv("COPYDESK_WORK", str(tmp_path / "work"))
    for kind in (MemoryFileSystem, FaultyFileSystem):
        kind.store.clear()
        kind.pseudo_dirs[:] = [""]
    FaultyFileSystem.calls.clear()
    FaultyFileSystem.fails_at = None
    with settings_kept():
        yield


@pytest.fixture(scope="session")
def _server() -> Iterator[str]:
    """Start a server of S3 on a free port of the loopback and end it; give its address."""
    with subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.fixture
def bucket(_server: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give the file system of a server of S3 that has an empty bucket `desk`, as the environment names it to everybody."""
    for name, value in {
        "AWS_ENDPOINT_URL": _server,
        "AWS_ACCESS_KEY_ID": "a-key-that-is-secret",
        "AWS_SECRET_ACCESS_KEY": "a-secret-that-nobody-may-see",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }.items():
        monkeypatch.setenv(name, value)
    found = fsspec.filesystem("s3", use_listings_cache=False, skip_instance_cache=True)
    if found.exists("desk"):
        found.rm("desk", recursive=True)
    found.mkdir("desk")
    return found
