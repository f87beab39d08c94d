"""What people at the offices do in one day of the simulation: every kind of edit, by right and without it."""
import json

from ledger import CITY, COUNTY, DECISION, MOST, TOWN, Wrong, mh, ms

SCALARS = ((3,), (4,), (5,), (6,))
ELEMENTS, MEMBERS = (1, 2, 3, 300), (1, 2, 200)
MEMBER_FIELDS = {1: 'a', 3: 'b'}
SEAMS = ('before-salts', 'after-salts', 'before-pack', 'after-pack', 'before-ref', 'after-ref', 'before-node', 'after-node', 'before-compact')
NEW = 'new'


def cell(path, v):
    """a scalar as it is typed"""
    return '' if v is None else 's%d' % v if path == (6,) else str(v)


def typed(values, writes):
    """writes to a record as FIELD=VALUE words: a set or a list is typed as a whole"""
    after = dict(values)
    for p, v in writes.items():
        if v is None:
            for q in [q for q in after if q[:len(p) if mh.path_type(p) != 3 else 2] == (p if mh.path_type(p) != 3 else p[:2])]: del after[q]
        else: after[p] = True if ms.is_existence(p) else v
    words = []
    for f in sorted({p[0] for p in writes if p != ('x',)}):
        if f == 7: text = json.dumps([p[1] for p in after if p[0] == 7])
        elif f == 8: text = json.dumps([{'who': p[1]} | {MEMBER_FIELDS[q[2]]: u for q, u in after.items() if q[:2] == p[:2] and q[2:] != ('x',)}
                                        for p in after if p[0] == 8 and p[2] == 'x'])
        else: text = cell((f,), after.get((f,)))
        words.append('f%d=%s' % (f, '' if text == '[]' else text))
    return words


