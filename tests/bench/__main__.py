"""`make bench`: measure, print the table, write it into docs/performance.md."""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.bench import report
from tests.bench.figures import Bench
from tests.bench.mailbox import MailSink
from tests.bench.portals import portals

PARTS = ("page", "library", "registration", "full", "race", "desk", "letters", "start")


def main() -> None:
    asked = _arguments()
    started = time.monotonic()
    figures: dict[str, object] = {}
    spawn = multiprocessing.get_context("spawn")
    sink = MailSink()
    with (
        tempfile.TemporaryDirectory(prefix="portal-bench-") as directory,
        ProcessPoolExecutor(1, mp_context=spawn) as people,
        portals(Path(directory), sink) as make,
    ):
        bench = Bench(Path(directory), make, people, sink, quick=asked.quick)
        try:
            for part in PARTS:
                if part in asked.only or not asked.only:
                    print(f"{time.monotonic() - started:4.0f} s  {part} …", flush=True)
                    figures |= getattr(bench, part)()
        finally:
            bench.close()
    sink.close()
    table = report.markdown(figures, seconds=time.monotonic() - started)
    print(table)
    if not (asked.quick or asked.only):
        report.write(table)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds; nothing is written")
    parser.add_argument("--only", nargs="*", default=[], choices=PARTS, help="nothing is written")
    return parser.parse_args()


if __name__ == "__main__":
    main()
