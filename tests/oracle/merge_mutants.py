#!/usr/bin/env python3
"""Plants one bug after the other into a copy of src/merge and shows that the differential test finds it.

    merge_mutants.py BUILD-DIRECTORY [NAME]           needs the directory that tools/build made: its compile and link commands are used

The sources are not touched: one mutated file is compiled below the build directory and linked before the library."""
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import merge_differential as md  # noqa: E402
import merge_history as mh  # noqa: E402

SEEDS = 50
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'src', 'merge')
# name, file, what is there (once), what stands there instead
BUGS = (
    ('a later write does not supersede an earlier one', 'maximal.c', '\t\tif (!is_known)\n', '\t\tif (!is_known || i == 0)\n'),
    ('the lowest level stands', 'maximal.c', 'a->edit->level > b->edit->level ? -1', 'a->edit->level < b->edit->level ? -1'),
    ('absence stands before a value', 'maximal.c', 'return is_a_gone ? 1 : -1;', 'return is_a_gone ? -1 : 1;'),
    ('the greatest encoding stands', 'maximal.c', 'view_compare(a->write.value, b->write.value)', 'view_compare(b->write.value, a->write.value)'),
    ('equal values are a conflict', 'maximal.c', 'values.count < 2)', 'values.count < 1)'),
    ('state is value', 'maximal.c', 'kind = MERGE_STATE;', 'kind = MERGE_VALUE;'),
    ('names of removals are not sorted', 'fold.c', '&scope->beaten, true)', '&scope->beaten, false)'),
    ('what the other side\'s entry names is forgotten', 'join_place.c', 'err == ERR_OK && side < MERGE_SIDES; side++)\n\t\terr = add_named', 'err == ERR_OK && side < MERGE_B; side++)\n\t\terr = add_named'),
    ('a removal is joined without history', 'join.c', 'if (write->act == DELTA_CLEAR ||', 'if ((write->act == DELTA_CLEAR && write->path.type == RECORD_EXISTENCE) ||'),
    ('a correction is joined without history', 'join.c', 'return sides->is_corrected || is_row', 'return is_row'),
    ('an entry with more is joined without history', 'join.c', 'if (entry->kind != MERGE_TWIN && entry->has_more)', 'if (entry->kind == MERGE_TWIN && entry->has_more)'),
    ('what one side wrote is taken from the other', 'join_place.c', 'has_written(place, MERGE_B, kind) ? MERGE_B : MERGE_A', 'has_written(place, MERGE_B, kind) ? MERGE_A : MERGE_B'),
    ('the lower epoch seals', 'join.c', '&rows[MERGE_B]->epoch) > 0 ?', '&rows[MERGE_B]->epoch) < 0 ?'),
    ('a decision that was taken again stays stale', 'join_place.c', 'if (!is_answered(&join->work, &place->writes[MERGE_A], decision) &&', 'if (true ||'),
    ('a lower level has the last word', 'register.c', 'level > level)', 'level < level)'),
    ('restore beats void', 'register.c', '== level && !words[i].is_restore;', '== level && words[i].is_restore;'),
    ('a member added again keeps what it had', 'register.c', 'if (existence->items[i].act != DELTA_ADD ||', 'if (existence->items[i].act == DELTA_ADD ||'),
    ('a change that knows of the removal brings the record back', 'register.c', 'merge_knows(work, removals->items[j].edit, write->edit);', 'removals->items[j].edit > write->edit;'),
    ('drops are not heard', 'refused.c', 'other.is_drop = true;', 'other.is_drop = false;'),
    ('a decision that knows of the change is stale', 'stale.c', '\t\t    !merge_knows(work, decision, edits[i]))', '\t\t    (!merge_knows(work, decision, edits[i]) || i == 0))'),
    ('an entry stays when its register is written', 'edit.c', 'return merge_writes_find(writes, &entry->path) != NULL ||', 'return'),
    ('removing a member leaves its entries', 'edit.c', 'write != NULL && write->act == DELTA_CLEAR', 'write != NULL && write->act == DELTA_KEEP'),
    ('keep is not derived', 'derive.c', '{entry->path, DELTA_KEEP, {0}}', '{entry->path, DELTA_ADD, {0}}'),
    ('an accepted rule is asked again', 'rules.c', 'err != ERR_OK || is_fine ? err', 'err != ERR_OK ? err'),
    ('distinct counts on one record only', 'twin.c', ' && !holds(&a_sight->distinct, b) &&\n\t       !holds(&b_sight->distinct, a)', ' && !holds(&a_sight->distinct, b)'),
    ('revert takes back what another superseded', 'revert.c', 'maximal.items[0].edit == revert->reversion->edit', 'maximal.items[0].edit >= revert->reversion->edit'),
)


def commands(build):
    """source's base name -> its compile command; and the link command"""
    text = subprocess.run(['ninja', '-C', build, '-t', 'commands', 'merge_replay'], capture_output=True, text=True, check=True).stdout
    compiles = {m.group(1): line for line in text.splitlines() for m in [re.search(r'-c \S*/src/merge/(\w+\.c)$', line)] if m}
    return compiles, text.splitlines()[-1]


def mutant(build, folder, compiles, link, bug):
    """the program with this bug, or why there is none"""
    _, name, there, instead = bug
    with open(os.path.join(SOURCE, name)) as f: text = f.read()
    if text.count(there) != 1: return None, 'stands %d times in %s: %r' % (text.count(there), name, there)
    source, thing, program = (os.path.join(folder, x) for x in (name, 'mutant.o', 'mutant'))
    with open(source, 'w') as f: f.write(text.replace(there, instead))
    compiled = re.sub(r'-M[FT] \S+|-MD', '', re.sub(r'-o \S+ -c \S+$', '-Wno-error -o %s -c %s' % (thing, source), compiles[name]))
    linked = re.sub(r'(\S+merge_replay\.c\.o)', r'%s \1' % thing, re.sub(r'-o \S*merge_replay ', '-o %s ' % program, link), count=1)
    for command in (compiled, linked):
        done = subprocess.run(command, shell=True, cwd=build, capture_output=True, text=True, check=False)
        if done.returncode: return None, done.stderr[-600:]
    return program, None


def caught(program, paths, stories):
    """how many histories it took; None: not caught"""
    for n in range(0, len(stories), 5):
        some = stories[n:n + 5]
        code, got, err = md.run(program, paths, [line for s in some for line in s.script])
        if code or err or any(line.startswith('BAD') for line in got) or got[:-1] != [line for s in some for line in s.expected]:
            return next((n + i + 1 for i, s in enumerate(some) if md.complaint(program, paths, s, True)), n + 5)
    return None


def main():
    build = os.path.abspath(sys.argv[1])
    bugs = [b for b in BUGS if len(sys.argv) < 3 or b[0] == sys.argv[2]]
    compiles, link = commands(build)
    stories = [mh.tell(seed, {}) for seed in range(1, SEEDS + 1)]
    failed = 0
    with tempfile.TemporaryDirectory(dir=build) as folder:
        paths = md.kinds(folder, False)
        for bug in bugs:
            program, why = mutant(build, folder, compiles, link, bug)
            seed = caught(program, paths, stories) if program else None
            print('%-64s %s' % (bug[0], 'caught by history %d' % seed if seed else 'NOT CAUGHT' if program else 'NOT MADE: ' + why), flush=True)
            failed += seed is None
    print('%d bugs planted, %d caught within %d histories' % (len(bugs), len(bugs) - failed, SEEDS))
    return 1 if failed or not bugs else 0


if __name__ == '__main__':
    sys.exit(main())
