"""One print file of many documents: a section each, with its own headers and footers, pages and lists from one.

    merged = Merger(Path("all.docx"), "Contracts")
    for document in documents:
        merged.add(document)
    merged.close()

Memory does not grow with the number of documents, and neither does the time that one takes.

merger    the whole                         opened      a document to be merged
sections  pages, headers, footers           words       IDs, lists, fields of one document's XML
family    what a template's documents share sieve       what of a document's XML has to be looked into
styles    numbering    notes                what the merged document has once
parts     headers, pictures, charts         zipin, packing, zipout, scratch    files
"""

from perfxl.documents.merge.merger import Merger
from perfxl.documents.merge.opened import CannotMerge

__all__ = ["CannotMerge", "Merger"]
