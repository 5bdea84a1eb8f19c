"""What a Spark job starts, on every machine of its cluster: install the package from the code channel, say how Spark is to use the memory, hand over to SageMaker's own
`smspark-submit`. That calls this file once more, on the first machine, as Spark's driver: then jplm.cloud.processing executes the run notebook."""

import json
import os
import subprocess
import sys
from pathlib import Path

code = Path(__file__).resolve().parent.parent
if sys.argv[1:] == ["drive"]:
    from jplm.cloud.processing import drive

    sys.exit(drive(code))

install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--root-user-action=ignore", "--constraint", f"{code}/sagemaker/constraints.txt"]
subprocess.run([*install, f"{next(code.glob('*.whl'))}[aws]", "setuptools"], check=True)  # Spark 3.5 itself is in the image; on Python 3.12 it needs setuptools
settings = [{"Classification": "spark-defaults", "Properties": json.loads(os.environ["JPLM_SPARK"])}]
conf = Path("/opt/ml/processing/input/conf/configuration.json")
conf.parent.mkdir(parents=True, exist_ok=True)
conf.write_text(json.dumps(settings))
os.execvp("smspark-submit", ["smspark-submit", __file__, "drive"])
