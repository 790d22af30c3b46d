"""Fields of a coaching record."""

from __future__ import annotations

from perfxl.documents.fields.person import ENTRIES, PERSON_HEAD, PROGRESS

COACHING = (*PERSON_HEAD, *PROGRESS, *ENTRIES)
