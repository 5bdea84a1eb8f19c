"""Every public import and every command where the package is installed without any extra: a result, or one sentence; never a traceback.

Run by the environment's own Python, in an empty folder; the last line counts what was tried. Exit status 1, with what was said, where something else came of it.
"""

import importlib
import importlib.metadata
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")} | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HF_HUB_OFFLINE": "1"}
faults: list[str] = []
tried = {"result": 0, "sentence": 0}


def attempt(what: str, command: list[str], patience: float = 300) -> str:
    "Run a program; what it says. A traceback, silence with a bad status, or a sentence that ends in a dot-dot-dot of packages is a fault."
    try: ran = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=patience, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        faults.append(f"{what} does not end")
        return ""
    said = ran.stdout + ran.stderr
    if "Traceback" in said: faults.append(f"{what} shows a traceback:\n{said[-1500:]}")
    elif ran.returncode and not ran.stderr.strip(): faults.append(f"{what} ends with status {ran.returncode} and no word")
    elif "No module named" in said: faults.append(f"{what} names a module where an extra was to be named:\n{said[-500:]}")
    else: tried["sentence" if ran.returncode else "result"] += 1
    return said


def text_of(module: str) -> str:
    "The source of a module."
    return (Path(importlib.metadata.distribution("jplm").locate_file("jplm")) / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")


def names(module: str) -> list[str]:
    "The public names of a module, as the notebooks export them."
    found = re.search(r"(?s)^__all__ = \[(.*?)\]", text_of(module), re.M)
    return re.findall(r"'(\w+)'", found[1]) if found else []


MOST = 950  # megabytes of the package and what it needs, bytecode included
NOT_NEEDED = {"torch", "transformers", "datasets", "pandas", "pyspark", "scipy", "jupyterlab", "nbdev"}  # what only extras bring


def weigh() -> None:
    "What is installed, without the installer: its size, and that nothing is there that only an extra needs."
    sizes = {d.name.lower(): sum(p.stat().st_size for f in d.files or [] if (p := Path(str(d.locate_file(f)))).is_file()) / 1e6 for d in importlib.metadata.distributions()}
    for installer in ("pip", "setuptools", "wheel"): sizes.pop(installer, None)
    largest = ", ".join(f"{name} {size:.0f}" for name, size in sorted(sizes.items(), key=lambda kv: -kv[1])[:8])
    print(f"installed without extras: {sum(sizes.values()):.0f} MB ({largest}, ...)")
    if sum(sizes.values()) > MOST: faults.append(f"the installed base is {sum(sizes.values()):.0f} MB, more than {MOST}: {largest}")
    if found := NOT_NEEDED & set(sizes): faults.append(f"installed without being needed: {', '.join(sorted(found))}")
    loaded = f"import sys, time, jplm.corpus; assert time.process_time() < 1; from jplm.corpus import build; assert not {NOT_NEEDED} & set(sys.modules)"
    attempt("import jplm.corpus within a second, without what it does not need", [sys.executable, "-c", loaded])


def main() -> int:
    "Try everything."
    weigh()
    import jplm
    modules = [m.name.removeprefix("jplm.") for m in pkgutil.walk_packages(jplm.__path__, "jplm.") if not m.ispkg and not m.name.startswith(("jplm._", "jplm.run_notebooks", "jplm.job_files"))]
    for module in modules:
        try: tried["result"] += all(hasattr(importlib.import_module(f"jplm.{module}"), n) for n in names(module))
        except ImportError:  # as a program of its own shows it
            said = attempt(f"import jplm.{module}", [sys.executable, "-c", f"import jplm.{module}"])
            if not re.fullmatch(r"this needs \S[^\n]*: pip install 'jplm\[\w+\]'\n", said): faults.append(f"import jplm.{module} says:\n{said[-500:]}")
    for module in modules:
        if '__name__ == "__main__"' in text_of(module): attempt(f"python -m jplm.{module} --help", [sys.executable, "-m", f"jplm.{module}", "--help"])
    scripts = [e.name for e in importlib.metadata.distribution("jplm").entry_points if e.group == "console_scripts"]
    for script in scripts:
        for words in ([], ["--help"], ["--version"], ["--nonsense"]):
            if script.startswith("nbdev_") and not words: continue  # without arguments they do what they are for, in a checkout
            attempt(" ".join([script, *words]), [str(Path(sys.executable).parent / script), *words])
    run = str(Path(sys.executable).parent / "jplm-run")
    notebooks = attempt("jplm-run --list", [run, "--list"]).split()
    if len(notebooks) < 6: faults.append(f"jplm-run --list names {notebooks}")
    for notebook in notebooks:
        attempt(f"jplm-run {notebook} --help", [run, notebook, "--help"])
        said = attempt(f"jplm-run {notebook}", [run, notebook], patience=900)
        if "done;" not in said and "pip install 'jplm[" not in said: faults.append(f"jplm-run {notebook} neither ends nor names an extra:\n{said[-1000:]}")
        attempt(f"jplm-run {notebook} --edit", [run, notebook, "--edit"])
        if not Path(f"{notebook}.ipynb").is_file(): faults.append(f"jplm-run {notebook} --edit leaves no copy")
    if not all(any(Path("runs", n).glob("*.ipynb")) for n in ("build_corpus", "train_tokenizer")): faults.append("build_corpus and train_tokenizer need no extra, and left no record")
    print(*faults, f"{sum(tried.values())} tried: {tried['result']} with a result, {tried['sentence']} with a sentence; {len(faults)} faults", sep="\n\n")
    return 1 if faults else 0


if __name__ == "__main__": sys.exit(main())
