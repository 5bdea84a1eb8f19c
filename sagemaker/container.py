"""What a job starts: install the package from the code channel, then hand over. Runs before anything is installed, so it uses Python alone; the rest is in jplm.cloud.container.

What has to be installed beside the package is resolved once in the life of a run, and frozen: the wheels, with a list of their digests, lie among the run's checkpoints, which SageMaker brings back before a
machine begins. A restart installs exactly those, and needs no package index."""

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

sys.path.pop(0)  # this folder: `accelerate` in it holds settings, and must not be taken for the package of that name
code = Path(__file__).resolve().parent.parent
root = code.parent.parent.parent  # /opt/ml
wheel = next(code.glob("*.whl"))
constraints = code / "sagemaker/constraints.txt"


def pip(*words: object) -> None:
    """Run pip, or end the job with what it said. SIGTERM meanwhile may end this process: nothing has begun that could be lost."""
    command = [sys.executable, "-m", "pip", words[0], "--quiet", "--disable-pip-version-check", *(["--root-user-action=ignore"] if words[0] == "install" else []), *map(str, words[1:])]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if not done.returncode: return
    print(done.stdout, flush=True)
    (root / "output").mkdir(parents=True, exist_ok=True)
    (root / "output/failure").write_text(f"the package could not be installed: {done.stdout[-900:]}")
    sys.exit(1)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def key() -> str:
    """What a frozen set depends on: what the package asks for, the pins, the extras, and this Python."""
    with zipfile.ZipFile(wheel) as file: metadata = file.read(next(n for n in file.namelist() if n.endswith(".dist-info/METADATA"))).decode()
    asked = [line for line in metadata.splitlines() if line.startswith(("Requires-Dist", "Requires-Python"))]
    return hashlib.sha256("\n".join([*asked, constraints.read_text(), *sys.argv[1:], sys.version]).encode()).hexdigest()[:16]


def freeze(place: Path) -> None:
    """Resolve what this image lacks, and keep it: the list of digests comes last."""
    shutil.rmtree(place.parent, ignore_errors=True)  # of another code, or cut short
    place.mkdir(parents=True)
    report = place / "report.json"
    extras = ",".join(sys.argv[1:])
    pip("install", "--dry-run", "--report", report, "--constraint", constraints, f"{wheel}[{extras}]")
    found = [one for one in json.loads(report.read_text())["install"] if one["metadata"]["name"].lower() != "jplm"]
    told = [one["download_info"].get("archive_info", {}).get("hashes", {}).get("sha256", "") for one in found]  # not every index tells digests
    wanted = place / "resolved.txt"
    wanted.write_text("".join(f"{o['metadata']['name']}=={o['metadata']['version']}{f' --hash=sha256:{h}' * all(told)}\n" for o, h in zip(found, told)))
    if found: pip("wheel", "--no-deps", *["--require-hashes"] * all(told), "--requirement", wanted, "--wheel-dir", place)
    lines = [f"{path.name.split('-')[0]}=={path.name.split('-')[1]} --hash=sha256:{digest(path)}\n" for path in sorted(place.glob("*.whl"))]
    (place / "locked.tmp").write_text("".join(lines))
    (place / "locked.tmp").replace(place / "locked.txt")


def main() -> None:
    place = root / "checkpoints/environment" / key()
    frozen = (place / "locked.txt").exists()
    if not frozen: freeze(place)
    locked = (place / "locked.txt").read_text()
    if locked: pip("install", "--no-index", "--no-deps", "--require-hashes", "--find-links", place, "--requirement", place / "locked.txt")
    pip("install", "--no-index", "--no-deps", "--force-reinstall", "--no-compile", wheel)
    print(f"libraries installed, {len(locked.splitlines())}: {'as they were when the run began' if frozen else 'resolved now, and kept for the restarts of the run'}", flush=True)


main()

from jplm.cloud.container import main as supervise  # noqa: E402

sys.exit(supervise(root))
