"""What the simulation knows of one partition: every edit that was made and what it was meant to write, as merge_spec.py models it.

A commit of a store is learnt here: an edit with the writes that its office asked for, a merge from its parents, a correction
from its words. Its tree follows from the model, and must be the one that the store shows, byte by byte."""
import hashlib
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'oracle'))
import merge_history as mh  # noqa: E402
import merge_spec as ms  # noqa: E402

DECISION = (5,)                                                    # written by counties and the city, or by delegation
TOWN, COUNTY, CITY = 1, 2, 3
MOST = {1: 2, 2: 3}                                                # a newer set may only allow more
ms.RULES |= {'items:f7': lambda c, s: sum(p[0] == 7 for p in c) <= MOST[s], 'items:f8': lambda c, s: sum(p[0] == 8 and p[2] == 'x' for p in c) <= MOST[s]}
ms.AUTHORITY = {}                                                  # rights are the simulation's business
mh.oid = bytes.fromhex                                             # here ids are real ones


class Wrong(Exception):
    """the program did what the model forbids"""


def kind_file(version):
    """the model's kind, with a right to the decision"""
    kind = mh.kind_file(version)
    kind['properties']['f5']['x-authority'] = ['county', 'city']
    for f in ('f7', 'f8'): kind['properties'][f]['maxItems'] = MOST[version]
    return kind


def path_name(path, salt):
    """a register as a correction names it; schema/record-v1.md section 4"""
    if path[0] == 'drop': return 'drop/' + path_name(path[1:], salt)
    t = mh.path_type(path)
    if t < 2: return 'x' if t == 0 else str(path[0])
    field, what = (mh.BUILT_INS[path[0]]) if t == 5 else (path[0], path[0])
    head = bytes([3 if t == 4 else t]) + struct.pack('>I', field)
    digest = hashlib.blake2b(head + mh.key_bytes(path), key=salt, person=b'ts-register-01..', digest_size=16).hexdigest()
    return '%s/%s#%s' % (what, 'm' if t in (3, 4) else 'e', digest) + ('/%d' % path[2] if t == 4 else '')


def epoch_of(number, digest):
    """epochs are ordered by number, then digest"""
    return int(number) << 256 | int(digest, 16)


def row_line(w, c, r):
    row = c.tree[r]
    epoch = row.content.epoch if row.content else max((e.epoch for e in w.touch[r] if c.mask >> e.bit & 1 and r in e.changed), default=0)
    entries = mh.pack([mh.entry_value(x) for x in mh.entries_sorted(row)]).hex() if row.entries else '-'
    return '%s %d %064x %s %s' % (r, epoch >> 256, epoch & (1 << 256) - 1, mh.record_bytes(row.content).hex() if row.content else '-', entries)


