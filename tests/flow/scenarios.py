#!/usr/bin/env python3
"""Nights that once went wrong, each told in a few lines: what the simulation found stays found.

    scenarios.py OFFICES [NAME]          OFFICES: the program of simulate.py; NAME: one scenario alone"""
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from ledger import Ledger, Wrong, mh  # noqa: E402
from simulate import CITY_CODE, COUNTIES, TOWNS, Offices, build, scratch  # noqa: E402

CITY, COUNTY, TOWN, OTHER = CITY_CODE, COUNTIES[0], TOWNS[COUNTIES[0]][0], TOWNS[COUNTIES[0]][1]
SCENARIOS = []


def scenario(function):
    SCENARIOS.append(function)
    return function


class Small:
    """the stores of one scenario, by the codes of their offices"""

    def __init__(self, offices, base, folder):
        self.offices, self.folder, self.base, self.letters, self.dirs = offices, folder, base, 0, {}
        offices.must('forget')
        offices.must('time', 1600000000)
        for i, code in enumerate((CITY, COUNTY, TOWN, OTHER)): self.store(code, os.path.join(base, code), 77 + i)

    def store(self, name, source, seed):
        self.dirs[name] = os.path.join(self.folder, name)
        shutil.copytree(source, self.dirs[name])
        self.offices.must('office', name, self.dirs[name], seed)

    def do(self, *words):
        return self.offices.must(*words)

    def add(self, who, owner, **fields):
        return self.do('add', who, owner, mh.KIND, *self.typed(fields))[-1].split(' ')[2]

    def put(self, who, owner, record, command='set', **fields):
        return self.do(command, who, owner, record, *self.typed(fields))[-1].split(' ')[1]

    @staticmethod
    def typed(fields):
        return ['%s=%s' % i for i in fields.items()]

    def bundle(self, a, b, to=None):
        self.letters += 1
        path = os.path.join(self.folder, '%d.tsb' % self.letters)
        self.do('bundle', a, to or b, path)
        return path

    def send(self, a, b, to=None):
        """a makes a bundle, b takes it: {owner: (outcome, place, voided, why)}"""
        return self.taken(self.do('take', b, self.bundle(a, b, to)))

    @staticmethod
    def taken(lines):
        out = {}
        for line in lines:
            f = line.split(' ', 8)
            if f[0] == 'partition': out[f[1]] = (f[2], f[3], int(f[7]), f[8])
        return out

    def heads(self, who):
        return {x.split(' ')[1]: x.split(' ')[2] for x in self.do('heads', who) if x.startswith('head ')}

    def news(self, who, owner):
        """what was never shown: [(commit, words, rows)]"""
        out = []
        for line in self.do('news', who, owner):
            word, rest = line.split(' ', 1)
            if word == 'commit': out.append((rest.split(' ')[0], [], []))
            elif word in ('word', 'row'): out[-1][1 if word == 'word' else 2].append(rest)
        return out

    def restore(self, who, backup, seed):
        self.do('close', who)
        shutil.rmtree(self.dirs[who])
        self.store(who, backup, seed)

    def clone(self, who, name, seed):
        """another disk of the same office"""
        self.do('close', who)
        self.store(name, self.dirs[who], seed)

    def backup(self, who):
        self.letters += 1
        path = os.path.join(self.folder, 'backup%d' % self.letters)
        self.do('backup', who, path)
        return path

    def start(self):
        """a record of the township's that all three hold"""
        r = self.add(TOWN, TOWN, f1=1, f2=1, f3=5, f4=1)
        self.round()
        return r

    def schema_3(self):
        """the city opens a third set"""
        with open(os.path.join(self.base, 'v2.json')) as f: text = f.read()
        path = os.path.join(self.folder, 'v3.json')
        with open(path, 'w') as f: f.write(text.replace('"maxItems": 3', '"maxItems": 4'))
        self.do('schema', CITY, path)
        self.do('close', CITY)

    def round(self):
        for a, b in ((TOWN, COUNTY), (COUNTY, CITY), (CITY, COUNTY), (COUNTY, TOWN)): self.send(a, b)

    def node_file(self, who, path):
        """the newest file below a path of node.git"""
        git = lambda *a: subprocess.run(['git', '-C', os.path.join(self.dirs[who], 'node.git'), *a], check=True, capture_output=True, text=True).stdout
        name = git('ls-tree', '-r', '--name-only', 'HEAD', path).split()[-1]
        return git('cat-file', 'blob', 'HEAD:' + name)


