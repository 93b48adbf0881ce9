"""The demo from its start until it is ready, and what the embedded stack costs while nobody uses it."""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.figures import Figure, at_most
from local_stack.footprint import measure, parts_of_stack

LOOK_S = 20.0
SETTLE_S = 15.0
READY_WITHIN_S = 120.0


async def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="watchbuddy-bench-") as folder:
        began = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "local_stack", "demo", "--no-play",
            cwd=folder, env={**os.environ}, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            stack = Path(folder) / ".local" / "stack.json"
            while not stack.exists():
                if process.returncode is not None or time.perf_counter() - began > READY_WITHIN_S:
                    raise RuntimeError("the demo did not get ready")
                await asyncio.sleep(0.05)
            ready = time.perf_counter() - began
            await asyncio.sleep(SETTLE_S)  # imports are done, the groups have joined
            costs = await asyncio.to_thread(measure, parts_of_stack(stack), LOOK_S)
        finally:
            process.terminate()
            await process.wait()
    return [
        Figure("demo ready, environment there", ready, "s", at_most(45), "the fresh clone's ≤ 60 s less its set-up"),
        Figure("idle: processor", sum(cost.cpu_percent for cost in costs), "% of one core", at_most(4)),
        Figure("idle: memory (PSS)", sum(cost.pss_mb for cost in costs), "MB", at_most(600)),
        *(Figure(f"  {cost.name}", cost.pss_mb, "MB", note=f"{cost.cpu_percent:.2f} % of one core") for cost in costs),
    ]
