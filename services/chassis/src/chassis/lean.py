"""What a process of ours starts without. Each `__main__` loads this module before all others.

Together it is a fifth of the processor time of a start, and 5 MB (`python -X importtime -m lists_api relay --help`).
"""

import gc
import os
import sys

# Loading makes a hundred thousand objects, and none of them is garbage. The process ends it when it has started.
gc.set_threshold(50_000)
# What developers' environments have: structlog takes rich for its console, uvicorn takes watchfiles for reloading.
for tool in ("rich", "watchfiles"):
    sys.modules.setdefault(tool, None)  # type: ignore[arg-type] # None: it cannot be imported
# pydantic asks every installed package whether it has a plugin.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
