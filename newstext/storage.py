"""Files here, or at an address that fsspec knows (s3://, https://, memory://): found, read, written whole or not.

An address has :// in it and needs the extra `archives`, one of s3:// also the extra `s3`.
The one way out beside newstext.fetch for reading: it asks only the servers that
the operator names in a call, and no address out of a page comes here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import uuid4

PART = ".part"


def is_address(path: str) -> bool:
    return "://" in path


def name_of(path: str) -> str:
    """The last part of a path or address."""
    return path.rstrip("/").rpartition("/")[2]


def inside(folder: str, *names: str) -> str:
    """The path or address of what lies in a folder."""
    return "/".join((folder.rstrip("/"), *names)) if is_address(folder) else str(Path(folder, *names))


def opened(path: str, mode: str = "rb") -> BinaryIO:
    """The file, to be closed by who asks. Raises OSError, and ImportError where fsspec or a part of it is missing."""
    if not is_address(path):
        return cast(BinaryIO, open(path, mode))
    system, there = _system(path)
    return cast(BinaryIO, system.open(there, mode))


def size_of(path: str) -> int | None:
    """How many bytes a file has; None if there is no such file, or its server does not say."""
    try:
        if not is_address(path):
            return os.stat(path).st_size
        system, there = _system(path)
        said = system.size(there)
        return None if said is None else int(said)
    except FileNotFoundError:
        return None


def files_in(folder: str) -> list[str] | None:
    """All files of a folder and the folders in it, sorted; None if it is no folder."""
    if not is_address(folder):
        path = Path(folder)
        return sorted(str(one) for one in path.rglob("*") if one.is_file()) if path.is_dir() else None
    system, there = _system(folder)
    if not system.isdir(there):
        return None
    return sorted(str(system.unstrip_protocol(one)) for one in system.find(there))


def make_folder(folder: str) -> None:
    if not is_address(folder):
        Path(folder).mkdir(parents=True, exist_ok=True)
        return
    system, there = _system(folder)
    system.makedirs(there, exist_ok=True)


def remove(path: str) -> None:
    """Delete a file; one that is not there is no fault."""
    with suppress(FileNotFoundError):
        if not is_address(path):
            os.unlink(path)
            return
        system, there = _system(path)
        system.rm_file(there)


@contextmanager
def whole(path: str) -> Iterator[BinaryIO]:
    """A file that stands there when it is whole, in place of another of its name, and not at all before.

    It is written beside as NAME.TOKEN.part, so two that write it at once do not meet.
    """
    part = f"{path}.{uuid4().hex[:8]}{PART}"
    try:
        with opened(part, "wb") as file:
            yield file
        _rename(part, path)
    except BaseException:
        with suppress(OSError):
            remove(part)
        raise


def parts_of(path: str) -> list[str]:
    """What a run that was killed left half-written of a file."""
    return [
        one
        for one in listed(path.rpartition("/")[0] or ".")
        if name_of(one).startswith(f"{name_of(path)}.") and one.endswith(PART)
    ]


def listed(folder: str) -> list[str]:
    """What lies in a folder itself, sorted; nothing if it is not there."""
    with suppress(FileNotFoundError, NotADirectoryError):
        if not is_address(folder):
            return sorted(str(Path(folder, name)) for name in os.listdir(folder))
        system, there = _system(folder)
        return sorted(str(system.unstrip_protocol(one)) for one in system.ls(there, detail=False))
    return []


def _rename(part: str, path: str) -> None:
    if not is_address(path):
        os.replace(part, path)
        return
    system, there = _system(part)
    system.mv(there, _system(path)[1])


def _system(address: str) -> tuple[Any, str]:
    """(the file system of an address, what it calls the file). Raises ImportError with the way out."""
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise ImportError(
            f"Address {address}: the package fsspec is missing. Install it with: pip install 'backstory[archives]'"
        ) from error
    try:
        return cast("tuple[Any, str]", url_to_fs(address))
    except ValueError as error:
        raise OSError(f"Address {address}: {error}. Write a path, or an address as s3://bucket/name.") from error
