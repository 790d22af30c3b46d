"""What an Office file is, and nothing of performance contracts.

`package` opens a file safely, `edit` replaces some of its parts, `relations` says what parts refer to and are,
`zip_read` and `zip_write` hold entries as they lie in the zip, `compress` packs, `xml` and `text` are XML.
"""
