"""`python -m perfxl.documents.build [FOLDER]` (default: the shipped folder)."""

import sys
from pathlib import Path

from perfxl.assets import doc_templates
from perfxl.documents.build import build_templates

build_templates(Path(sys.argv[1]) if len(sys.argv) > 1 else doc_templates())