class Ledger(ms.World):
    def __init__(self, owner):
        self.edits, self.by_id, self.commits, self.touch, self.correctors, self.cache = [], {}, {}, {}, 0, {}
        self.owner, self.salts, self.lawless, self.doubtful, self.withdrawn, self.records = owner, {}, {}, {}, {}, []
        self.trees, self.merges = {}, {}

    # --- learning
    def learn(self, cid, node, level, parent, writes, marks, schema, epoch):
        """an edit that became a commit with this id"""
        e = self.draft(node, level, parent, writes, marks, schema, epoch)
        tree = ms.edit_tree(self, parent, e) if parent else {}
        e.id = cid
        self.edits.append(e); self.by_id[cid] = e
        if marks: self.correctors |= 1 << e.bit
        for r in sorted(set(writes) | {t[1] for t in marks}):
            self.touch.setdefault(r, []).append(e)
            if r not in self.records: self.records.append(r)
        return self.store(cid, (parent,) if parent else (), e.past | 1 << e.bit, tree, (schema, epoch), e)

    def draft(self, node, level, parent, writes, marks, schema, epoch):
        e = ms.Edit()
        e.id, e.bit, e.node, e.level, e.parent, e.past = '', len(self.edits), node, level, parent and parent.id, parent.mask if parent else 0
        e.writes, e.marks, e.roster, e.changed, e.schema, e.epoch = writes, marks, 0, set(), schema, epoch
        if parent and (schema < parent.meta[0] or epoch < parent.meta[1]): raise Wrong('an edit names a lower schema set or epoch than its parent')
        return e

    def try_out(self, node, level, parent, writes, schema):
        """the tree that these writes would give; nothing is learnt"""
        return ms.edit_tree(self, parent, self.draft(node, level, parent, writes, {}, max(schema, parent.meta[0]), parent.meta[1]))

    def learn_merge(self, cid, a, b):
        if not a.mask & ~b.mask or not b.mask & ~a.mask: raise Wrong('merge %s: one parent holds all edits of the other' % cid)
        if a.id >= b.id: raise Wrong('merge %s: its parents are not in order' % cid)
        if self.merges.setdefault((a.id, b.id), cid) != cid: raise Wrong('two merges of %s and %s: %s and %s' % (a.id, b.id, cid, self.merges[a.id, b.id]))
        return self.store(cid, (a, b), a.mask | b.mask, ms.merge_tree(self, a, b), tuple(map(max, a.meta, b.meta)))

    def marks_of(self, lines):
        """what the words of a correction are about"""
        marks = {}
        for line in lines:
            word, target, *rest = line.split(' ')
            word = {'Void:': 'void', 'Restore:': 'restore'}[word]
            edit = self.by_id.get(target)
            if edit is None: raise Wrong('a correction names an edit that nobody made: %s' % line)
            found = [(r, p) for r, ps in edit.writes.items() for p in ps if not rest or (r == rest[0] and path_name(p, self.salts[r]) == rest[1])]
            if not found: raise Wrong('a correction names what its target did not write: %s' % line)
            for r, p in found: marks[target, r, p] = word
        return marks

    def compare(self, c, rows):
        expected = [row_line(self, c, r) for r in sorted(c.tree)]
        if sorted(rows) != expected:
            for a in sorted(set(rows) | set(expected)):
                if a not in rows or a not in expected:
                    raise Wrong('commit %s of %s: the store has not the row that follows from the edits\n  store %s\n  model %s'
                                % (c.id, self.owner, [x for x in rows if x.split()[0] == a.split()[0]], [x for x in expected if x.split()[0] == a.split()[0]]))

    # --- asking
    def live(self, head):
        return [r for r in sorted(head.tree) if head.tree[r].content]

    def values(self, head, r):
        row = head.tree.get(r)
        return dict(row.content.values) if row and row.content else {}

    def join(self, a, b):
        """the head that must come of two, as far as it is no merge: None, then"""
        if a is None or b is None: return a or b
        if a.mask == b.mask: return min(a, b, key=lambda c: c.id)
        if not b.mask & ~a.mask: return a
        if not a.mask & ~b.mask: return b
        return None

    def fault(self, node, level, parent, writes, schema, may):
        """why the desk must refuse these writes, or None"""
        for r, ps in writes.items():
            for p in ps:
                if p == DECISION and level == TOWN and not may: return 'RIGHT?' if may is None else 'RIGHT'
        tree = self.try_out(node, level, parent, writes, schema)
        version = max(schema, parent.meta[0])
        for r, ps in writes.items():
            old, new = parent.tree.get(r), tree.get(r)
            if not new or not new.content: continue
            held = {n for n in ms.RULES if old and old.content and not ms.RULES[n](dict(old.content.values), version)}
            if any(n not in held and not ms.RULES[n](dict(new.content.values), version) for n in ms.RULES): return 'RULE'
        return None

    def key_taken(self, head, writes):
        key = tuple(writes.get(p) for p in ms.NATURAL_KEY)
        return None not in key and any(ms.sight(head.tree[r])[0] == key for r in head.tree)

    # --- at the end
    def check_all(self, head):
        """the definition: the tree of a head is that of its set of edits; and no lawful write is lost"""
        if head.tree != ms.scratch(self, head.mask): raise Wrong('%s: the tree of %s is not that of its edits' % (self.owner, head.id))
        void = self.voids(head.mask)
        for e in self.pick(head.mask):
            for r, ps in e.writes.items():
                for p, v in ps.items():
                    if (e.id, r, p) not in void and not self.is_accounted(head, e, r, p, v):
                        raise Wrong('%s: the write of %s to %s %s is lost' % (self.owner, e.id, r, p))

    def is_accounted(self, head, e, r, p, v):
        """it stands, a later lawful write knew it, or an entry names it"""
        void = self.voids(head.mask)
        row = head.tree.get(r)
        values = dict(row.content.values) if row and row.content else {}
        later = [d for d in self.touch[r] if head.mask >> d.bit & 1 and d is not e and d.knows(e)]
        scopes = [q for q in (('x',), p[:2] + ('x',) if p[0] in ms.LISTS else None) if q]
        counts = lambda d, q: q in d.writes.get(r, ()) and (d.id, r, q) not in void
        if p[0] == 'drop': return True
        if ms.is_existence(p): stands = (v is None) != bool(values.get(p) if p != ('x',) else row and row.content)
        else: stands = values.get(p) == v
        if stands or any(counts(d, p) for d in later): return True
        if any(counts(d, q) and (d.writes[r][q] is None or (q != ('x',) and p != q and d.writes[r][q] == 'add')) for d in later for q in scopes): return True
        if row and any(e.id in x.names or x.more for x in row.entries if x.path in (p, *scopes) and x.kind in ('value', 'state', 'removed', 'refused')): return True
        # below what is gone: every write in it was known to a removal, this one to one of them
        return any(counts(d, q) and d.writes[r][q] is None and d.knows(e) for d in self.touch[r] if head.mask >> d.bit & 1 for q in scopes)
