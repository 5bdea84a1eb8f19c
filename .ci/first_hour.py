"""The README's commands, word for word and in order, as a reader would type them into a terminal that has its environment switched on.

    python .ci/first_hour.py README.md       in the folder in which they are to be run

The two that set up an environment are left to whoever calls this. Those under "The full run" take days and a network: they must begin or refuse in a sentence; whatever is still
at work after a while is stopped with Ctrl-C, and must say that the same command goes on. The last line counts the commands; exit status 1 where one of them did not do what it promises.
"""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

STARTED = 45  # seconds that a command of the full run is given to begin
LONGEST = 1200  # seconds for any other


def commands(text: str) -> list[tuple[str, str]]:
    "Section and command, in order."
    found, section, inside = [], "", False
    for line in text.splitlines():
        if line.startswith("## "): section = line[3:]
        elif line.startswith("```"): inside = line == "```sh"
        elif inside and not line.startswith("python3 -m venv"): found.append((section, line))
    return found


def at_terminal(command: str, patience: float, stop_after: float = 0) -> tuple[int | None, str]:
    "Run a command in a terminal of its own; exit status (None: it did not end) and what it said. With `stop_after`, Ctrl-C is pressed once, if it is still at work."
    pid, terminal = pty.fork()
    if not pid: os.execvp("bash", ["bash", "-c", command])
    said, began, pressed = b"", time.monotonic(), False
    while True:
        if select.select([terminal], [], [], .5)[0]:
            try: chunk = os.read(terminal, 65536)
            except OSError: chunk = b""  # Linux says so when the other side is closed
            if not chunk: break
            said += chunk
        passed = time.monotonic() - began
        if stop_after and not pressed and passed > stop_after:
            os.write(terminal, b"\x03")  # what the key sends; the terminal makes the signal of it
            pressed = True
        if passed > patience:
            os.killpg(pid, signal.SIGKILL)
            break
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(terminal)
    return (None if passed > patience else status), said.decode(errors="replace")


def fault(section: str, command: str) -> str:
    "What is wrong with a command; empty where it keeps its promise."
    long = section == "The full run"
    status, said = at_terminal(command, STARTED + 300 if long else LONGEST, STARTED if long else 0)
    end = said[-1500:]
    if status is None: return f"does not end:\n{end}"
    if "Traceback" in said: return f"shows a traceback:\n{end}"
    if not long: return f"ends with status {status}:\n{end}" if status else ""
    if "stopping at the next safe point" in said: return "" if status == 130 and "stopped; the same command goes on" in said else f"was stopped with Ctrl-C and ends with status {status}:\n{end}"
    if status == 0: return ""
    return "" if status in (1, 2) and re.search(r"(?m)^jplm-run: \S", said) else f"ends with status {status} and no sentence:\n{end}"


def main() -> int:
    "Walk the first hour."
    walked, faults = commands(Path(sys.argv[1]).read_text(encoding="utf-8")), []
    for section, command in walked:
        began = time.monotonic()
        wrong = fault(section, command)
        print(f"{'FAIL ' if wrong else 'ok   '} {command} ({time.monotonic() - began:.0f} s)", flush=True)
        if wrong: faults.append(f"{command}\n  {wrong}")
    made = ["build/corpus/manifest.json", "build/tokenizer/tokenizer.model", "build/model/model/model.safetensors", "build/evaluation/evaluation.json", "build/samples.jsonl", "build_corpus.ipynb", "small.ipynb"]
    faults += [f"{name} was not made" for name in made if not Path(name).is_file()]
    print(*faults, f"{len(walked)} commands walked, {len(faults)} faults", sep="\n\n")
    return 1 if faults or len(walked) < 10 else 0


if __name__ == "__main__":
    os.environ |= {"COLUMNS": "200"}
    if not subprocess.run(["bash", "-c", "command -v jplm-run"], capture_output=True).stdout: sys.exit("there is no jplm-run on the path: switch the environment on first")
    sys.exit(main())
