"""`python -m tools.score_templates [FOLDER]`: writes the shipped templates of score books anew, or into a folder."""

import sys
from pathlib import Path

from perfxl.assets import workbook_templates
from tools.score_templates.build import build_templates

build_templates(Path(sys.argv[1]) if len(sys.argv) > 1 else workbook_templates())