def expect(is_so, *what):
    if not is_so: raise Wrong(' '.join(map(str, what)))


# ---------------------------------------------------------------- what was lost, or shown
@scenario
def a_take_killed_before_the_head_moved_judges_again(s):
    """the commits lay in the store already, so they were thought to be judged, and what had no right stood"""
    r = s.start()
    s.put(TOWN, TOWN, r, 'force', f5=9)
    path = s.bundle(TOWN, COUNTY)
    expect(s.offices.ask('crash', 'before-ref', 1, 'take', COUNTY, path)[0] == 'crashed', 'it did not die')
    s.do('office', COUNTY, s.dirs[COUNTY], 99)
    expect(s.taken(s.do('take', COUNTY, path))[TOWN][:3] == ('taken', 'forward', 1), 'not corrected')


@scenario
def a_record_that_comes_back_is_no_new_one(s):
    """it looked like one that its seed had just given, travelled so, and was judged as if its office had written each field anew"""
    r = s.start()
    s.put(COUNTY, TOWN, r, f5=9)
    s.round()
    gone = s.do('remove', TOWN, TOWN, r)[-1].split(' ')[1]
    s.do('revert', TOWN, TOWN, gone)
    expect(s.send(TOWN, COUNTY)[TOWN][:3] == ('taken', 'forward', 0), 'corrected, without reason')


@scenario
def a_seed_belongs_to_one_edit(s):
    """a cloned disk that draws the same randomness would put its record in the place of another one"""
    s.start()
    s.clone(TOWN, 'twin', 5)
    s.do('office', TOWN, s.dirs[TOWN], 5)
    s.add(TOWN, TOWN, f1=2, f2=7, f3=1)
    s.add('twin', TOWN, f1=2, f2=8, f3=2)
    s.send(TOWN, COUNTY)
    outcome, _, _, why = s.send('twin', COUNTY)[TOWN]
    expect(outcome == 'refused' and 'seed' in why, outcome, why)


@scenario
def what_a_county_took_back_the_city_judges_again(s):
    """the county's Void had silenced the city for good, so that its Restore made the write stand at the city"""
    r = s.start()
    s.put(TOWN, TOWN, r, 'force', f5=9)
    s.send(TOWN, COUNTY)
    s.send(COUNTY, CITY)
    correction = s.heads(COUNTY)[TOWN]
    s.do('revert', COUNTY, TOWN, correction)
    expect(s.send(COUNTY, CITY)[TOWN][2] == 1, 'the city did not speak')


@scenario
def a_twin_that_is_removed_is_no_twin(s):
    """its row was gone, and with it the name of whoever still called it a twin"""
    r = s.add(TOWN, TOWN, f1=1, f2=1, f3=5)
    s.round()
    q = s.add(COUNTY, TOWN, f1=1, f2=2, f3=6)
    s.put(COUNTY, TOWN, q, f2=1)
    s.do('remove', COUNTY, TOWN, q)
    rows = s.news(COUNTY, TOWN)[-1][2]
    expect([x.split(' ')[0] for x in rows] == [r] and rows[0].endswith(' -'), rows)


