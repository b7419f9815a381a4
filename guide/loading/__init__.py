"""Data files in and out: `data/*.yaml` is checked, loaded into the database, and written back.

What a record looks like is said once, in `records`. Knows files and the model; knows nothing of pages.
"""

from guide.loading.check import check
from guide.loading.export import export
from guide.loading.files import absent
from guide.loading.heard import heard
from guide.loading.load import LoadReport, load
from guide.records.errors import ErrorDetail

__all__ = ["ErrorDetail", "LoadReport", "absent", "check", "export", "heard", "load"]
