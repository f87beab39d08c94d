#!/usr/bin/env python3
"""src/merge against merge_spec.py: random histories through both, every tree of every commit compared byte by byte.

    merge_differential.py REPLAY [SEEDS]              REPLAY: the program merge_replay; SEEDS: how many (TIERSYNC_MERGE_SEEDS)
    TIERSYNC_SEED=N merge_differential.py REPLAY 1    one history again, from the seed that a failure printed

Prints how often each kind of conflict, form of answer and shape of history came up; one that never did is a failure."""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import merge_history as mh  # noqa: E402

MUST_COME_UP = (['entry ' + k for k in mh.ENTRY_KINDS] + ['more ' + k for k in ('value', 'removed', 'stale-decision', 'refused', 'twin')]
                + ['resolve ' + f for f in ('take', 'value', 'kept', 'removed', 'confirm', 'both', 'same-as', 'accept', 'drop')]
                + ['shape ' + s for s in ('chain', 'ring', 'mesh', 'clone', 'wide', 'criss-cross', 'equal sets', 'old entry', 'two epochs',
                                          'two schema versions')]
                + ['merge', 'removal', 'added again', 'correction', 'restored', 'reverted', 'word on a whole edit', 'joined', 'folded'])
BATCH = 20


def kinds(folder, other_machine):
    paths = []
    for version in (1, 2):
        paths.append(os.path.join(folder, 'v%d.json' % version))
        with open(paths[-1], 'w') as f: json.dump(mh.kind_file(version, other_machine), f)
    return paths


def run(replay, paths, script):
    done = subprocess.run([replay, *paths], input='\n'.join(script) + '\n', capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines(), done.stderr


def first_difference(got, expected):
    for i, (a, b) in enumerate(zip(got, expected)):
        if a != b: return i, a, b
    return (min(len(got), len(expected)), got[len(expected):][:1], expected[len(got):][:1]) if len(got) != len(expected) else None


def complaint(replay, paths, story, is_compared):
    """None, or what is wrong with one history"""
    code, got, err = run(replay, paths, story.script)
    bad = [line for line in got if line.startswith('BAD')]
    if bad or code or err: return '%s%s' % (bad[:3], err and ' ' + err or '' if code == 0 else ' ended with %d: %s' % (code, err))
    differs = first_difference(got[:-1], story.expected) if is_compared else None
    return differs and 'line %d\n  src/merge      %s\n  merge_spec.py  %s' % differs


def compare(replay, first, count, counts, is_compared=True):
    """the first seed that is wrong, and why; or None. Histories go through in batches, one by one only to find the culprit"""
    with tempfile.TemporaryDirectory() as folder:
        paths = kinds(folder, not is_compared)
        for start in range(first, first + count, BATCH):
            stories = [(seed, mh.tell(seed, counts, is_compared)) for seed in range(start, min(start + BATCH, first + count))]
            code, got, err = run(replay, paths, [line for _, s in stories for line in s.script])
            tail = got[-1].split() if got else []
            if tail[:1] == ['counts']:
                counts['joined'] = counts.get('joined', 0) + int(tail[2])
                counts['folded'] = counts.get('folded', 0) + int(tail[4])
            expected = [line for _, s in stories for line in s.expected]
            if not code and not err and not any(line.startswith('BAD') for line in got) and (not is_compared or got[:-1] == expected): continue
            for seed, story in stories:
                why = complaint(replay, paths, story, is_compared)
                if why: return seed, why
            return start, 'a batch is wrong of which each history alone is right'
    return None


def main():
    replay = sys.argv[1]
    seeds = int(os.environ.get('TIERSYNC_MERGE_SEEDS', sys.argv[2] if len(sys.argv) > 2 else 100))
    first = int(os.environ.get('TIERSYNC_SEED', 1))
    counts, others = {}, {}
    wrong = compare(replay, first, seeds, counts)
    # a second set that has another machine and other dependencies: the specification has only one, so here src/merge is
    # only held against itself (rows of edits, of joins and of the whole history)
    if wrong is None: wrong = compare(replay, first, max(1, seeds // 4), others, False)
    if wrong:
        print('seed %d: %s\nagain: TIERSYNC_SEED=%d %s %s 1' % (*wrong, wrong[0], sys.argv[0], replay))
        return 1
    print('%d histories from seed %d, equal in every tree; ' % (seeds, first) + ', '.join('%s %d' % i for i in sorted(counts.items())))
    missing = [word for word in MUST_COME_UP if not counts.get(word)]
    if missing and seeds >= 50:
        print('never came up: ' + ', '.join(missing))
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
