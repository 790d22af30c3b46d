"""One print file of many documents: a section each, with its own headers and footers, pages and lists from one.

    merged = Merger(Path("all.docx"), "Contracts")
    for document in documents:
        merged.add(document)
    merged.close()

Memory does not grow with the number of documents, and neither does the time that one takes.

merger            the whole                   document   a document to be merged
sections          pages, headers, footers     rewriting  IDs, lists, fields of one document's XML
styles_and_lists  what the merged document has once
parts             headers, pictures, charts, notes
"""

from perfxl.documents.merge.document import CannotMerge
from perfxl.documents.merge.merger import Merger

__all__ = ["CannotMerge", "Merger"]
