"""Notebooks run as `nbdev_test` runs them and as JupyterLab does, cleaned as before a commit, and compared: the same bytes, figures of the same size.

    python both_ways.py NOTEBOOK...       in the folder of the notebooks
"""

import base64
import json
import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

def run(name: str, how: str, out: str) -> None:
    "Run a notebook one of the two ways, and write it down clean."
    from fastcore.nbio import dict2nb, nb2str, read_nb
    from nbdev.clean import clean_nb
    if how == "jupyter":
        import nbformat
        from nbclient import NotebookClient
        page = nbformat.read(name, 4)
        skipped = {i: c for i, c in enumerate(page.cells) if c.cell_type == "code" and "eval: false" in c.source}
        for i in skipped: page.cells[i] = nbformat.v4.new_raw_cell("")
        NotebookClient(page, timeout=600, extra_arguments=["--log-level=CRITICAL"]).execute()
        for i, cell in skipped.items(): page.cells[i] = cell
        nb = dict2nb(json.loads(nbformat.writes(page)))
    else:
        from execnb.shell import CaptureShell
        nb = read_nb(name)
        CaptureShell(Path(name), profile=False).run_all(nb, exc_stop=True, preproc=lambda c: "eval: false" in c.source)
    for cell in nb.cells: join_streams(cell.get("outputs", []))
    clean_nb(nb, allowed_cell_metadata_keys=["tags"])
    Path(out).write_text(nb2str(nb), encoding="utf-8")


def join_streams(outputs: list) -> None:
    "What is printed in pieces, as a kernel on a busy machine does, as one."
    for i in range(len(outputs) - 1, 0, -1):
        a, b = outputs[i - 1], outputs[i]
        if a["output_type"] == b["output_type"] == "stream" and a["name"] == b["name"]:
            a["text"] = ("".join(a["text"]) + "".join(b["text"])).splitlines(keepends=True)
            del outputs[i]


def figures(cells: list) -> list[tuple[int, int]]:
    "Width and height of every figure."
    pngs = ["".join(o["data"]["image/png"]) for c in cells for o in c.get("outputs", []) if "image/png" in o.get("data", {})]
    return [struct.unpack(">II", base64.b64decode(p)[16:24]) for p in pngs]


def compare(name: str) -> bool:
    "Run a notebook both ways; whether nothing differs."
    env, found = {k: v for k, v in os.environ.items() if k != "MPLBACKEND"} | {"IN_TEST": "1"}, {}
    folder, file = Path(name).parent, Path(name).name  # a notebook runs where it lies
    for how in ("nbdev", "jupyter"):
        with tempfile.TemporaryDirectory() as elsewhere:  # the folder itself may be read meanwhile
            out = Path(elsewhere) / file
            ran = subprocess.run([sys.executable, str(Path(__file__).resolve()), "--one", file, how, str(out)], cwd=folder, capture_output=True, text=True, env=env | ({"MPLBACKEND": "Agg"} if how == "nbdev" else {}))
            if ran.returncode:
                print(f"{name} fails {how}:\n{ran.stderr[-3000:]}")
                return False
            found[how] = out.read_text(encoding="utf-8")
    cells = {how: json.loads(text)["cells"] for how, text in found.items()}
    print(name, "figures:", *figures(cells["nbdev"]))
    different = [a["source"] for a, b in zip(cells["nbdev"], cells["jupyter"], strict=True) if a != b]
    for source in different: print(f"{name} differs in the outputs of:", "".join(source), sep="\n")
    return not different and bool(figures(cells["nbdev"])) and found["nbdev"] == found["jupyter"]


if __name__ == "__main__":
    if sys.argv[1] == "--one": run(*sys.argv[2:])
    else: sys.exit(0 if all([compare(name) for name in sys.argv[1:]]) else 1)