@scenario
def a_blob_is_refused_by_who_may_read(s):
    """a record that travelled as its blob was written by nobody and judged by nobody"""
    s.start()
    s.add(TOWN, TOWN, f1=2, f2=7, f3=1)
    r = s.add(TOWN, TOWN, f1=2, f2=8, f3=1)
    s.send(TOWN, COUNTY)
    s.put(TOWN, TOWN, r, f4=8)
    s.do('close', TOWN)
    keyring = os.path.join(s.dirs[TOWN], 'partitions', TOWN + '.git', 'keyring')
    for name in os.listdir(keyring):
        if name.startswith('salts-'): os.unlink(os.path.join(keyring, name))
    outcome, _, _, why = s.send(TOWN, COUNTY)[TOWN]
    expect(outcome == 'refused' and 'blob' in why, outcome, why)


# ---------------------------------------------------------------- disks that went back
@scenario
def a_hub_that_went_back_gets_its_own_edits_from_below(s):
    """they had reached its townships alone, which never carried anything of a hub's up"""
    s.start()
    backup = s.backup(COUNTY)
    s.add(COUNTY, COUNTY, f1=3, f2=3, f3=3)
    head = s.heads(COUNTY)[COUNTY]
    s.send(COUNTY, TOWN)
    s.restore(COUNTY, backup, 500)
    for _ in range(3):
        s.send(COUNTY, TOWN)
        s.send(TOWN, COUNTY)
    expect(s.heads(COUNTY)[COUNTY] == head, 'its edit did not come home')


@scenario
def a_store_that_went_back_is_told_again(s):
    """its neighbours thought it had what they had told it once: statements, schema sets, heads"""
    s.start()
    backup = s.backup(COUNTY)
    s.do('right', COUNTY, TOWN, mh.KIND, 'f5', 'delegate')         # the county's own word: the city brings it home
    s.do('schema', CITY, os.path.join(s.base, 'v2.json'))
    s.do('close', CITY)
    s.add(CITY, CITY, f1=4, f2=4, f3=4)
    s.round()
    s.restore(COUNTY, backup, 500)
    for _ in range(4): s.round()
    expect('schema 2' in s.do('heads', COUNTY), 'the schema set did not come again')
    expect(s.heads(COUNTY)[CITY] == s.heads(CITY)[CITY], 'nor did the head')
    s.do('close', COUNTY)
    s.put(TOWN, TOWN, s.add(TOWN, TOWN, f1=5, f2=5, f3=5), f5=7)
    expect(s.send(TOWN, COUNTY)[TOWN][:3] == ('taken', 'forward', 0), 'it has forgotten what it delegated')


@scenario
def a_root_that_went_back_gets_its_own_schema_set_from_below(s):
    s.start()
    backup = s.backup(CITY)
    s.do('schema', CITY, os.path.join(s.base, 'v2.json'))
    s.do('close', CITY)
    s.round()
    s.add(TOWN, TOWN, f1=5, f2=5, f3=5)
    s.restore(CITY, backup, 500)
    for _ in range(4): s.round()
    expect('schema 2' in s.do('heads', CITY), 'the schema set did not come home')
    expect(s.heads(CITY)[TOWN] == s.heads(TOWN)[TOWN], 'nor did the edit that rests on it')


@scenario
def a_root_that_lacks_its_newest_schema_set_signs_no_other(s):
    """it took itself for a root without any, and would have signed a second set of the same number"""
    s.start()
    backup = s.backup(CITY)
    s.do('schema', CITY, os.path.join(s.base, 'v2.json'))
    s.do('close', CITY)
    s.round()
    s.restore(CITY, backup, 500)
    s.send(CITY, COUNTY)
    s.send(COUNTY, CITY)
    expect(s.offices.ask('schema', CITY, os.path.join(s.base, 'v2.json'))[0] == 'STATE', 'it signed another one')


