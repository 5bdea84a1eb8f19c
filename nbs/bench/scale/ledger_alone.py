"""What the ledger alone costs a build of many documents: `python ledger_alone.py 10000000 FOLDER` writes `ledger-N.json` beside this file."""

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
import psutil

from jplm.corpus import fates, ledger as ledgers
from jplm.corpus.blend import choose
from jplm.corpus.ledger import Ledger, Part, add_shards, collect_prefix, record_part
from jplm.corpus.listing import DataFile
from jplm.corpus.parts import finish_shard
from jplm.corpus.shards import Shard

HERE, ROWS = Path(__file__).resolve().parent, 20_000  # documents in a part, which is a shard


class Watched(ledgers.sqlite3.Connection):
    "Measures how long the ledger is locked for writing: in a transaction, or in a statement that writes on its own."
    begun, longest = 0., 0.

    def execute(self, sql, *values):
        began = time.perf_counter()
        found = super().execute(sql, *values)
        own = not self.begun and sql.lstrip().split(" ")[0] in ("INSERT", "UPDATE", "DELETE") and "temp." not in sql
        if sql.startswith("BEGIN IMMEDIATE"): self.begun = began
        if own or (sql.startswith("COMMIT") and self.begun):
            Watched.longest = max(Watched.longest, time.perf_counter() - (began if own else self.begun))
            self.begun = 0.
        return found


def parts(documents: int):
    "Parts of made-up documents: 15 % have the key of an earlier one."
    random = np.random.default_rng(0)
    for n, first in enumerate(range(0, documents, ROWS)):
        orders = np.arange(first, min(first + ROWS, documents))
        keys = np.where(random.random(len(orders)) < .15, random.integers(0, np.maximum(orders, 1)), orders).astype(np.uint64)
        mixed = (keys * np.uint64(0x9E3779B97F4A7C15)) ^ (keys << np.uint64(7))
        blobs = np.stack([mixed, keys], axis=1).astype(">u8").tobytes()
        hashes = random.integers(-(1 << 63), (1 << 63) - 1, len(orders)).tolist()
        yield Part(n + 1, f"{n}.parquet", len(orders), {"bytes": 30_000_000}, orders.tolist(), [blobs[16 * i:16 * i + 16] for i in range(len(orders))], [(280, 500, 1_500, h) for h in hashes])


def main() -> None:
    "Record, decide, choose; write down what it took."
    a = argparse.ArgumentParser(description=__doc__)
    a.add_argument("documents", type=int)
    a.add_argument("folder", type=Path)
    o = a.parse_args()
    o.folder.mkdir(parents=True, exist_ok=True)
    connect = ledgers.sqlite3.connect
    ledgers.sqlite3.connect = lambda *p, **k: connect(*p, **({"factory": Watched} | k))
    ledger, found = Ledger(o.folder / "ledger.sqlite"), {}

    def timed(what: str, action) -> None:
        cpu, wall, Watched.longest = time.process_time(), time.perf_counter(), 0.
        action()
        found[what] = {"cpu s": time.process_time() - cpu, "wall s": time.perf_counter() - wall, "longest transaction s": Watched.longest,
                       "peak MB": psutil.Process().memory_info().rss / 1e6, "disk MB": sum(p.stat().st_size for p in o.folder.iterdir()) / 1e6}
        print(what, {k: round(v, 2) for k, v in found[what].items()}, flush=True)

    def record() -> None:
        for part in parts(o.documents):
            record_part(ledger, part)
            finish_shard(ledger, part.shard)

    def near() -> None:
        orders = fates.near_candidates(ledger)
        losers = orders[np.flatnonzero(np.arange(len(orders)) % 10 == 9)]
        fates.drop_near(ledger, zip(losers.tolist(), orders[np.flatnonzero(np.arange(len(orders)) % 10 == 8)].tolist()))

    def chosen() -> None:
        fates.forget_chosen(ledger)
        fates.add_chosen(ledger, choose(lambda: fates.winners_in_order(ledger, "made"), 1 << 62))

    shards = -(-o.documents // ROWS)
    add_shards(ledger, [Shard("made", DataFile(i, f"{i}.parquet", f"{i}.parquet", 100), 0, ROWS) for i in range(shards)])
    timed("record parts", record)
    timed("collected", lambda: collect_prefix(ledger, "made", float("inf")))
    timed("first copies", lambda: fates.first_copies(ledger))
    timed("begin fates", lambda: fates.begin_fates(ledger))
    timed("exact duplicates", lambda: ledgers.drop_exact_duplicates(ledger))
    timed("winners", lambda: fates.list_winners(ledger))
    timed("near duplicates", near)
    timed("winners again", lambda: fates.list_winners(ledger))
    timed("clusters", lambda: fates.list_clusters(ledger))
    timed("choose", chosen)
    counts = {t: ledger.value(f"SELECT count(*) FROM {t}") for t in ("docs", "fates", "winners", "clusters", "chosen")}
    ledger.close()
    for path in o.folder.iterdir(): path.unlink()
    record = {"documents": o.documents, "cores": os.cpu_count(), "rows": counts, "steps": found}
    rounded = json.loads(json.dumps(record), parse_float=lambda x: round(float(x), 3))
    (HERE / f"ledger-{o.documents}.json").write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__": main()
