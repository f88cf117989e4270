"""A folder of Markdown as the import reads it: what is in it, and nothing that is not."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

ENDINGS = (".md", ".markdown", ".mdx")
# Pages of a folder itself, the first one that is there.
OF_FOLDER = tuple(f"{stem}{ending}" for stem in ("README", "readme", "index", "_index") for ending in ENDINGS)
_NOT_WALKED = {"node_modules", "__pycache__", "venv"}
# Where GitBook keeps the images of its pages.
_SHOWN = {".gitbook"}
MOST_PATH = 400


class Unreadable(Exception):
    """A file that cannot be taken; its reason is said to whoever imports."""


class Folder:
    """Reads regular files below one folder. A link that leads out of it is never followed."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve(strict=True)
        self.left_out: list[tuple[str, str]] = []

    def markdown(self) -> list[str]:
        """The paths of all Markdown files, sorted, with "/" whatever the system writes. Hidden folders are left out;
        links to folders too, which is noted in `left_out`.
        """
        self.left_out = []
        return sorted(self._walk())

    def _walk(self) -> Iterator[str]:
        for folder, folders, names in os.walk(self.root, onerror=self._note):
            here = Path(folder)
            folders[:] = [name for name in folders if not name.startswith(".") and name not in _NOT_WALKED]
            for name in folders:
                if (here / name).is_symlink():
                    self.left_out.append((self._path(here / name), "is a link to a folder, which is not followed"))
            for name in names:
                if name.lower().endswith(ENDINGS) and not name.startswith("."):
                    yield self._path(here / name)

    def _note(self, error: OSError) -> None:
        self.left_out.append((self._path(Path(str(error.filename))), "cannot be read"))

    def _path(self, place: Path) -> str:
        return place.relative_to(self.root).as_posix()

    def read(self, path: str, most: int) -> bytes:
        """The content of a regular file, whole.

        Raises `Unreadable` for what is no file, leads out of the folder, or has more than `most` bytes.
        """
        try:
            place = (self.root / path).resolve(strict=True)
            if not place.is_relative_to(self.root):
                raise Unreadable("is a link that leads out of the folder, which is not followed")
            # A pipe would be waited for, and a link put there meanwhile followed.
            descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except (OSError, RuntimeError, ValueError):
            raise Unreadable("cannot be read") from None
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Unreadable("is not a file")
            content = file.read(most + 1)
        if len(content) > most:
            raise Unreadable(f"has more than {most // 1000} kB")
        return content

    def has(self, path: str) -> bool:
        """Whether there is something to read there that is not hidden."""
        if any(part.startswith(".") and part not in _SHOWN for part in path.split("/")):
            return False
        try:
            place = (self.root / path).resolve(strict=True)
            return place.is_relative_to(self.root) and place.is_file()
        except (OSError, RuntimeError, ValueError):
            return False


def check_path(path: str) -> None:
    """Raises `Unreadable` for a path that cannot be kept or shown."""
    if len(path) > MOST_PATH:
        raise Unreadable(f"has a path of more than {MOST_PATH} characters")
    if not path.isprintable():
        raise Unreadable("has a name with characters that cannot be shown")
