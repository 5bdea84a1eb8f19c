"""Every run, stopped at its work by Ctrl-C in a terminal and by SIGTERM, and gone on with by the same command.

    python .ci/stopped.py [RUN...]      in the folder in which the first hour was walked, with its environment switched on

A run that was asked to stop ends with status 130 (Ctrl-C) or 143 (SIGTERM) and "stopped; the same command goes on", never with "done"; the same command then ends with 0.
"""

import os
import pty
import re
import select
import shutil
import signal
import sys
import time

AT_WORK = {  # command → what its output shows, or the file that is there, when it has begun
    "jplm-run build_corpus --output_dir build/stopped/corpus": "@build/stopped/corpus/ledger.sqlite",
    "jplm-run train_tokenizer --corpus build/corpus --output_dir build/stopped/tokenizer --vocab_size 3500": r"starts",
    "jplm-run train_model --corpus_dir build/corpus --output_dir build/stopped/model --max_steps 30": "@build/stopped/model/metrics.jsonl",
    "jplm-run evaluate_model --model build/model/model --corpus_dir build/corpus --benchmarks none --output_dir build/stopped/evaluation": r"starts",
    "jplm-run generate --model build/model/model --max_new_tokens 200 --output build/stopped/samples.jsonl": r"starts",
    "jplm-run compare_corpora --a build/corpus --b spam --pairs 3 --tokens 60000 --output_dir build/stopped/comparison": "@build/stopped/comparison/lab.json",
    "jplm-run quickstart --output_dir build/stopped/quickstart --vocab_size 3500 --max_steps 20": "@build/stopped/quickstart/corpus/ledger.sqlite",
}
LONGEST = 1200  # seconds


def run(command: str, pattern: str, number: int) -> tuple[int | None, str]:
    "Run a command in a terminal; when it has begun, press Ctrl-C or send SIGTERM. Status (None: no end) and output."
    pid, terminal = pty.fork()
    if not pid: os.execvp("bash", ["bash", "-c", f"exec {command}"])
    said, began, sent = "", time.monotonic(), not number
    while time.monotonic() - began < LONGEST:
        if select.select([terminal], [], [], .2)[0]:
            try: chunk = os.read(terminal, 65536)
            except OSError: chunk = b""  # Linux says so when the other side is closed
            if not chunk: break
            said += chunk.decode(errors="replace")
        if not sent and " starts; " in said and (os.path.exists(pattern[1:]) if pattern.startswith("@") else re.search(pattern, said)):
            if number == signal.SIGINT: os.write(terminal, b"\x03")  # what the key sends; the terminal makes the signal of it
            else: os.kill(pid, number)
            sent = True
    else: os.killpg(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(terminal)
    return (None if status == -signal.SIGKILL else status), said


def main() -> int:
    "Stop every run and go on with it."
    faults = []
    shutil.rmtree("build/stopped", ignore_errors=True)
    for i, (command, pattern) in enumerate(AT_WORK.items()):
        if sys.argv[1:] and command.split()[1] not in sys.argv[1:]: continue
        numbers = [signal.SIGINT, signal.SIGTERM] if i % 2 else [signal.SIGTERM, signal.SIGINT]
        for number in [*numbers, 0]:
            began = time.monotonic()
            status, said = run(command, pattern, number)
            wanted = 128 + number if number else 0
            good = status == wanted and "Traceback" not in said and ("stopped; the same command goes on" in said) == bool(number) and ("done;" in said) == (not number)
            print(f"{'ok   ' if good else 'FAIL '} {command.split(' --')[0]}: {signal.Signals(number).name if number else 'to its end'}, status {status} ({time.monotonic() - began:.0f} s)", flush=True)
            if not good: faults.append(f"{command}\n{said[-1500:]}")
    print(*faults, f"{len(faults)} faults", sep="\n\n")
    return 1 if faults else 0


if __name__ == "__main__": sys.exit(main())
