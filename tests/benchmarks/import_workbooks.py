"""How long does a folder of workbooks take, compared with openpyxl in one process?

    python tests/benchmarks/import_workbooks.py [--files 10000] [--through-openpyxl 2000]

Prints seconds, files per second, the ratio of the two, and the peak memory of the importing process
and its reader processes together.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from made_workbooks import make_folder  # noqa: E402


def run_import(folder, workspace, how):
    """Run one import in a process of its own; return its answer, seconds and peak bytes.

    It is of the kit's own kind, or through openpyxl.
    """
    from assessor_kit.store import Workspace

    Workspace.create(workspace)
    started = time.perf_counter()
    process = subprocess.Popen(
        [
            sys.executable,
            str(HERE / "import_workbooks.py"),
            "--as",
            how,
            str(folder),
            str(workspace),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    peak, watched = 0, psutil.Process(process.pid)
    while process.poll() is None:
        try:
            peak = max(
                peak,
                sum(one.memory_info().rss for one in [watched, *watched.children(recursive=True)]),
            )
        except psutil.NoSuchProcess:
            continue
        time.sleep(0.05)
    seconds = time.perf_counter() - started
    return json.loads(process.communicate()[0]), seconds, peak


def import_as(how, folder, workspace):
    """Run an import in the process that is measured."""
    from assessor_kit.journey.intake import return_imports as imports
    from assessor_kit.loaders.files import formats
    from assessor_kit.store import Workspace

    if how != "kit":
        from openpyxl_reader import OneProcess, read_workbook

        imports.Readers = OneProcess
        formats.read_workbook = lambda archive, file: read_workbook(
            archive, file=file, twice=how == "openpyxl-twice"
        )
    done = imports.import_returns(Workspace.open(Path(workspace)), [Path(folder)], cpd_year=2016)
    print(
        json.dumps(
            {
                "returns": done.returns,
                "activities": done.activities,
                "minutes": done.minutes,
                "rejected": len(done.rejected),
            }
        )
    )


def compare(files, through_openpyxl):
    """Run both imports on this machine, one after the other; the ratio is of seconds per file."""
    results = {}
    with tempfile.TemporaryDirectory() as place:
        make_folder(Path(place) / "all", files)
        make_folder(Path(place) / "some", through_openpyxl)
        for how, folder, number in (
            ("kit", "all", files),
            ("openpyxl-twice", "some", through_openpyxl),
            ("openpyxl-once", "some", through_openpyxl),
        ):
            answer, seconds, peak = run_import(
                Path(place) / folder, Path(place) / f"workspace-{how}", how
            )
            results[how] = {
                "files": number,
                **answer,
                "seconds": round(seconds, 1),
                "files_a_second": round(number / seconds, 1),
                "peak_mb": round(peak / 2**20),
            }
            print(how, results[how], file=sys.stderr)
    for how in ("openpyxl-twice", "openpyxl-once"):
        results[f"ratio_to_{how}"] = round(
            results["kit"]["files_a_second"] / results[how]["files_a_second"], 2
        )
    return results


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--through-openpyxl", type=int, default=2_000)
    parser.add_argument("--as", nargs=3, dest="single", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.single:
        import_as(*chosen.single)
    else:
        print(json.dumps(compare(chosen.files, chosen.through_openpyxl), indent=1))
