"""The catalogue of problem codes, one module per subject. A kind of problem has a
name for code and a number for users: its letter says the subject, and neither ever moves.

F files, S structure (sheets and headers), V values, R references and trees, W weights, M methods and scoring,
P policy and rule book, C contracts and periods, D documents, A what was asked for, X worksheet functions,
T sheets that go out to be filled in and come back.
"""

from __future__ import annotations

from perfxl.core.catalogue import (
    agreements,
    collecting,
    contracts,
    design,
    documents,
    files,
    generating,
    hosts,
    illustrations,
    marks,
    methods,
    own_tables,
    pictures,
    policy,
    references,
    scorecards,
    sending,
    structure,
    templates,
    values,
    weights,
)
from perfxl.core.catalogue.declare import Kind

_SUBJECTS = (
    *(files, structure, own_tables, values, references, weights, methods, marks),
    *(policy, contracts, generating, templates, documents, illustrations, pictures, hosts),
    *(agreements, design, collecting, sending, scorecards),
)


def _merge() -> dict[str, Kind]:
    merged: dict[str, Kind] = {}
    for subject in _SUBJECTS:
        twice = merged.keys() & subject.KINDS.keys()
        if twice:
            raise ValueError(f"problems declared twice: {sorted(twice)}")
        merged.update(subject.KINDS)
    codes = [kind.code for kind in merged.values()]
    if len(set(codes)) < len(codes):
        raise ValueError("two problems have one code")
    return merged


CATALOGUE: dict[str, Kind] = _merge()
