"""What happens between the offices at night: bundles made, lost, doubled, delayed, damaged, delivered."""
import os

from ledger import CITY, COUNTY, TOWN, Wrong


# what an office may miss for a night or two: it comes with the next bundles, and so does what rests on it
LACKED = {'schema set': 'a schema set', 'no enrolled office': 'an enrolment', 'names statement': 'a statement', 'key epoch': 'an epoch', 'no key': 'a key', 'not given the key': 'a key'}


class Wires:
    """Part of a Simulation."""

    def letter(self, name):
        self.letters += 1
        return os.path.join(self.folder, '%05d-%s' % (self.letters, name))

    def links(self):
        """(from, to) of neighbours, both ways"""
        out = []
        for s in self.stores:
            up = self.superior(s.code)
            if up: out += [(s, t) for t in self.of(up)] + [(t, s) for t in self.of(up)]
            if up and self.superior(up) and not self.calm and self.rng.random() < self.direct_rate:
                t = self.of(self.superior(up))[0]
                self.count('second route')
                out += [(s, t), (t, s)]
        return out

    @staticmethod
    def superior(code):
        from simulate import superior
        return superior(code)

    def bundle(self, a, b):
        path = self.letter('bundle')
        status, _, why = self.ask_desk(a, 'bundle', a.name, b.code, path)
        self.numbers[path] = (a.name, len(self.numbers) + 1)
        if status == 'crashed': return path if os.path.exists(path) else None
        if status == 'NOT_FOUND' and abs(a.level - b.level) > 1: return None      # not heard of yet
        if status != 'ok': raise Wrong('%s makes no bundle for %s: %s %s' % (a.name, b.code, status, why))
        self.count('bundle')
        return path

    def exchange(self):
        """one night, with all its misfortunes"""
        rng = self.rng
        links = self.links()
        rng.shuffle(links)
        for a, b in links:
            if rng.random() < .15: continue
            path = self.bundle(a, b)
            if path is None: continue
            self.send(a, b, path)
            due = [m for m in self.mail if m[0] <= self.night]
            rng.shuffle(due)
            for m in due[:rng.choice((0, 1, 2, 3))]:
                self.mail.remove(m)
                self.deliver(m)
            if rng.random() < .02: self.look_through(rng.choice(self.stores))
        for m in [m for m in self.mail if m[0] <= self.night]:
            self.mail.remove(m)
            self.deliver(m)

    def send(self, a, b, path):
        rng, dice = self.rng, self.rng.random()
        if dice < .1: self.count('message lost'); return
        if dice < .2:
            self.count('message delayed')
            self.mail.append((self.night + rng.choice((1, 2, 3)), path, b))
            return
        if dice < .3:
            self.count('message doubled')
            self.mail.append((self.night + rng.choice((0, 1, 2)), path, b))
        if dice > .95: self.damage(path, b)
        if .9 < dice < .95: self.misdeliver(path, b)
        self.mail.append((self.night, path, b))

    def damage(self, path, b):
        with open(path, 'rb') as f: content = bytearray(f.read())
        bad = self.letter('damaged')
        if self.rng.random() < .5:
            self.count('message corrupted')
            content[self.rng.randrange(len(content))] ^= 1 << self.rng.randrange(8)
        else:
            self.count('message truncated')
            del content[self.rng.randrange(len(content)):]
        with open(bad, 'wb') as f: f.write(content)
        self.must_refuse(b, bad, ('FORMAT', 'AUTH', 'TOO_BIG', 'VERSION', 'NOT_FOUND', 'RIGHT'))

    def misdeliver(self, path, b):
        other = self.rng.choice([s for s in self.stores if s.code != b.code])
        self.count('message for another')
        self.must_refuse(other, path, ('AUTH', 'RIGHT', 'NOT_FOUND', 'FORMAT'))

    def must_refuse(self, store, path, codes):
        status, _, why = self.offices.ask('take', store.name, path)
        if status not in codes: raise Wrong('%s takes %s: %s %s' % (store.name, path, status, why))
        before = dict(store.heads)
        self.refresh(store)
        if store.heads != before: raise Wrong('%s moved a head for a bundle that it refused' % store.name)

    def look_through(self, store):
        """an audit in between; a disk that went back lacks, rightly so, what it once had"""
        if store.code in self.disturbed: return
        self.audit(store)

    def deliver(self, m):
        if m[2] not in self.stores: return
        last = self.arrived.get(m[2].name, {})
        sender, number = self.numbers.get(m[1], (None, 0))
        if number < last.get(sender, 0): self.count('message reordered')
        self.arrived.setdefault(m[2].name, {})[sender] = max(number, last.get(sender, 0))
        self.take(m[2], m[1])

    def take(self, store, path):
        before = {o: self.head(store, o) for o in store.heads}
        status, lines, why = self.ask_desk(store, 'take', store.name, path)
        if status == 'crashed':
            self.refresh(store)
            return
        if status == 'AUTH' and 'another key' in why and store.code in self.disturbed:
            return self.count('waits for a new key of its peer')   # it went back to before that key; its own next bundle says so
        if status != 'ok': raise Wrong('%s does not take %s: %s %s' % (store.name, path, status, why))
        self.refresh(store)
        for line in lines:
            fields = line.split(' ', 8)
            if fields[0] == 'taken':
                for word, flag in zip(('known', 'gap', 'rewound'), fields[1:]):
                    if flag == '1': self.count('bundle ' + word)
                continue
            self.look_at_taken(store, before, *fields[1:])

    def look_at_taken(self, store, before, owner, outcome, place, end, head, is_merged, voided, why=''):
        self.count('taken ' + outcome)
        if place == 'diverged': self.count('diverged')
        for lacked in LACKED:
            if outcome in ('held', 'refused') and lacked in why: return self.count('waits for ' + LACKED[lacked])
        if outcome not in ('taken', 'base-unknown'): raise Wrong('%s: %s is %s: %s' % (store.name, owner, outcome, why))
        if outcome != 'taken' or place != 'forward': return
        w = self.ledgers[owner]
        a, b, c = before.get(owner), w.commits.get(end), w.commits[store.heads[owner]]
        lacks = lambda x: x is None or not x.mask >> c.edit.bit & 1
        while c.edit and c.edit.marks and c.edit.node == store.code and lacks(a) and lacks(b):
            c = w.commits[c.edit.parent]             # our own corrections lie on top
        if b is None: return
        expected = w.join(a, b)
        if expected is not None and c is not expected: raise Wrong('%s: the head of %s is %s, expected %s' % (store.name, owner, c.id, expected.id))
        if expected is None and c.parents != tuple(sorted((a.id, b.id))): raise Wrong('%s: the head of %s is no merge of the two: %s' % (store.name, owner, c.id))
        if a is not None and a.mask == b.mask and a.id != b.id: self.count('shape equal sets')

    def clean_round(self):
        """each exchanges with its superior, there and back: two disks of one office are told apart by nothing else"""
        for level in (TOWN, COUNTY, TOWN):
            for a, b in self.links():
                if a.level == level and b.level > level:
                    self.pass_on(a, b)
                    self.pass_on(b, a)

    def pass_on(self, a, b):
        path = self.bundle(a, b)
        self.take(b, path)
        os.unlink(path)
