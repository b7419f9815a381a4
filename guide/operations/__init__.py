"""What keeps the guide: backups that are whole or absent, restoring one, and whether all is well just now.

Keys are never in a backup: whoever finds one reads no sealed text, and whoever restores one brings the keys.
"""

from guide.operations.archives import CannotRead
from guide.operations.backup import KEPT, BackedUp, CannotBackUp, back_up
from guide.operations.restore import CannotRestore, Restored, restore

__all__ = [
    "KEPT",
    "BackedUp",
    "CannotBackUp",
    "CannotRead",
    "CannotRestore",
    "Restored",
    "back_up",
    "restore",
]
