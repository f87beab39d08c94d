#!/usr/bin/env python3
"""Thirty nights of sticks, a third of them lost, doubled or swapped, from a seed: sticks.py SEED NIGHTS (in a directory of `stairs`).

Each office has one stick for each neighbour: a directory that `sync DIR` writes to and reads from. Every evening offices write
notes, some of them on one record at two offices; then each stick is carried, or lost, or a copy of an older evening's is
carried instead, or with it. At the end two rounds of good sticks make all heads equal, and idle nights cost next to nothing.
"""
import glob
import os
import random
import shutil
import subprocess
import sys

CITY, COUNTY, TOWN, TOWN2 = "430300000000", "430321000000", "430321100000", "430321107000"
STORES = {"city": CITY, "county": COUNTY, "town": TOWN, "town2": TOWN2}
LINKS = (("town", "county"), ("town2", "county"), ("county", "city"))
IDLE_BYTES_MAX = 600
counts = dict.fromkeys(("carried", "lost", "doubled", "swapped", "merges"), 0)


def run(*words, codes=(0,)):
    done = subprocess.run([os.environ["TIERSYNC"], *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode not in codes:
        sys.exit(f"exit {done.returncode}: {' '.join(words)}\n{done.stdout}")
    return done.stdout


def stick(a, b):
    return f"stick-{a}-{b}"


def waiting(directory, store):
    return sorted(glob.glob(f"{directory}/{STORES[store]}/*.tsb"))


def carry(rng, directory, a, b):
    """What becomes of the stick that goes from a to b: b finds what is then on it."""
    old = f"drawer-{a}-{b}"
    files = waiting(directory, b)
    if len(files) > 1:
        sys.exit(f"{len(files)} untaken files from {a} for {b}: {files}")
    os.makedirs(old, exist_ok=True)
    fate = rng.choice(("carried",) * 6 + ("lost", "doubled", "swapped"))
    counts[fate] += 1
    kept = sorted(os.listdir(old))
    for file in files:
        shutil.copy(file, old)
        if fate in ("lost", "swapped"):
            os.remove(file)
    if fate in ("doubled", "swapped") and kept:
        shutil.copy(f"{old}/{rng.choice(kept)}", os.path.dirname(files[0]) if files else f"{directory}/{STORES[b]}")


def evening(rng, night):
    for store in ("town", "town2"):
        if rng.random() < 0.8:
            run("add", "--store", store, "--kind", "note", f"number={night * 10 + len(store)}", "text=甲")
        if night > 1 and rng.random() < 0.5:
            run("set", "--store", store, "number=1", f"text={store} {night}", f'words=["{store}","n{night}"]')
    if night > 2 and rng.random() < 0.5:
        for partition in (TOWN, TOWN2):
            run("set", "--store", "county", "--partition", partition, "number=1", f"text=county {night}", codes=(0, 3))
    if night > 4 and rng.random() < 0.3:
        run("set", "--store", "city", "--partition", TOWN, "number=1", f"text=city {night}", codes=(0, 3))


def hop(rng, directory, a, b):
    """a takes what came back on the stick and writes for b, it is carried, b takes and answers on it."""
    run("sync", "--store", a, directory)
    if rng is not None:
        carry(rng, directory, a, b)
    run("sync", "--store", b, directory)


def round_of(rng):
    for low, high in LINKS:
        hop(rng, stick(low, high), low, high)
    for low, high in reversed(LINKS):
        hop(rng, stick(low, high), high, low)


def head(store, partition):
    path = f"{store}/partitions/{partition}.git"
    done = subprocess.run(["git", "-C", path, "rev-parse", "refs/heads/main"], stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


def heads():
    return {p: [head(s, p) for s in ("city", "county", n)] for n, p in (("town", TOWN), ("town2", TOWN2))}


def main():
    rng = random.Random(sys.argv[1])
    print(f"seed {sys.argv[1]}")
    for a, b in LINKS:
        os.makedirs(stick(a, b))
    for store in ("town", "town2"):
        run("add", "--store", store, "--kind", "note", "number=1", "text=first")
    round_of(None)
    for night in range(1, int(sys.argv[2]) + 1):
        evening(rng, night)
        round_of(rng)
    round_of(None)
    round_of(None)
    for partition, of in heads().items():
        if len(set(of)) != 1 or not of[0]:
            sys.exit(f"heads differ after two clean rounds: {partition}: {of}")
    before = heads()
    for _ in range(3):
        round_of(None)
    for a, b in LINKS:
        for reader in (a, b):
            for file in waiting(stick(a, b), reader):
                size = os.path.getsize(file)
                if size > IDLE_BYTES_MAX:
                    sys.exit(f"an idle night moves {size} bytes: {file}")
                counts["idle_bytes"] = max(size, counts.get("idle_bytes", 0))
    if heads() != before:
        sys.exit("an idle night made a commit")
    for store in STORES:
        run("audit", "--store", store)
    log = subprocess.run(["git", "-C", f"city/partitions/{TOWN}.git", "rev-list", "--min-parents=2", "--count", "refs/heads/main"], stdout=subprocess.PIPE, text=True)
    counts["merges"] = int(log.stdout)
    print(" ".join(f"{k} {v}" for k, v in counts.items()))
    if 0 in counts.values():
        sys.exit("something never happened")


main()
