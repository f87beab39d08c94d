"""What befalls the offices: clocks that are wrong, disks restored or cloned, keys changed, rights given and taken, a new schema set."""
import os
import shutil

from ledger import CITY, COUNTY, DECISION, TOWN, Wrong, mh, ms

YEARS = 10 * 365 * 86400


class Mishaps:
    """Part of a Simulation."""

    def plan_mishaps(self):
        rng, self.delegated, self.direct_rate = self.rng, {}, 0
        self.disturbed, self.granted, self.cloned, self.revoked = set(), set(), set(), set()
        towns = [s for s in self.stores if s.level == TOWN]
        self.agenda = {}
        at = lambda night, what, *args: self.agenda.setdefault(night, []).append((what, args))
        if rng.random() < .5: self.direct_rate = rng.choice((.05, .2))
        if rng.random() < .5:
            for s in rng.sample(self.stores, 3): at(1, self.set_clock, s)
        if rng.random() < .5: at(rng.randrange(2, 4), self.new_schema)
        for _ in range(rng.choice((0, 1, 2))): at(rng.randrange(2, 5), self.rotate, rng.choice(self.stores))
        if rng.random() < .5:
            s = rng.choice(towns)
            night = rng.randrange(1, 3)
            at(night, self.delegate, s)
            if rng.random() < .7: at(night + rng.choice((1, 2)), self.take_back, s, rng.choice(('withdraw', 'hard')))
        if rng.random() < .5:
            s, night = rng.choice(self.stores), rng.randrange(1, 3)
            at(night, self.make_backup, s)
            at(night + rng.choice((1, 2)), self.restore, s)
        if rng.random() < .25: at(rng.randrange(2, 4), self.copy_disk, rng.choice(towns))
        hot = [s for s in towns if s.code in self.hot_owners]
        if self.seed % 20 == 3: at(3, self.fan, rng.choice(hot))
        if self.seed % 40 == 7: at(3, self.drift, hot)
        if rng.random() < .5:
            s, night = rng.choice([s for s in self.stores if s.level > TOWN]), rng.randrange(1, 3)
            at(night, self.grant, s)
            at(night + rng.choice((1, 2)), self.revoke, s)

    def mishaps(self):
        for what, args in self.agenda.pop(self.night, ()): what(*args)

    def has_forgotten(self, store):
        """an issuer that went back may have signed a statement of this number: two with one number, and a person must settle it"""
        return store.code in self.disturbed

    # --- clocks
    def set_clock(self, store):
        store.clock = self.rng.choice((-YEARS, YEARS))
        self.offices.must('clock', store.name, store.clock)
        self.count('clock ten years off')

    # --- words of the roster
    def new_schema(self):
        if self.has_forgotten(self.of('430300000000')[0]): return
        self.offices.must('schema', self.of('430300000000')[0].name, os.path.join(self.base, 'v2.json'))
        self.offices.must('close', self.of('430300000000')[0].name)
        self.refresh(self.of('430300000000')[0])
        self.count('new schema set')

    def rotate(self, store):
        if self.has_forgotten(store): return
        status, _, why = self.ask_desk(store, 'rotate', store.name)
        if status not in ('ok', 'crashed'): raise Wrong('%s cannot change its keys: %s %s' % (store.name, status, why))
        store.keys += 1
        self.refresh(store)
        self.count('keys changed')

    def grant(self, store):
        """an auditor may read; it never asks for anything"""
        if self.has_forgotten(store): return
        name = store.code + '.audit'
        self.offices.must('office', name, os.path.join(self.folder, name), self.draw())
        self.offices.must('init', name, name, 0, 'A' + store.code[:9], 0)
        self.offices.must('grant', store.name, name)
        self.granted.add(store.code)
        self.count('auditor granted')

    def revoke(self, store):
        """the auditor's key is revoked: what is written from now on is closed to it, by a new epoch of each partition that it read"""
        if self.has_forgotten(store) or store.code not in self.granted or any(self.is_within(c, store.code) for c in self.cloned): return
        self.offices.must('revoke', store.name, store.code + '.audit')
        self.revoked.add(store.code)
        self.count('auditor revoked')

    def delegate(self, store):
        county = self.of(self.superior(store.code))[0]
        if self.has_forgotten(county): return
        self.offices.must('right', county.name, store.code, mh.KIND, 'f5', 'delegate')
        self.delegated[store.code] = 'delegate'
        self.count('right delegated')

    def take_back(self, store, how):
        """hard: what its superior has not taken by now counts no more"""
        county = self.of(self.superior(store.code))[0]
        if self.has_forgotten(county) or store.code not in self.delegated: return
        self.offices.must('right', county.name, store.code, mh.KIND, 'f5', how)
        self.delegated[store.code] = how
        self.count('right withdrawn ' + how)
        w, head = self.ledgers[store.code], self.head(county, store.code)
        for e in w.edits:
            if how == 'hard' and e.node == store.code and not (head and head.mask >> e.bit & 1): self.withdraw(w, w.commits[e.id])

    def withdraw(self, w, c):
        bad = {(r, p) for r, ps in c.edit.writes.items() for p in ps if p == DECISION}
        if bad: w.withdrawn[c.id] = (self.superior(c.edit.node), bad)

    # --- disks
    def make_backup(self, store):
        store.backup = (self.letter('backup'), dict(store.heads), store.keys, {t for t, how in self.delegated.items() if how == 'hard'})
        self.offices.must('backup', store.name, store.backup[0])

    def restore(self, store):
        """back to the backup: what left the office since then comes home again, what did not is lost with the disk"""
        if not store.backup or store.backup[2] != store.keys: return  # without its keys a disk is of no use: that is a replacement
        path, heads, _, hard = store.backup
        for town in [t for t, how in self.delegated.items() if how == 'hard' and t not in hard and self.superior(t) == store.code]:
            self.delegated[town] = 'hard?'                         # its word went with the disk, unless somebody has heard it
            self.ledgers[town].withdrawn.clear()
        self.offices.must('close', store.name)
        shutil.rmtree(store.folder)
        shutil.copytree(path, store.folder)
        for owner, head in list(store.heads.items()):
            w, new, old = self.ledgers[owner], self.head(store, owner), heads.get(owner)
            if new is None: continue
            kept = (w.commits[old].mask if old else 0)
            for s in self.stores:
                if s is not store and self.head(s, owner): kept |= self.head(s, owner).mask
            self.acked.get(owner, set()).difference_update({e.id for e in w.pick(new.mask & ~kept)})
        store.heads = {}
        self.disturbed.add(store.code)
        self.reseed(store)
        self.refresh(store)
        self.count('backup restored')

    def is_within(self, a, b):
        return a == b or self.is_above(b, a)

    def can_be_copied(self, store):
        """not where an auditor's key was revoked: each disk would open an epoch of its own, of one number, and a person must settle it"""
        return not any(self.is_within(store.code, code) for code in self.revoked)

    def copy_disk(self, store):
        if self.can_be_copied(store): self.clone(store)

    def clone(self, store, name=None):
        name = name or store.name + '~2'
        folder = os.path.join(self.folder, name)
        self.offices.must('close', store.name)
        shutil.copytree(store.folder, folder)
        self.disturbed.add(store.code)
        self.cloned.add(store.code)
        twin = self.add_store(name, store.code, store.level, folder)
        self.refresh(twin)
        self.count('disk cloned')
        return twin

    def drift(self, stores):
        """a thousand small edits go by, and what waited before still waits: then its record is written on both sides"""
        for store in stores:
            if self.drift_at(store, self.of(self.superior(store.code))[0]): return self.count('drift')
        self.agenda.setdefault(self.night + 1, []).append((self.drift, (stores,)))

    def drift_at(self, store, county):
        owner = store.code
        w, head = self.ledgers[owner], self.head(store, owner)
        if head is None or self.head(county, owner) is None: return False
        waiting = [r for r in w.live(head) if any(x.kind == 'value' for x in head.tree[r].entries) and self.values(county, owner, r)]
        others = [r for r in w.live(head) if r not in waiting]
        if not waiting or not others: return False
        r, p, meant, first = self.rng.choice(others), (6,), [], head.mask
        for i in range(1000):
            self.offices.must('set', store.name, owner, r, 'f6=s%d' % (i % 5))
            if (self.values(store, owner, r) if i == 0 else {}).get(p) != i % 5: meant.append(self.exactly({r: {p: i % 5}}))
        self.learn_head(store, owner, meant)
        self.acked.setdefault(owner, set()).update(e.id for e in w.pick(self.head(store, owner).mask & ~first))
        r = self.rng.choice(waiting)
        free = lambda s, v: {(3,): v} if not any(x.path == (3,) for x in self.head(s, owner).tree[r].entries) else {(4,): v}
        self.write(store, owner, r, free(store, 5001))
        self.write(county, owner, r, {(1,): 3})
        return True

    def has(self, store, owner, e):
        head = self.head(store, owner)
        return head is not None and head.mask >> self.ledgers[owner].by_id[e].bit & 1

    def fan(self, store):
        """more disks of one office than an entry has names: all write one field, apart from each other"""
        owner = store.code
        live = self.ledgers[owner].live(self.head(store, owner)) if self.head(store, owner) else []
        if not live or not self.can_be_copied(store): return
        r, county = self.rng.choice(live), self.of(self.superior(owner))[0]
        disks = [self.clone(store, '%s~f%d' % (store.name, i)) for i in range(17)]
        for i, disk in enumerate(disks): self.write(disk, owner, r, {(4,): 1000 + i})
        for disk in disks:
            path = self.bundle(disk, county)
            if path: self.take(county, path)
            self.stores.remove(disk)
            self.offices.must('close', disk.name)
            # the disk is thrown away: what its superior took stays
            for e in [e for e in self.acked[owner] if not self.has(county, owner, e) and self.ledgers[owner].by_id[e].node == owner]:
                if not any(self.has(s, owner, e) for s in self.stores): self.acked[owner].discard(e)
        self.count('fan')
