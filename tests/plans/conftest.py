"""Whatever is written here is written in each kind of database."""

from tests import databases

session = databases.session_of_each_kind