@scenario
def an_office_told_of_a_newer_schema_set_works_on(s):
    """it held none at all from then on, until the new one came, and read a delta by it as nonsense"""
    r = s.start()
    backup = s.backup(TOWN)
    s.do('schema', CITY, os.path.join(s.base, 'v2.json'))
    s.do('close', CITY)
    for _ in range(2): s.round()
    s.put(COUNTY, TOWN, r, f6='s3', f7='[1,2,3]', f8='[{"who":2,"a":7,"b":8}]')
    s.restore(TOWN, backup, 500)
    s.send(TOWN, COUNTY)
    outcome, _, _, why = s.send(COUNTY, TOWN)[TOWN]
    expect(outcome == 'held' and 'schema set 2' in why, outcome, why)
    s.put(TOWN, TOWN, r, f4=6)
    for _ in range(3): s.round()
    expect(s.heads(TOWN)[TOWN] == s.heads(CITY)[TOWN], 'two heads')


# ---------------------------------------------------------------- what was refused, and should not have been
@scenario
def a_late_bundle_signed_with_the_key_before_is_taken(s):
    s.start()
    s.add(COUNTY, COUNTY, f1=3, f2=3, f3=3)
    late = s.bundle(COUNTY, TOWN)
    s.do('rotate', COUNTY)
    s.send(COUNTY, TOWN)
    s.do('take', TOWN, late)


@scenario
def a_delta_by_a_schema_set_that_is_not_here_waits(s):
    """each set was taken for a whole value, and the delta refused as if it were forged"""
    r = s.start()
    s.put(TOWN, TOWN, r, f7='[1]')
    s.send(TOWN, COUNTY)
    s.do('schema', CITY, os.path.join(s.base, 'v2.json'))
    s.do('close', CITY)
    s.send(CITY, TOWN)
    s.put(TOWN, TOWN, r, f7='[1,2]')
    outcome, _, _, why = s.send(TOWN, COUNTY)[TOWN]
    expect(outcome == 'held' and 'schema set 2' in why, outcome, why)
    s.send(CITY, COUNTY)
    s.send(COUNTY, TOWN)
    expect(s.send(TOWN, COUNTY)[TOWN][0] == 'taken', 'it waits for ever')


@scenario
def a_set_that_was_missed_comes_all_the_same(s):
    """the newest alone was sent, and what had been written by the one before waited for ever"""
    r = s.start()
    s.do('schema', CITY, os.path.join(s.base, 'v2.json'))
    s.do('close', CITY)
    s.send(CITY, COUNTY)
    s.put(COUNTY, TOWN, r, f7='[1,2,3]')
    s.schema_3()
    s.send(CITY, COUNTY)
    expect(s.send(COUNTY, TOWN)[TOWN][0] == 'taken', 'set 2 did not come')


@scenario
def who_is_enrolled_late_holds_all_sets(s):
    """the answer brought the newest alone, and the partitions of the offices above could not be read"""
    s.start()
    s.add(COUNTY, COUNTY, f1=3, f2=3, f3=3)
    s.do('schema', CITY, os.path.join(s.base, 'v2.json'))
    s.do('close', CITY)
    s.send(CITY, COUNTY)
    late = COUNTY[:6] + '300000'
    s.dirs[late] = os.path.join(s.folder, late)
    s.do('office', late, s.dirs[late], 900)
    s.do('init', late, late, 1, 'late', 0)
    s.do('enrol', COUNTY, late, 0)
    expect(s.send(COUNTY, late)[COUNTY][0] == 'taken', 'a set is lacking')


@scenario
def a_schema_set_that_comes_late_says_nothing(s):
    """the township gave its county what it had asked for, and by the time it came the county had a newer one: all was refused"""
    s.start()
    backup = s.backup(COUNTY)
    s.do('schema', CITY, os.path.join(s.base, 'v2.json'))
    s.do('close', CITY)
    for _ in range(2): s.round()
    s.restore(COUNTY, backup, 500)
    s.send(COUNTY, TOWN)
    s.send(TOWN, COUNTY)                                           # the word that there is a set 2
    s.send(COUNTY, TOWN)                                           # which it lacks
    late = s.bundle(TOWN, COUNTY)
    s.schema_3()
    for _ in range(3):
        s.send(COUNTY, CITY)
        s.send(CITY, COUNTY)
    expect('schema 3' in s.do('heads', COUNTY), 'set 3 is not there')
    s.do('take', COUNTY, late)


