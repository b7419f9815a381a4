"""Files that only their owner may read, whatever the umask of the process: 0600, and 0700 for folders.

What an instance holds is made so by whoever makes it; what an older version or another program left is mended.
"""

import contextlib
import os
import stat
from pathlib import Path

FILE, FOLDER = 0o600, 0o700


def opener(name: str, flags: int) -> int:
    """For `open(…, opener=opener)`: a file that is made is its owner's alone."""
    return os.open(name, flags, FILE)


def make(file: Path) -> None:
    """Makes an empty file where there is none; closes one that others could read. Raises OSError."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE))
    close(file)


def close(file: Path) -> None:
    """Takes a file or folder away from all but its owner; leaves one that is not there or is somebody else's."""
    with contextlib.suppress(FileNotFoundError, PermissionError):
        found = file.lstat()
        if stat.S_ISLNK(found.st_mode):
            return
        wanted = FOLDER if stat.S_ISDIR(found.st_mode) else FILE
        # What its owner may not do either stays so: a key that is only to be read.
        kept = stat.S_IMODE(found.st_mode) & wanted
        if kept != stat.S_IMODE(found.st_mode):
            file.chmod(kept)


def close_all(folder: Path) -> None:
    """The same for a folder and everything in it, links not followed."""
    close(folder)
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            close(Path(parent) / name)
