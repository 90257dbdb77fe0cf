"""The tables the department fills itself, and the curated ones: templates, rules, and what is wrong in words.

A validated file and a loaded one go through the same rules: `check` is all that either of them calls.
"""

from ingest.department.checking import Checked, check
from ingest.department.findings import FileRefused, Finding, Problem
from ingest.department.known import Known, known
from ingest.department.tables import TABLES, Column, Table, table_named

__all__ = [
    "TABLES",
    "Checked",
    "Column",
    "FileRefused",
    "Finding",
    "Known",
    "Problem",
    "Table",
    "check",
    "known",
    "table_named",
]
