"""`python -m tools.doc_templates [FOLDER]`: writes the shipped Word templates anew, or into a folder."""

import sys
from pathlib import Path

from perfxl.assets import doc_templates
from perfxl.documents.field_list import TEMPLATES
from tools.doc_templates import build_field_lists, build_templates

if len(sys.argv) > 1:
    build_templates(Path(sys.argv[1]))
    build_field_lists(Path(sys.argv[1]))
else:
    build_templates(doc_templates())
    build_field_lists(TEMPLATES)
