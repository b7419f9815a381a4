"""What keeps the guide: backups that are whole or absent, restoring one, and whether all is well just now.

Keys are never in a backup: whoever finds one reads no sealed text, and whoever restores one brings the keys.
"""

from guide.operations.archives import ArchiveError
from guide.operations.backup import KEPT, BackedUp, BackupError, back_up
from guide.operations.restore import Restored, RestoreError, restore

__all__ = [
    "KEPT",
    "ArchiveError",
    "BackedUp",
    "BackupError",
    "RestoreError",
    "Restored",
    "back_up",
    "restore",
]
