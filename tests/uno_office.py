"""LibreOffice started and led by a script that runs in LibreOffice's own Python (the one that has `uno`)."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uno
from com.sun.star.connection import NoConnectException


@contextmanager
def office(profile: str) -> Iterator[tuple[Any, Any]]:
    """(component context, desktop) of a LibreOffice of its own, which ends with the block."""
    pipe = f"perfxl{os.getpid()}"
    # The Python inside LibreOffice takes its library from the first python3 on PATH: another version's is a bad_alloc.
    # It must find perfxl in the extension alone, so it is not told where this checkout is.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.defpath])
    command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--norestore", "--nologo"]
    command.append(f"--accept=pipe,name={pipe};urp;")
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    desktop = None
    try:
        context = _connected(pipe)
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        yield context, desktop
    finally:
        if desktop is None:
            process.kill()
        else:
            desktop.terminate()
        process.wait(30)


def _connected(pipe: str) -> Any:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(300):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.2)
    raise TimeoutError("LibreOffice does not answer")
