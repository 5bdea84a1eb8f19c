"""What a job starts: install the package from the code channel, then hand over. Runs before anything is installed, so it uses Python alone; the rest is in jplm.cloud.container."""

import subprocess
import sys
from pathlib import Path

sys.path.pop(0)  # this folder: `accelerate` in it holds settings, and must not be taken for the package of that name
code = Path(__file__).resolve().parent.parent
root = code.parent.parent.parent  # /opt/ml
wheel = next(code.glob("*.whl"))
extras = ",".join(sys.argv[1:])
install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--root-user-action=ignore", "--constraint", f"{code}/sagemaker/constraints.txt"]
# SIGTERM meanwhile may end this process: nothing has begun that could be lost.
done = subprocess.run([sys.executable, *install, f"{wheel}[{extras}]"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
if done.returncode:
    print(done.stdout, flush=True)
    (root / "output").mkdir(parents=True, exist_ok=True)
    (root / "output/failure").write_text(f"the package could not be installed: {done.stdout[-900:]}")
    sys.exit(1)

from jplm.cloud.container import main  # noqa: E402

sys.exit(main(root))
