"""A year of nights in one process: 1 city, 2 counties, 6 townships with real stores, and all that can go wrong between them.

What the offices do follows from the seed alone (run). What must come of it is the model's business (ledger.py, ../oracle/merge_spec.py), which
shares no code with the program: each tree of each commit is compared byte by byte with the one that follows from the edits; each value
written lawfully must stand, be superseded by a write that knew it, or be named in an entry; no published head of a superior may show what was
written without right; and once nothing goes wrong any more, a few rounds must leave all heads equal and every audit clean."""
import json
import os
import random
import shutil
import subprocess

from acts import Acts
from ledger import CITY, COUNTY, TOWN, Ledger, Wrong, epoch_of, kind_file, mh, ms
from mishaps import Mishaps
from wires import Wires

CITY_CODE = '430300000000'
COUNTIES = ('430321000000', '430381000000')
TOWNS = {c: [c[:6] + '10%d000' % i for i in (0, 1, 2)] for c in COUNTIES}
DAY = 86400
BEGIN = 1500000000


class Offices:
    """the program that has all the stores"""

    def __init__(self, program, log=None, env=None):
        self.log, self.said = log, None
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=os.environ | (env or {}))

    def begin(self, folder):
        """from now on all that is asked and answered is remembered, without this folder's name"""
        self.folder, self.said = folder, []

    def hear(self, line, status, lines):
        if self.said is not None: self.said.append('\n'.join((line, status, *lines)).replace(self.folder, 'FOLDER'))

    def ask(self, *words):
        """(ok | crashed | an error's code, lines of the answer, text of the error)"""
        line = '\t'.join(map(str, words))
        if self.log: print('> ' + line.replace('\t', ' '), file=self.log, flush=True)
        self.process.stdin.write(line + '\n')
        self.process.stdin.flush()
        lines = []
        while True:
            got = self.process.stdout.readline()
            if not got: raise Wrong('the program ended with %s at: %s' % (self.process.wait(), line))
            got = got.rstrip('\n')
            word = got.split(' ', 2)
            if word[0] in ('ok', 'crashed', 'error') and (word[0] == 'error' or len(word) == 1):
                if self.log: print('  ' + got, file=self.log, flush=True)
                self.hear(line, got if word[0] != 'error' else word[1], lines)
                return (word[1], lines, word[2] if len(word) > 2 else '') if word[0] == 'error' else (word[0], lines, '')
            lines.append(got)
            if self.log and word[0] not in ('row', 'salt'): print('  ' + got, file=self.log, flush=True)

    def must(self, *words):
        status, lines, why = self.ask(*words)
        if status != 'ok': raise Wrong('%s: %s %s' % (' '.join(map(str, words)), status, why))
        return lines

    def end(self):
        self.process.stdin.close()
        return self.process.wait()


class Store:
    """One disk. Two disks may be one office."""

    def __init__(self, name, code, level, folder):
        self.name, self.code, self.level, self.folder = name, code, level, folder
        self.heads, self.waiting, self.backup, self.clock, self.schema = {}, {}, None, 0, 0
        self.keys = 0


def superior(code):
    if code == CITY_CODE: return None
    return CITY_CODE if code in COUNTIES else code[:6] + '000000'


def is_above(a, b):
    while b is not None:
        b = superior(b)
        if a == b: return True
    return False


def build(offices, folder):
    """the stores as they are before anything is written, made once for all seeds"""
    os.makedirs(folder)
    for version in (1, 2):
        with open(os.path.join(folder, 'v%d.json' % version), 'w') as f: f.write(json.dumps(kind_file(version)))
    offices.must('forget')
    offices.must('time', BEGIN)
    everyone = [(CITY_CODE, CITY)] + [(c, COUNTY) for c in COUNTIES] + [(t, TOWN) for c in COUNTIES for t in TOWNS[c]]
    for i, (code, level) in enumerate(everyone):
        offices.must('office', code, os.path.join(folder, code), 1000 + i)
        offices.must('init', code, code, level, 'N' + code[:9], int(level == CITY))
        if level == CITY: offices.must('schema', code, os.path.join(folder, 'v1.json'))
        else: offices.must('enrol', superior(code), code, 0)
        offices.must('close', code)
    return everyone


