"""Build a corpus of documents made on the fly, watched from outside: `python watch.py 1000000 FOLDER [--workers 2] [--kill .9]` writes `N.json` beside this file."""

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).resolve().parent
ROWS = 20_000  # documents in a file, which is a shard and a part of the pool: thirty megabytes of text
RECIPE = """name: made
normalization: ja-nfkc
reading: {{batch_mb: {batch_mb}}}
sources:
  made: {{path: {folder}, files: "*.parquet", license: CC0-1.0, ratio: 1.0, profile: web, formatter: "made:documents"}}
"""
PROGRAM = """
import json, os, sys, time
from pathlib import Path
from jplm.corpus import builder, ledger
from jplm.runtime.progress import progress_bar
stage, longest, begun = ["start"], {}, []

class Watched(ledger.sqlite3.Connection):
    "Measures how long the ledger is locked for writing, between BEGIN and COMMIT or in a statement that writes on its own."
    def execute(self, sql, *values):
        began = time.perf_counter()
        found = super().execute(sql, *values)
        if sql.startswith("BEGIN IMMEDIATE"): begun.append(began)
        elif sql.startswith("COMMIT") and begun: note(begun.pop())
        elif not begun and sql.lstrip().split(" ")[0] in ("INSERT", "UPDATE", "DELETE") and "temp." not in sql: note(began)
        return found

def note(began):
    seconds = time.perf_counter() - began
    if seconds > longest.get(stage[0], 0): longest[stage[0]] = seconds

connect = ledger.sqlite3.connect
ledger.sqlite3.connect = lambda *a, **k: connect(*a, **({"factory": Watched} | k))

def noted(desc, **settings):
    stage[0] = desc
    Path(sys.argv[2] + ".stage").write_text(desc)
    return progress_bar(desc=desc, **settings)

os.environ["IN_TEST"] = "1"
try: builder.build(sys.argv[1], sys.argv[2], workers=int(sys.argv[3]), progress=noted)
finally: Path(sys.argv[2] + ".longest").write_text(json.dumps(longest))
"""


def make_files(folder: Path, documents: int) -> float:  # bytes a row
    "Files that hold the numbers of the documents; a document's number is all that is on disk of it."
    folder.mkdir(parents=True, exist_ok=True)
    size = 0
    for first in range(0, documents, ROWS):
        path = folder / f"{first // ROWS:05}.parquet"
        numbers = pa.table({"number": np.arange(first, min(first + ROWS, documents))})
        pq.write_table(numbers, path, use_dictionary=False, column_encoding="DELTA_BINARY_PACKED")
        size += pq.read_metadata(path).row_group(0).total_byte_size
    return size / documents


def memory_of(process: psutil.Process) -> dict[str, float]:
    "Proportional set sizes in MB: all processes, the parent, the largest worker; processor seconds of the parent."
    sizes = []
    for p in [process, *process.children(recursive=True)]:
        try: lines = dict(line.split(":") for line in Path(f"/proc/{p.pid}/smaps_rollup").read_text().splitlines()[1:])
        except (OSError, ValueError): continue
        if "Pss" in lines: sizes.append(int(lines["Pss"].split()[0]) * 1024 / 1e6)
    return {"all MB": sum(sizes), "parent MB": sizes[0], "worker MB": max(sizes[1:], default=0)} if sizes else {}


def disk_of(folder: Path) -> float:
    "MB in a folder."
    def size(path: Path) -> int:
        try: return path.stat().st_blocks * 512
        except OSError: return 0
    return sum(map(size, folder.rglob("*"))) / 1e6


def recorded(folder: Path) -> int:
    "Rows read so far, by the ledger."
    import sqlite3
    try:
        with sqlite3.connect(f"{(folder / 'ledger.sqlite').as_uri()}?mode=ro", uri=True, timeout=5) as db:
            return db.execute("SELECT coalesce(sum(json_extract(report, '$.rows')), 0) FROM parts").fetchone()[0]
    except sqlite3.Error: return 0