class Acts:
    """Part of a Simulation."""

    calm = False

    def plan(self):
        """what this seed is like"""
        rng = self.rng
        owners = [s.code for s in self.stores if s.level == TOWN]
        self.hot_owners = rng.sample(owners, rng.choice((2, 3))) + rng.sample([s.code for s in self.stores if s.level == COUNTY], 1)
        self.crash_rate, self.schema_night = rng.choice((0, .02, .05)), None
        self.lawless_rate = rng.choice((0, .02, .05))
        self.plan_mishaps()

    # --- one edit, told to the program and to the model
    def schema_of(self, store):
        return store.schema

    def ask_desk(self, store, *words):
        """a command at a desk, which may be its last one"""
        crash = ()
        if not self.calm and self.rng.random() < self.crash_rate:
            crash = ('crash', self.rng.choice(SEAMS), self.rng.choice((1, 1, 2, 3)))
        answer = self.offices.ask(*crash, *words)
        if crash: self.reseed(store)
        if answer[0] == 'crashed': self.count('crash ' + crash[1])
        return answer

    def edit(self, store, owner, command, intended, expected=None):
        """intended(ledger, parent, rows, schema) -> writes by record. expected: the error that the desk must give"""
        w, before = self.ledgers[owner], store.heads[owner]
        status, lines, why = self.ask_desk(store, *command)
        if status == 'RIGHT' and 'no key of epoch' in why and store.code in self.disturbed:
            self.count('waits for a key')                          # it went back to before that epoch: the next bundle brings the key
            return None
        if expected == 'RIGHT?': expected = status if status == 'RIGHT' else None
        if status not in ('ok', 'crashed') and status != expected:
            raise Wrong('%s: %s, expected %s: %s\n  %s' % (store.name, status, expected or 'ok', why, ' '.join(map(str, command))))
        if status == 'ok' and expected: raise Wrong('%s: done, expected %s\n  %s' % (store.name, expected, ' '.join(map(str, command))))
        if status == 'ok':
            fields = lines[-1].split(' ')
            if fields[3] == '0': return None
            store.heads[owner] = fields[1]
            self.learn_news(store, owner, intended)
        elif status == 'crashed':
            self.learn_head(store, owner, intended)
        if store.heads[owner] == before: return None
        c = w.commits[store.heads[owner]]
        self.acked.setdefault(owner, set()).add(c.id)
        self.edits += 1
        if store.level == TOWN and store.code in self.delegated:
            w.doubtful[c.id] = {(r, p) for r, ps in c.edit.writes.items() for p in ps if p == DECISION}
            if w.doubtful[c.id]: self.count('written by delegation')
            if self.delegated[store.code] == 'hard' and w.doubtful[c.id]: self.withdraw(w, c)
        for r, ps in c.edit.writes.items():
            for p in ps: self.written.setdefault((owner, r, p), []).append(store.code)
        self.look_at_head(store, owner)
        return c

    def exactly(self, writes):
        """the writes that were meant; what is new has the id that the store gave it"""
        def intended(w, parent, rows, schema):
            out = {}
            for r, ps in writes.items():
                if not isinstance(r, tuple): out[r] = ps; continue
                content = ms.Content(ms.freeze({p: True if ms.is_existence(p) else v for p, v in ps.items() if p != ('x',)}), schema, 0)
                record = mh.record_bytes(content).hexdigest() if False else mh.record_bytes(content).hex()
                ids = [x.split(' ')[0] for x in rows if x.split(' ')[3] == record and x.split(' ')[0] not in parent.tree and x.split(' ')[0] not in out]
                if not ids: raise Wrong('the record that was added is not in the tree: %s' % ps)
                out[ids[0]] = ps
            return out
        return intended

    # --- who does what
    def writable(self, store):
        return [o for o in store.heads if store.heads[o] and (o == store.code or self.is_above(store.code, o))]

    @staticmethod
    def is_above(a, b):
        from simulate import is_above
        return is_above(a, b)

    def day(self):
        for owner in self.hot_owners: self.contend(owner)
        for _ in range(self.rng.choice((16, 20, 24))):
            self.act(self.rng.choice(self.stores))

    def pick_owner(self, store):
        owners = self.writable(store)
        hot = [o for o in owners if o in self.hot_owners]
        return self.rng.choice(hot if hot and self.rng.random() < .8 else owners) if owners else None

    def act(self, store):
        owner = self.pick_owner(store)
        if owner is None: return
        if self.rng.random() < .01: self.offices.must('gc', store.name); self.count('gc')
        acts = ((self.change, 8), (self.add, 1.5), (self.remove, .7), (self.resolve, 4), (self.revert, 1.5), (self.undo_removal, 1), (self.bring, 1), (self.break_in, self.lawless_rate * 20))
        act = self.rng.choices([a for a, _ in acts], [n for _, n in acts])[0]
        act(store, owner)

    def contend(self, owner):
        """several offices write the same registers, apart from each other"""
        w = self.ledgers[owner]
        writers = [s for s in self.stores if owner in self.writable(s)]
        if len(writers) < 2: return
        shared = [r for r in w.records if all(self.values(s, owner, r) is not None for s in writers)]
        if not shared: return self.add(self.rng.choice(writers), owner)
        for _ in range(self.rng.choice((4, 5))):
            r = self.rng.choice(shared)
            fields = [(3,), (4,), (6,), (7, self.rng.choice(ELEMENTS)), (8, self.rng.choice(MEMBERS), self.rng.choice((1, 3, 'x')))] + ([(5,)] if len(writers) > 2 else [])
            p = self.rng.choice(fields)
            for s in self.rng.sample(writers, len(writers)):
                if p == DECISION and s.level == TOWN and s.code not in self.delegated: p2 = (4,)
                else: p2 = p
                self.write(s, owner, r, self.writes_to(s, owner, r, p2))

    def may_decide(self, store):
        """a township: only by delegation; None: the word may or may not have come"""
        return None if store.code in self.delegated else False

    def values(self, store, owner, r):
        """of a record as this store has it; None: it is not there"""
        head = self.head(store, owner)
        row = head and head.tree.get(r)
        return dict(row.content.values) if row and row.content else None

    def value(self, p):
        if p[0] in (1, 2): return self.rng.choice((1, 2, 3))
        if p[0] == 6: return self.rng.randrange(5)
        return self.rng.choice((0, 1, 7, 130, 300, 70000, -1, -40, -300, self.rng.randrange(1000)))

    def writes_to(self, store, owner, r, p):
        c = self.values(store, owner, r)
        if c is None: return {}
        if p[0] == 7: return {p: None if p in c else True}
        if p[0] == 8:
            m = p[:2]
            if m + ('x',) not in c: return {m + ('x',): 'add'} | {m + (g,): self.value(m) for g in (1, 3) if self.rng.random() < .6}
            return {m + ('x',): None} if p[2] == 'x' else {p: self.rng.choice((None, self.value(m), self.value(m)))}
        return {p: None if p != (3,) and self.rng.random() < .1 else self.value(p)}

    def write(self, store, owner, r, writes, command='set'):
        """set: the differences alone are written"""
        head, w = self.head(store, owner), self.ledgers[owner]
        values = self.values(store, owner, r)
        if values is None or not writes: return None
        writes = ms.changes(head, r, writes)
        expected = w.fault(store.code, store.level, head, {r: writes}, self.schema_of(store), self.may_decide(store)) if writes and command == 'set' else None
        if command == 'set' and any(f in {p[0] for p in writes} and len({p[1] for p in self.after(values, writes) if p[0] == f}) > MOST[max(self.schema_of(store), head.meta[0])] for f in (7, 8)):
            expected = 'RULE'                                      # a list that is typed anew is short enough
        if expected: self.count('refused at the desk ' + expected)
        if command == 'pile': return self.edit(store, owner, (command, store.name, owner, r, 7, *[p[1] for p in writes]), self.exactly({r: writes}))
        return self.edit(store, owner, (command, store.name, owner, r, *typed(values, writes or {(4,): values.get((4,))})), self.exactly({r: writes}), expected)

    @staticmethod
    def after(values, writes):
        out = dict(values)
        for p, v in writes.items():
            for q in [q for q in out if q[:len(p)] == p or (mh.path_type(p) == 3 and q[:2] == p[:2])] if v is None else (): del out[q]
            if v is not None: out[p] = v
        return out

    def change(self, store, owner):
        w, head = self.ledgers[owner], self.head(store, owner)
        live = w.live(head)
        if not live: return self.add(store, owner)
        r, writes = self.rng.choice(live), {}
        for _ in range(self.rng.choice((1, 1, 2, 3))):
            p = self.rng.choice(((3,), (4,), (5,), (6,), (1,), (7, self.rng.choice(ELEMENTS)), (8, self.rng.choice(MEMBERS), self.rng.choice((1, 3, 'x')))))
            if p == DECISION and store.level == TOWN and store.code not in self.delegated and self.rng.random() < .9: p = (4,)
            more = self.writes_to(store, owner, r, p)
            if not any(q[:2] == p[:2] for q in writes): writes |= more
        return self.write(store, owner, r, writes)

    def new_values(self, store, key=None):
        writes = {('x',): 'add', (1,): self.value((1,)), (2,): self.rng.randrange(40) if key is None else key, (3,): self.value((3,))}
        for p in ((4,), (6,)) + (((5,),) if store.level != TOWN else ()):
            if self.rng.random() < .7: writes[p] = self.value(p)
        for e in self.rng.sample(ELEMENTS, 2):
            if self.rng.random() < .4: writes[(7, e)] = True
        for m in self.rng.sample(MEMBERS, 2):
            if self.rng.random() < .4: writes |= {(8, m, 'x'): 'add'} | {(8, m, g): self.value((8, m)) for g in (1, 3) if self.rng.random() < .6}
        return writes

    def add(self, store, owner):
        w, head = self.ledgers[owner], self.head(store, owner)
        writes = self.new_values(store, 1 if self.rng.random() < .3 else None)
        expected = 'EXISTS' if w.key_taken(head, writes) else None
        return self.edit(store, owner, ('add', store.name, owner, mh.KIND, *typed({}, writes)), self.exactly({(NEW,): writes}), expected)

    def remove(self, store, owner):
        live = self.ledgers[owner].live(self.head(store, owner))
        if len(live) < 2: return None
        r = self.rng.choice(live)
        self.count('removal')
        return self.edit(store, owner, ('remove', store.name, owner, r), self.exactly({r: {('x',): None}}))

    def undo_removal(self, store, owner):
        """a removed record comes back as it was"""
        w, head = self.ledgers[owner], self.head(store, owner)
        gone = [e for e in w.pick(head.mask) if any(ps.get(('x',), 0) is None and r not in w.live(head) for r, ps in e.writes.items())]
        if not gone: return self.remove(store, owner) if self.rng.random() < .3 else None
        c = self.revert(store, owner, self.rng.choice(gone))
        if c: self.count('removal undone')
        return c

    def revert(self, store, owner, e=None):
        w, head = self.ledgers[owner], self.head(store, owner)
        edits = [e for e in w.pick(head.mask) if e.parent]
        if not edits: return None
        words = [e for e in edits if e.marks and e.level <= store.level]
        e = e or self.rng.choice(words if words and self.rng.random() < .4 else edits[-8:])
        writes, marks = ms.revert(w, head, e)
        if marks and max(w.by_id[i].level for i, _, _ in marks) >= store.level: return None
        expected = None
        if e.marks and e.level > store.level: expected = 'RIGHT'
        elif writes: expected = w.fault(store.code, store.level, head, writes, self.schema_of(store), self.may_decide(store))
        c = self.edit(store, owner, ('revert', store.name, owner, e.id), self.exactly(writes), expected)
        if c: self.count('reverted')
        return c

    def resolve(self, store, owner):
        w, head = self.ledgers[owner], self.head(store, owner)
        waiting = [(r, i, x) for r in sorted(head.tree) for i, x in enumerate(mh.entries_sorted(head.tree[r]))]
        if not waiting: return self.change(store, owner)
        kind = self.rng.choice(sorted({x.kind for _, _, x in waiting}))
        r, i, x = self.rng.choice([k for k in waiting if k[2].kind == kind])
        form, arg, text = self.form_for(w, head, r, x)
        if form is None: return None
        writes = ms.resolve(w, head, r, x, form, arg)
        expected = w.fault(store.code, store.level, head, writes, self.schema_of(store), self.may_decide(store))
        c = self.edit(store, owner, ('resolve', store.name, owner, r, i, form, text), self.exactly({q: ps for q, ps in writes.items() if ps}), expected)
        if c: self.count('resolve ' + form)
        return c

    def form_for(self, w, head, r, x):
        rng = self.rng
        if x.kind in ('value', 'state'):
            if rng.random() < .6 or mh.path_type(x.path) in (2, 5):
                arg = rng.choice(x.names)
                return 'take', arg, arg
            v = rng.choice((self.value(x.path), self.value(x.path), None if x.path != (3,) else 1))
            return 'value', v, cell(x.path, v)
        if x.kind == 'stale-decision':
            if rng.random() < .5: return 'confirm', None, '-'
            v = self.value(x.path)
            return 'value', v, cell(x.path, v)
        if x.kind == 'twin':
            if rng.random() < .5: return 'both', None, '-'
            arg = rng.choice(x.names)
            return 'same-as', arg, arg
        return {'removed': rng.choice(('kept', 'removed')), 'rule': 'accept', 'refused': 'drop'}[x.kind], None, '-'

    def bring(self, store, owner):
        """import: several records in one edit, matched by their key"""
        w, head = self.ledgers[owner], self.head(store, owner)
        rows, writes, keys = [], {}, set()
        for n in range(self.rng.choice((2, 3, 4))):
            live = [r for r in w.live(head) if ms.sight(head.tree[r])[0] is not None]
            row, ps = {}, None
            if live and self.rng.random() < .6:
                r = self.rng.choice(live)
                key = ms.sight(head.tree[r])[0]
                if sum(ms.sight(head.tree[q])[0] == key for q in live) > 1 or key in keys: continue
                ps = ms.changes(head, r, {(3,): self.value((3,)), (4,): self.value((4,))})
                row = {'f1': key[0], 'f2': key[1]} | {'f%d' % p[0]: v for p, v in ps.items()}
            else:
                r, ps = (NEW, n), {('x',): 'add', (1,): self.value((1,)), (2,): 100 + self.rng.randrange(100), (3,): self.value((3,))}
                key = (ps[(1,)], ps[(2,)])
                if key in keys or w.key_taken(head, ps): continue
                row = {'f%d' % p[0]: v for p, v in ps.items() if p != ('x',)}
            keys.add(key)
            rows.append(json.dumps(row))
            if ps: writes[r] = ps
        if not rows: return None
        path = self.letter('rows.jsonl')
        with open(path, 'w') as f: f.write('\n'.join(rows) + '\n')
        c = self.edit(store, owner, ('import', store.name, owner, mh.KIND, path, 0), self.exactly(writes))
        if c: self.count('import')
        return c

    def break_in(self, store, owner):
        """an office writes what its program would not let it write"""
        w, head = self.ledgers[owner], self.head(store, owner)
        live = w.live(head)
        if store.level == CITY or not live: return None
        r = self.rng.choice(live)
        how = self.rng.choice(('right', 'rule', 'both', 'items'))
        writes, bad = {}, set()
        values = self.values(store, owner, r)
        if how == 'items' and ms.RULES['items:f7'](values, max(self.schema_of(store), head.meta[0])):
            writes = {(7, e): True for e in ELEMENTS if (7, e) not in values}
            bad = set(writes)
        if how == 'items': return self.break_with(store, owner, r, writes, bad, how)
        if how != 'rule' and store.level == TOWN and store.code not in self.delegated: writes[DECISION] = self.value(DECISION); bad.add(DECISION)
        if how != 'right' and (3,) in self.values(store, owner, r): writes[(3,)] = None; bad.add((3,))
        if self.rng.random() < .5: writes[(4,)] = self.value((4,))
        return self.break_with(store, owner, r, writes, bad, how)

    def break_with(self, store, owner, r, writes, bad, how):
        w, writes = self.ledgers[owner], ms.changes(self.head(store, owner), r, writes)
        bad &= set(writes)
        if not bad: return None
        c = self.write(store, owner, r, writes, 'pile' if how == 'items' else 'force')
        if c:
            w.lawless[c.id] = {(r, p) for p in bad}
            self.count('lawless ' + how)
        return c
