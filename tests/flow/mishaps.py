"""What befalls the offices: clocks that are wrong, disks restored or cloned, keys changed, rights given and taken, a new schema set."""
import os
import shutil

from ledger import CITY, COUNTY, DECISION, TOWN, Wrong, mh, ms

YEARS = 10 * 365 * 86400


class Mishaps:
    """Part of a Simulation."""

    def plan_mishaps(self):
        rng, self.delegated, self.direct_rate, self.disturbed = self.rng, {}, 0, set()
        towns = [s for s in self.stores if s.level == TOWN]
        self.agenda = {}
        at = lambda night, what, *args: self.agenda.setdefault(night, []).append((what, args))
        if rng.random() < .5: self.direct_rate = rng.choice((.05, .2))
        if rng.random() < .5:
            for s in rng.sample(self.stores, 3): at(1, self.set_clock, s)
        if rng.random() < .5: at(rng.randrange(2, 6), self.new_schema)
        for _ in range(rng.choice((0, 1, 2))): at(rng.randrange(2, 7), self.rotate, rng.choice(self.stores))
        if rng.random() < .5:
            s = rng.choice(towns)
            night = rng.randrange(2, 5)
            at(night, self.delegate, s)
            if rng.random() < .7: at(night + rng.choice((2, 3)), self.take_back, s, rng.choice(('withdraw', 'hard')))
        if rng.random() < .5:
            s, night = rng.choice(self.stores), rng.randrange(2, 5)
            at(night, self.make_backup, s)
            at(night + rng.choice((1, 2)), self.restore, s)
        if rng.random() < .25: at(rng.randrange(2, 5), self.clone, rng.choice(towns))
        if rng.random() < .2: at(4, self.fan, rng.choice([s for s in towns if s.code in self.hot_owners]))

    def mishaps(self):
        for what, args in self.agenda.pop(self.night, ()): what(*args)

    # --- clocks
    def set_clock(self, store):
        store.clock = self.rng.choice((-YEARS, YEARS))
        self.offices.must('clock', store.name, store.clock)
        self.count('clock ten years off')

    # --- words of the roster
    def new_schema(self):
        self.offices.must('schema', self.of('430300000000')[0].name, os.path.join(self.base, 'v2.json'))
        self.offices.must('close', self.of('430300000000')[0].name)
        self.refresh(self.of('430300000000')[0])
        self.count('new schema set')

    def rotate(self, store):
        status, _, why = self.ask_desk(store, 'rotate', store.name)
        if status not in ('ok', 'crashed'): raise Wrong('%s cannot change its keys: %s %s' % (store.name, status, why))
        self.refresh(store)
        self.count('keys changed')

    def delegate(self, store):
        county = self.of(self.superior(store.code))[0]
        self.offices.must('right', county.name, store.code, mh.KIND, 'f5', 'delegate')
        self.delegated[store.code] = 'delegate'
        self.count('right delegated')

    def take_back(self, store, how):
        """hard: what its superior has not taken by now counts no more"""
        county = self.of(self.superior(store.code))[0]
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
        store.backup = (self.letter('backup'), dict(store.heads))
        self.offices.must('backup', store.name, store.backup[0])

    def restore(self, store):
        """back to the backup: what left the office since then comes home again, what did not is lost with the disk"""
        if not store.backup: return
        path, heads = store.backup
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

    def clone(self, store, name=None):
        name = name or store.name + '~2'
        folder = os.path.join(self.folder, name)
        self.offices.must('close', store.name)
        shutil.copytree(store.folder, folder)
        self.disturbed.add(store.code)
        twin = self.add_store(name, store.code, store.level, folder)
        self.refresh(twin)
        self.count('disk cloned')
        return twin

    def fan(self, store):
        """more disks of one office than an entry has names: all write one field, apart from each other"""
        owner = store.code
        live = self.ledgers[owner].live(self.head(store, owner)) if self.head(store, owner) else []
        if not live: return
        r, county = self.rng.choice(live), self.of(self.superior(owner))[0]
        disks = [self.clone(store, '%s~f%d' % (store.name, i)) for i in range(17)]
        for i, disk in enumerate(disks): self.write(disk, owner, r, {(4,): 1000 + i})
        for disk in disks:
            path = self.bundle(disk, county)
            if path: self.take(county, path)
            self.stores.remove(disk)
            self.offices.must('close', disk.name)
            # the disk is thrown away: what its superior took stays
            for e in [e for e in self.acked[owner] if not self.head(county, owner).mask >> self.ledgers[owner].by_id[e].bit & 1 and self.ledgers[owner].by_id[e].node == owner]:
                if not any(self.head(s, owner) and self.head(s, owner).mask >> self.ledgers[owner].by_id[e].bit & 1 for s in self.stores): self.acked[owner].discard(e)
        self.count('fan')