@scenario
def an_office_that_lacks_a_set_gives_none_to_who_lacks_it(s):
    """it gave the one before, which had come from above, and the whole bundle was refused"""
    s.start()
    backup, other = s.backup(COUNTY), s.backup(TOWN)
    s.do('schema', CITY, os.path.join(s.base, 'v2.json'))
    s.do('close', CITY)
    for _ in range(2): s.round()
    s.restore(TOWN, other, 501)
    s.send(TOWN, COUNTY)
    s.send(COUNTY, TOWN)                                           # the word without the set
    s.restore(COUNTY, backup, 500)
    for _ in range(4):
        s.send(COUNTY, TOWN)
        s.send(TOWN, COUNTY)
    for _ in range(3): s.round()
    expect('schema 2' in s.do('heads', TOWN), 'set 2 did not come')


@scenario
def an_edit_by_a_statement_that_is_not_here_waits(s):
    """the state that it names was cut down to what is held, in which its office was not even enrolled, and was refused as forged"""
    backup = s.backup(COUNTY)
    s.do('right', COUNTY, TOWN, mh.KIND, 'f5', 'delegate')
    s.send(COUNTY, TOWN)
    s.add(TOWN, TOWN, f1=7, f2=7, f3=7)
    s.restore(COUNTY, backup, 500)
    outcome, _, _, why = s.send(TOWN, COUNTY)[TOWN]
    expect(outcome != 'taken' and 'names statement' in why, outcome, why)


@scenario
def a_list_that_a_merge_made_too_long_is_settled_item_by_item(s):
    """whoever took one item away was told that the list is too long"""
    r = s.start()
    s.put(TOWN, TOWN, r, f7='[1]')
    edit = s.put(TOWN, TOWN, r, f7='[1,2]')
    s.put(COUNTY, TOWN, r, f7='[3,300]')
    s.send(TOWN, COUNTY)
    s.do('revert', COUNTY, TOWN, edit)                             # three are left, of two that may be
    expect(s.send(COUNTY, CITY)[TOWN][2] == 0, 'corrected, without reason')


@scenario
def one_value_answers_all_that_waits_at_a_field(s):
    """two entries at one field were two conflicts to choose from, and no name told them apart"""
    r = s.start()
    s.put(COUNTY, TOWN, r, f5=1)
    s.put(CITY, TOWN, r, f5=2)
    s.put(TOWN, TOWN, r, f4=77)
    s.send(TOWN, COUNTY)
    s.send(CITY, COUNTY)
    s.do('resolve', COUNTY, TOWN, r, 0, 'value', 9)
    expect(s.news(COUNTY, TOWN)[-1][2][0].endswith(' -'), 'something still waits')


@scenario
def a_dispute_about_one_partition_s_epoch_stops_no_other(s):
    """two disks of a township had each opened an epoch 2, and the county could make no bundle for anybody any more"""
    r = s.start()
    audit = COUNTY + '.audit'
    s.dirs[audit] = os.path.join(s.folder, audit)
    s.do('office', audit, s.dirs[audit], 800)
    s.do('init', audit, audit, 0, 'audit', 0)
    s.do('grant', COUNTY, audit)
    s.do('revoke', COUNTY, audit)
    s.clone(TOWN, 'twin', 5)
    path = s.bundle(COUNTY, TOWN)
    for disk in (TOWN, 'twin'): s.do('take', disk, path)
    for disk, value in ((TOWN, 7), ('twin', 8)):
        s.bundle(disk, COUNTY)                                     # opens it
        s.put(disk, TOWN, r, f4=value)
    for disk in (TOWN, 'twin'): s.send(disk, COUNTY)
    s.add(COUNTY, COUNTY, f1=3, f2=3, f3=3)
    s.send(COUNTY, CITY)
    s.send(COUNTY, OTHER)
    expect(s.heads(CITY)[COUNTY] == s.heads(OTHER)[COUNTY] == s.heads(COUNTY)[COUNTY], 'the county stands still')