def watched(recipe: Path, folder: Path, workers: int, stages: dict, kill_at: float = float("inf")) -> dict:
    "One run, to its end or until so many rows are recorded."
    stage_file, environment = Path(f"{folder}.stage"), os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")]))}
    stage_file.write_text("start")
    had, begun, disk, looked, found = recorded(folder), time.perf_counter(), 0., 0., {}
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(recipe), str(folder), str(workers)], env=environment, start_new_session=True)
    watch, cpu, name = psutil.Process(process.pid), 0., "start"
    while process.poll() is None:
        name = stage_file.read_text() or name
        stage = stages.setdefault(name, {"all MB": 0., "parent MB": 0., "worker MB": 0., "disk MB": 0., "wall s": 0., "parent cpu s": 0.})
        try:
            stage |= {k: max(v, stage[k]) for k, v in memory_of(watch).items()}
            now = sum(watch.cpu_times()[:2])
        except (psutil.NoSuchProcess, psutil.ZombieProcess): now = cpu
        stage["wall s"] += .2
        stage["parent cpu s"] += now - cpu
        cpu = now
        if time.perf_counter() - looked > 5:
            looked, disk = time.perf_counter(), disk_of(folder)
            stage["disk MB"] = max(stage["disk MB"], disk)
            rows = recorded(folder) if name == "collect" else 0
            if rows > had and "s to the first new part" not in found: found["s to the first new part"] = time.perf_counter() - begun
            if rows >= kill_at:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return found | {"killed": True, "rows": recorded(folder)}
        time.sleep(.2)
    if process.returncode: raise SystemExit(f"the build ended with status {process.returncode}")
    return found | {"longest transaction s": json.loads(Path(f"{folder}.longest").read_text())}


def main() -> None:
    "Make, build, write down."
    a = argparse.ArgumentParser(description=__doc__)
    a.add_argument("documents", type=int)
    a.add_argument("folder", type=Path)
    a.add_argument("--workers", type=int, default=2)
    a.add_argument("--kill", type=float, default=0, help="share of the documents after which the build is killed once")
    a.add_argument("--name", default="", help="of the record; else the number of documents")
    o = a.parse_args()
    folder = o.folder.resolve()
    width = make_files(folder / "numbers", o.documents)
    recipe = folder / "made.yaml"
    recipe.write_text(RECIPE.format(folder=folder / "numbers", batch_mb=2_700 * width / 1e6), encoding="utf-8")
    stages: dict[str, dict] = {}
    begun = time.perf_counter()
    runs = [watched(recipe, folder / "corpus", o.workers, stages, o.documents * o.kill)] if o.kill else []
    runs.append(watched(recipe, folder / "corpus", o.workers, stages))
    manifest = json.loads((folder / "corpus/manifest.json").read_text())
    record = {
        "documents": o.documents, "workers": o.workers, "cores": os.cpu_count(), "machine": platform.machine(), "wall s": time.perf_counter() - begun, "runs": runs, "stages": stages,
        "cpu s": {n: s["cpu_seconds"] for n, s in manifest["stages"].items()}, "bytes kept": manifest["stages"]["paragraphs"]["bytes"],
        "dropped": manifest["dropped"]["made"], "published": manifest["sources"]["made"]["documents"], "sha256": manifest["sha256"],
        "disk MB": {p.name: disk_of(p) if p.is_dir() else p.stat().st_size / 1e6 for p in sorted((folder / "corpus").iterdir())},
    }
    rounded = json.loads(json.dumps(record), parse_float=lambda x: round(float(x), 2))
    (HERE / f"{o.name or o.documents}.json").write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")
    for path in (folder, *folder.parent.glob(f"{folder.name}.*")): shutil.rmtree(path) if path.is_dir() else path.unlink()


if __name__ == "__main__": main()
