"""Whatever is written here is written in each kind of database."""

from tests import databases
from tests.loading import helpers

session = databases.session_of_each_kind
yaml_kept = helpers.yaml_kept
