"""What perfxl must stand on its users' own machines, step by step; each module is a step and says what it shows.

    python -m tools.ci                     all of them, with the Python of .venv (python run.py test makes it)
    python -m tools.ci many_workers        one or some

A step that this system cannot run is skipped and says why: only Windows locks files, has UNC paths, Excel's folders and
COM. The workflow runs all on Windows, macOS and Linux; .ci/run runs all on Linux.
"""
