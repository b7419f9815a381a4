"""Data files in and out: `data/*.yaml` is checked, loaded into the database, and written back.

`shapes` says once what each kind of record looks like; checking, loading and exporting all read
that one description. Knows files and the model; knows nothing of pages.
"""

from guide.loading.check import check
from guide.loading.export import export
from guide.loading.faults import Fault
from guide.loading.load import LoadReport, load

__all__ = ["Fault", "LoadReport", "check", "export", "load"]