# ---------------------------------------------------------------- what is refused
@scenario
def a_set_that_is_none_is_refused_at_the_door(s):
    """it is no canonical value: the office below is not corrected, its delta is refused, and the rest of the night goes on"""
    r = s.start()
    s.put(TOWN, TOWN, r, f7='[1]')
    s.send(TOWN, COUNTY)
    for value in ('05', '920201', '920101', 'a161'):               # no array; descending; doubled; a text
        before = s.heads(COUNTY)
        s.clone(TOWN, 'bent' + value, 9)
        s.do('bend', 'bent' + value, TOWN, r, 7, value)
        outcome, _, _, why = s.send('bent' + value, COUNTY)[TOWN]
        expect(outcome == 'refused' and 'f' in why, value, outcome, why)
        expect(s.heads(COUNTY) == before, 'a head moved')


@scenario
def a_keyed_list_without_keys_is_refused_at_the_door(s):
    r = s.start()
    for value in ('91810105', '920506', '92810202810201'):         # without a key; no objects; descending
        before = s.heads(COUNTY)
        s.clone(TOWN, 'bent' + value, 9)
        s.do('bend', 'bent' + value, TOWN, r, 8, value)
        outcome, _, _, why = s.send('bent' + value, COUNTY)[TOWN]
        expect(outcome == 'refused', value, outcome, why)
        expect(s.heads(COUNTY) == before, 'a head moved')


# ---------------------------------------------------------------- what is written down
@scenario
def a_checkpoint_names_edits(s):
    """it named the head itself; a merge may be passed over, and the audit took that for an edit that was dropped"""
    r = s.start()
    a = s.put(TOWN, TOWN, r, f4=2)
    b = s.put(COUNTY, TOWN, r, f4=3)
    s.send(TOWN, COUNTY)
    s.bundle(COUNTY, CITY)
    partition = [x for x in s.do('heads', COUNTY)]
    expect(partition, 'no heads')
    texts = s.checkpoints(COUNTY)
    tips = sorted(x.split(' ')[1] for t in texts if 'head ' + s.heads(COUNTY)[TOWN] in t for x in t.splitlines() if x.startswith('tip '))
    expect(tips == sorted((a, b)), tips, (a, b))


def checkpoints(s, who):
    git = lambda *a: subprocess.run(['git', '-C', os.path.join(s.dirs[who], 'node.git'), *a], check=True, capture_output=True, text=True).stdout
    return [git('cat-file', 'blob', 'HEAD:' + name) for name in git('ls-tree', '-r', '--name-only', 'HEAD', 'checkpoints/partitions').split()]


Small.checkpoints = checkpoints


@scenario
def a_correction_says_nobody_s_name(s):
    """the key of a member, which may be a citizen id, stood in the commit's message for everybody to read"""
    r = s.start()
    s.put(TOWN, TOWN, r, f8='[{"who":200,"a":7}]')
    s.put(TOWN, TOWN, r, 'force', f3='', f8='[{"who":200,"a":8}]')
    s.send(TOWN, COUNTY)
    words = [x for _, ws, _ in s.news(COUNTY, TOWN) for x in ws]
    expect(len(words) == 1 and words[0].endswith(' 3'), words)


def main():
    offices, wanted, failed = Offices(sys.argv[1]), sys.argv[2:], 0
    with tempfile.TemporaryDirectory(prefix='tiersync-flow-', dir=scratch()) as folder:
        base = os.path.join(folder, 'base')
        build(offices, base)
        for run in SCENARIOS:
            if wanted and run.__name__ not in wanted: continue
            with tempfile.TemporaryDirectory(dir=folder) as inside:
                try:
                    run(Small(offices, base, inside))
                    print('ok      ' + run.__name__)
                except Wrong as wrong:
                    failed += 1
                    print('FAILED  %s: %s' % (run.__name__, wrong))
    offices.end()
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