class Simulation(Acts, Wires, Mishaps):
    def __init__(self, offices, base, folder, seed, counts):
        self.offices, self.folder, self.counts, self.rng, self.seed = offices, folder, counts, random.Random(seed), seed
        self.base, self.ledgers, self.stores, self.night, self.nights = base, {}, [], 0, self.rng.choice((3, 4, 5))
        self.edits, self.contended, self.written, self.mail, self.letters = 0, 0, {}, [], 0
        self.acked, self.fresh_seed, self.arrived, self.numbers = {}, seed * 1000003, {}, {}
        offices.must('forget')
        for code, level in self.everyone():
            shutil.copytree(os.path.join(base, code), os.path.join(folder, code))
            self.add_store(code, code, level, os.path.join(folder, code))
            self.ledgers[code] = Ledger(code)
        self.set_time()
        for store in self.stores: self.refresh(store)
        self.plan()

    @staticmethod
    def everyone():
        return [(CITY_CODE, CITY)] + [(c, COUNTY) for c in COUNTIES] + [(t, TOWN) for c in COUNTIES for t in TOWNS[c]]

    def count(self, word, n=1):
        self.counts[word] = self.counts.get(word, 0) + n

    def draw(self):
        self.fresh_seed += 7919
        return self.fresh_seed * 2654435761 % (1 << 62)

    def add_store(self, name, code, level, folder):
        store = Store(name, code, level, folder)
        self.stores.append(store)
        self.offices.must('office', name, folder, self.draw())
        return store

    def reseed(self, store):
        """a process that died takes its randomness with it"""
        self.offices.must('office', store.name, store.folder, self.draw())
        self.offices.must('clock', store.name, store.clock)

    def set_time(self):
        self.offices.must('time', BEGIN + (self.night + 1) * DAY + self.rng.randrange(DAY // 2))

    def of(self, code):
        return [s for s in self.stores if s.code == code]

    # --- what the stores hold
    def refresh(self, store):
        """read all heads; learn what is new"""
        heads, store.waiting = {}, {}
        for line in self.offices.must('heads', store.name):
            word, owner, *rest = line.split(' ')
            if word == 'schema': store.schema = int(owner)
            elif word == 'journal': self.count('told by the journal', int(rest[0]))
            elif word == 'head': heads[owner] = None if rest[0] == '-' else rest[0]
            else: store.waiting.setdefault(owner, []).append(rest[1])
        for owner, head in heads.items():
            if head != store.heads.get(owner) and head not in self.ledgers[owner].commits: self.learn_news(store, owner)
            store.heads[owner] = head
            self.look_at_head(store, owner)

    def learn_head(self, store, owner, intended):
        """the head moved by what was intended"""
        for line in self.offices.must('heads', store.name):
            word, of, *rest = line.split(' ')
            if word == 'head' and of == owner and rest[0] != store.heads[owner]:
                store.heads[owner] = rest[0]
                self.learn_news(store, owner, intended)

    def head(self, store, owner):
        head = store.heads.get(owner)
        return self.ledgers[owner].commits[head] if head else None

    def look_at_head(self, store, owner):
        """no head of a superior shows what is known to be unlawful"""
        w, head = self.ledgers[owner], self.head(store, owner)
        if head is None: return
        judged = [(e, p) for e, p in w.lawless.items() if w.by_id[e].level < store.level]
        judged += [(e, p) for e, (judge, p) in w.withdrawn.items() if judge == store.code]
        for e, p in judged:
            if not head.mask >> w.by_id[e].bit & 1: continue
            for t in ((e, *q) for q in p):
                if t not in w.voids(head.mask) and not self.is_pardoned(w, head, t, store.level):
                    raise Wrong('%s shows in %s what %s had no right to write: %s' % (store.name, owner, w.by_id[e].node, t))

    @staticmethod
    def is_pardoned(w, head, t, level):
        """somebody of this level or a higher one took the correction back"""
        return any(c.level >= level and c.marks.get(t) == 'restore' for c in w.pick(head.mask & w.correctors))

    def learn_news(self, store, owner, intended=None):
        """every commit that no store has shown before, parents first; an edit must be the one that was asked for (a list: the next one)"""
        intended = list(intended) if isinstance(intended, list) else [intended] if intended else []
        w, groups = self.ledgers[owner], []
        for line in self.offices.must('news', store.name, owner):
            word, rest = line.split(' ', 1)
            if word == 'commit': groups.append((rest.split(' '), [], []))
            elif word == 'salt': w.salts[rest.split(' ')[0]] = bytes.fromhex(rest.split(' ')[1])
            else: groups[-1][1 if word == 'word' else 2].append(rest)
        for (cid, a, b, level, node, schema, number, digest, tree), words, rows in groups:
            parents = [w.commits[p] for p in (a, b) if p != '-']
            if len(parents) == 2:
                c = w.learn_merge(cid, *parents)
                self.count('merge')
                self.look_at_shape(w, c, *parents)
            else:
                parent, schema, epoch = parents[0] if parents else None, int(schema), epoch_of(number, digest)
                writes, marks = {}, {}
                if words: marks = w.marks_of(words)
                elif parent:
                    if not intended: raise Wrong('%s: an edit that nobody made: %s by %s' % (owner, cid, node))
                    writes = intended.pop(0)(w, parent, rows, schema)
                c = w.learn(cid, node, int(level), parent, writes, marks, schema, epoch)
                if words: self.look_at_words(w, c)
            w.compare(c, rows)
            if w.trees.setdefault(c.mask, tree) != tree: raise Wrong('%s: two trees of one set of edits: %s' % (owner, cid))
            self.look_at_entries(w, c)

    def look_at_words(self, w, c):
        self.count('correction')
        for (e, r, p), word in c.edit.marks.items():
            if word == 'void' and (r, p) not in w.lawless.get(e, ()) and (r, p) not in w.doubtful.get(e, ()) and not c.edit.node.startswith('!'):
                raise Wrong('%s: %s voids what was written with right: %s %s %s' % (w.owner, c.edit.node, e, r, p))
        if 'restore' in c.edit.marks.values(): self.count('restored')
        if any(mh.path_type(p) > 1 for _, _, p in c.edit.marks if p[0] != 'drop'): self.count('correction of an element or member')

    def look_at_shape(self, w, c, a, b):
        if not a.edit and not b.edit: self.count('shape criss-cross')
        if a.meta[1] != b.meta[1]: self.count('shape two epochs')
        if a.meta[0] != b.meta[0]: self.count('shape two schema versions')

    def look_at_entries(self, w, c):
        for row in c.tree.values():
            for x in row.entries:
                self.count('entry ' + x.kind)
                if x.more: self.count('shape over 16 writes')
                if x.kind in ('value', 'removed') and c.parents[1:] and len(w.edits) - min(w.by_id[n].bit for n in x.names) > 1000: self.count('shape an entry older than 1,000 commits')

    # --- a whole run
    def run(self):
        while self.night < self.nights or self.edits < 200:
            self.night += 1
            self.set_time()
            self.written = {}
            self.mishaps()
            self.day()
            self.exchange()
            self.contended += sum(len(who) for who in self.written.values() if len(set(who)) > 1)
        self.heal()
        self.finish()

    def heal(self):
        """nothing goes wrong any more: a few rounds, and all is one"""
        self.calm = True
        for letter in self.mail: self.deliver(letter)
        self.mail = []
        for rounds in range(1, 13):
            self.night += 1
            self.set_time()
            self.clean_round()
            if self.is_one(): break
        else: raise Wrong('after %d clean rounds the heads differ: %s' % (rounds, self.differences()))
        self.count('clean rounds', rounds)

    def differences(self):
        """for each partition whose heads differ: per store its head, and which edits it lacks of all that the others hold"""
        out = []
        for owner, w in self.ledgers.items():
            heads = {s.name: self.head(s, owner) for s in self.holders(owner)}
            if len({h and h.id for h in heads.values()}) == 1: continue
            union = 0
            for h in heads.values(): union |= h.mask if h else 0
            for name, h in heads.items():
                lacks = ['%s by %s' % (e.id[:8], e.node) for e in w.pick(union & ~(h.mask if h else 0))]
                out.append('%s at %s: %s lacks %d %s' % (owner, name, h and h.id[:8], len(lacks), lacks[:4]))
        return '\n  ' + '\n  '.join(out)

    def holders(self, owner):
        return [s for s in self.stores if s.code == owner or is_above(s.code, owner) or is_above(owner, s.code)]

    def is_one(self):
        for owner in self.ledgers:
            if len({s.heads.get(owner) for s in self.holders(owner)}) > 1: return False
        return True

    def is_uncorrected(self, line):
        """an edit without right of which no superior has heard yet: its own office's audit says so"""
        commit = self.commit_of(line)
        return any(commit in known for w in self.ledgers.values() for known in (w.lawless, w.withdrawn, w.doubtful))

    @staticmethod
    def commit_of(line):
        words = line.split(' ')
        return words[2].rstrip(':') if words[1] == 'commit' else None

    def is_taken_before(self, line):
        """written with right, taken, and then the right was withdrawn at once: `hard yes` says nothing of what had been taken"""
        commit = self.commit_of(line)
        return any(w.doubtful.get(commit) and self.delegated.get(w.by_id[commit].node) in ('hard', 'hard?') for w in self.ledgers.values())

    def audit(self, store):
        """nothing is wrong but that a disk was copied or went back, of which its two histories are the evidence"""
        status, lines, why = self.offices.ask('audit', store.name)
        wrong = [x for x in lines if x.startswith('wrong ')]
        wrong = [x for x in wrong if not self.is_taken_before(x)]
        if not self.calm: wrong = [x for x in wrong if not self.is_uncorrected(x)]
        evidence = [x for x in wrong if x.startswith('wrong checkpoints/from/') and x.split('/')[2] in self.disturbed]
        if len(evidence) < len(wrong) or lines[-1].split(' ')[3] != '0' or (status != 'ok' and not [x for x in lines if x.startswith('wrong ')]):
            raise Wrong('audit of %s: %s %s\n  %s' % (store.name, status, why, '\n  '.join(lines)))
        if evidence: self.count('evidence of two histories')
        self.count('audit')

    def finish(self):
        for owner, w in self.ledgers.items():
            head = self.head(self.of(owner)[0], owner)
            if head is None: continue
            w.check_all(head)
            for e in self.acked.get(owner, ()):
                if not head.mask >> w.by_id[e].bit & 1: raise Wrong('%s: the acknowledged edit %s is lost' % (owner, e))
        for store in self.stores:
            if store.level == CITY or self.rng.random() < .25: self.audit(store)
        if self.edits < 200: raise Wrong('only %d edits' % self.edits)
        if self.contended * 3 < self.edits: raise Wrong('only %d of %d edits are on a field that another office wrote that night' % (self.contended, self.edits))
        self.count('edits', self.edits)
        self.count('contended edits', self.contended)


def scratch():
    """memory if there is some: a store syncs every write"""
    return os.environ.get('TMPDIR') or ('/dev/shm' if os.path.isdir('/dev/shm') and os.access('/dev/shm', os.W_OK) else None)
