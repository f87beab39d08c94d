"""Random histories for merge_differential.py: offices that write, merge, remove, correct, resolve and revert, in the model of
merge_spec.py, each step told to merge_replay as well and what it must answer kept beside it.

The model's kind is made a real one here: paths and values get their canonical bytes (schema/codec-v1.md, record-v1.md,
entry-v1.md), written a second time from those texts alone."""
import hashlib
import random
import struct

import merge_spec as ms

# ---------------------------------------------------------------- the kind, in the model and as files
KEY_FIELD = 2
ms.LISTS = {8: (1, 3)}                                             # field 2 of a member is its key
ms.RULES = {'required:f3': lambda c, s: (3,) in c,
            'items:f7': lambda c, s: sum(p[0] == 7 for p in c) <= {1: 3, 2: 2}[s],
            'items:f8': lambda c, s: sum(p[0] == 8 and p[2] == 'x' for p in c) <= {1: 3, 2: 2}[s]}
ms.RULE_FIELDS = {'required:f3': (3,), 'items:f7': (7,), 'items:f8': (8,)}
KIND = 'permit'
BUILT_INS = {'dis': (1, 'distinct'), 'was': (2, 'was'), 'acc': (3, 'accepted')}


def kind_file(version, other_machine=False):
    most = {1: 3, 2: 2}[version]
    number = lambda n: {'x-field': n, 'type': 'integer'}
    follow = {'s0': ['s1'], 's1': ['s2', 's4'], 's2': ['s3', 's1']}
    rests_on = ['f4', 'f8']
    if other_machine and version == 2:
        follow, rests_on = {'s3': ['s4'], 's2': ['s0']}, ['f7', 'f3']
    return {'x-kind': KIND, 'type': 'object', 'x-key': ['f1', 'f2'], 'required': ['f3'], 'properties': {
        'f1': number(1), 'f2': number(2), 'f3': number(3), 'f4': number(4),
        'f5': {**number(5), 'x-depends-on': rests_on},
        'f6': {'x-field': 6, 'type': 'string', 'enum': ['s0', 's1', 's2', 's3', 's4'], 'x-states': {'follow': follow}},
        'f7': {'x-field': 7, 'type': 'array', 'x-merge': 'set', 'items': {'type': 'integer'}, 'maxItems': most},
        'f8': {'x-field': 8, 'type': 'array', 'x-merge': 'keyed-list', 'x-member-key': 'who', 'maxItems': most,
               'items': {'type': 'object', 'required': ['who'],
                         'properties': {'a': number(1), 'who': number(2), 'b': number(3)}}}}}


# ---------------------------------------------------------------- canonical bytes
def pack(v):
    if v is True or v is False: return b'\xc3' if v else b'\xc2'
    if isinstance(v, int):
        if v >= 0:
            if v < 128: return bytes([v])
            for head, form, end in ((0xcc, '>B', 1 << 8), (0xcd, '>H', 1 << 16), (0xce, '>I', 1 << 32), (0xcf, '>Q', 1 << 64)):
                if v < end: return bytes([head]) + struct.pack(form, v)
        if v >= -32: return struct.pack('>b', v)
        for head, form, end in ((0xd0, '>b', 1 << 7), (0xd1, '>h', 1 << 15), (0xd2, '>i', 1 << 31), (0xd3, '>q', 1 << 63)):
            if v >= -end: return bytes([head]) + struct.pack(form, v)
    if isinstance(v, str):
        b = v.encode()
        return (bytes([0xa0 | len(b)]) if len(b) < 32 else bytes([0xd9, len(b)])) + b
    if isinstance(v, bytes):
        return (bytes([0xc4, len(v)]) if len(v) < 256 else bytes([0xc5]) + struct.pack('>H', len(v))) + v
    if isinstance(v, Raw): return v.data
    if isinstance(v, list): return head_of(0x90, 0xdc, len(v)) + b''.join(map(pack, v))
    if isinstance(v, dict): return head_of(0x80, 0xde, len(v)) + b''.join(pack(k) + pack(v[k]) for k in sorted(v))
    raise TypeError(v)


def head_of(short, long, count):
    return bytes([short | count]) if count < 16 else bytes([long]) + struct.pack('>H', count)


class Raw:
    def __init__(self, data): self.data = data


def value_bytes(path, v):
    """of a field or a member's field"""
    return pack(v + 1 if path == (6,) else v)


def key_bytes(path):
    """of an element, a member, or an element of a built-in set"""
    if path[0] in ('dis', 'was'): return pack(bytes.fromhex(path[1]))
    if path[0] == 'acc': return pack([path[1][0], bytes.fromhex(path[1][1])])
    return pack(path[1])


def path_type(path):
    if path == ('x',): return 0
    if path[0] in BUILT_INS: return 5
    if path[0] in ms.LISTS: return 3 if path[2] == 'x' else 4
    return 2 if path[0] in ms.SETS else 1


def path_order(path):
    drop = path[0] == 'drop'
    p = path[1:] if drop else path
    t = path_type(p)
    field = 0 if t == 0 else BUILT_INS[p[0]][0] if t == 5 else p[0]
    return drop, {0: 0, 5: 2}.get(t, 1), field, 3 if t == 4 else t, key_bytes(p) if t > 1 else b'', p[2] if t == 4 else 0


def path_text(path):
    """drop, type, number, key, field of a member: 0:4:8:a161:3"""
    drop, _, field, _, key, sub = path_order(path)
    return '%d:%d:%d:%s:%d' % (drop, path_type(path[1:] if drop else path), field, key.hex() or '-', sub)


def act_text(path, v):
    if path[0] == 'drop': return 'add -'
    t = path_type(path)
    if v is None: return 'clear -'
    if t in (0, 3): return 'keep -' if v == 'keep' else 'add -'
    return 'add -' if t in (2, 5) else 'set ' + value_bytes(path, v).hex()


def record_bytes(content):
    values, fields, built_in = dict(content.values), {}, {}
    for p, v in sorted(values.items(), key=lambda i: path_order(i[0])):
        t = path_type(p)
        if t == 1: fields[p[0]] = Raw(value_bytes(p, v))
        elif t == 2: fields.setdefault(p[0], []).append(Raw(key_bytes(p)))
        elif t == 3:
            member = {KEY_FIELD: Raw(key_bytes(p))} | {q[2]: Raw(value_bytes(q, u)) for q, u in values.items() if q[:2] == p[:2] and q[2:] != ('x',)}
            fields.setdefault(p[0], []).append(member)
        elif t == 5: built_in.setdefault(BUILT_INS[p[0]][0], []).append(Raw(key_bytes(p)))
    return pack([KIND, content.schema, fields] + ([built_in] if built_in else []))


def oid(commit):
    return bytes.fromhex(commit) + bytes(12)


ENTRY_KINDS = {'value': 1, 'state': 2, 'removed': 3, 'stale-decision': 4, 'refused': 5, 'twin': 6, 'rule': 7}


def entry_order(x):
    if x.kind == 'twin': return 1,
    if x.kind == 'rule': return 2, x.path[1].encode()
    return 0, path_order(x.path), ENTRY_KINDS[x.kind]


def entry_value(x):
    if x.kind == 'twin': place, names = 0, b''.join(map(bytes.fromhex, x.names))
    elif x.kind == 'rule': place, names = x.path[1], bytes.fromhex(x.names[0])
    else:
        t = path_type(x.path)
        field = BUILT_INS[x.path[0]][0] if t == 5 else x.path[0]
        place = [t] + ([field] if t else []) + ([Raw(key_bytes(x.path))] if t > 1 else []) + ([x.path[2]] if t == 4 else [])
        names = b''.join(oid(a) + oid(b) for a, b in x.names) if x.kind == 'stale-decision' else b''.join(map(oid, x.names))
    return [ENTRY_KINDS[x.kind], place, names] + ([True] if x.more else [])


def entries_sorted(row):
    return sorted(row.entries, key=entry_order)


def rank(write):
    """the model's, by our encoding"""
    e, v = write
    return -e.level, v is None, pack(v) if v is not None else b'', e.id


def digest(*parts):
    """the model's; of what a rule reads, ours"""
    if len(parts) == 1:
        fields = {}
        for p, v in sorted(parts[0], key=lambda i: path_order(i[0])): fields[p] = v
        read = [f for f in {p[0] for p in fields}]
        record = record_bytes(ms.Content(tuple(fields.items()), 1, 1))
        body = record[len(pack(KIND)) + 2:]                        # frame, kind and version (one byte each) before the fields
        assert len(read) <= 1
        return hashlib.blake2b(body, digest_size=32, person=b'ts-rule-01......').hexdigest()
    return hashlib.blake2b(ms.enc(parts), digest_size=8).hexdigest()


ms.rank, ms.digest = rank, digest


# ---------------------------------------------------------------- a world, and what is said about it
class Story:
    """One history: the script for merge_replay, and the lines that it must answer"""

    def __init__(self, seed, counts):
        self.rng, self.w, self.script, self.expected, self.numbers, self.counts = random.Random(seed), ms.World(), ['world'], [], {}, counts
        self.records, self.hot = [], self.rng.sample(((3,), (4,), (5,), (6,), (7,), (8,), (8,)), 2)      # registers that everyone writes
        self.tell_edit(self.w.commits[self.w.root.id])

    def count(self, word):
        self.counts[word] = self.counts.get(word, 0) + 1

    # --- telling
    def tell_edit(self, c):
        e = c.edit
        number, byte = (e.epoch + 1) // 2, e.epoch
        parent = '-' if e.parent is None else self.numbers[e.parent]
        self.script.append('edit %d %d %d %d %x %s %s' % (e.level + 1, e.schema, number, byte, e.past, oid(e.id).hex(), parent))
        for r, writes in e.writes.items():
            for p in sorted(writes, key=path_order):
                self.script.append('w %s %s %s' % (r, path_text(p), act_text(p, writes[p])))
        whole = self.whole_words(e)
        for target, word in whole: self.script.append('v * %d %s *' % (target.bit, word))
        for (i, r, p), word in e.marks.items():
            if (self.w.by_id[i], word) not in whole:
                self.script.append('v %s %d %s %s' % (r, self.w.by_id[i].bit, word, path_text(p)))
        self.script.append('commit')
        self.tell_tree(c)

    def whole_words(self, e):
        """edits all of whose writes get one word are named as a whole, half of the time"""
        out = []
        for i in sorted({i for i, _, _ in e.marks}):
            target = self.w.by_id[i]
            words = {e.marks.get((i, r, p)) for r, ws in target.writes.items() for p in ws}
            if len(words) == 1 and None not in words and int(i, 16) % 2:
                out.append((target, words.pop())); self.count('word on a whole edit')
        return out

    def tell_tree(self, c):
        self.numbers[c.id] = len(self.numbers)
        for r in sorted(c.tree):
            row = c.tree[r]
            epoch = row.content.epoch if row.content else max((e.epoch for e in self.w.touch[r] if c.mask >> e.bit & 1 and r in e.changed), default=0)
            entries = pack([entry_value(x) for x in entries_sorted(row)]).hex() if row.entries else '-'
            self.expected.append('row %s %d.%d %s %s' % (r, (epoch + 1) // 2, epoch, record_bytes(row.content).hex() if row.content else '-', entries))
            for x in row.entries:
                self.count('entry ' + x.kind)
                if x.more: self.count('more ' + x.kind)
        self.expected.append('end')

    def tell_writes(self, word, writes):
        for p in sorted(writes, key=path_order):
            self.expected.append('%s %s %s' % (word, path_text(p), act_text(p, writes[p])))

    # --- making
    def sign(self, node, writes, marks=None):
        writes = {r: p for r, p in writes.items() if p}
        if not writes and not marks: return
        schema = 2 if node.schema == 2 or self.rng.random() < .02 else 1
        c = self.w.sign(node.name, node.level, node.head, writes, marks or {}, 0, schema, node.epoch)
        if c.id not in self.numbers: self.tell_edit(c)
        node.head = c

    def join(self, node, other):
        a, b = node.head, other
        c = self.w.join(a, b)
        if a.mask == b.mask and a.id != b.id: self.count('shape equal sets')
        if c.id not in self.numbers:
            first, second = sorted((a, b), key=lambda k: k.id)
            self.script.append('merge %d %d' % (self.numbers[first.id], self.numbers[second.id]))
            self.tell_tree(c)
            self.count('merge')
            if not a.edit and not b.edit: self.count('shape criss-cross')
            if a.meta[1] != b.meta[1]: self.count('shape two epochs')
            if a.meta[0] != b.meta[0]: self.count('shape two schema versions')
            for row in c.tree.values():
                for x in row.entries:
                    if x.kind in ('value', 'removed') and len(self.w.edits) - min(self.w.by_id[n].bit for n in x.names) > 60: self.count('shape old entry')
        node.head = c

    def value(self, p):
        if p[0] in (1, 2): return self.rng.choice((1, 1, 1, 2))
        if p[0] == 6: return self.rng.randrange(5)
        return self.rng.choice((0, 1, 7, 130, 300, 70000, -1, -40, -300))


class Node:
    def __init__(self, name, level, head):
        self.name, self.level, self.head, self.epoch, self.schema, self.box = name, level, head, 1, 1, []


# ---------------------------------------------------------------- what an office does
def live(story, node):
    return [r for r in story.records if node.head.tree.get(r) and node.head.tree[r].content]


def new_record(story, node):
    r = hashlib.blake2b(ms.enc((len(story.records), story.rng.random())), digest_size=16).hexdigest()
    story.records.append(r)
    writes = {('x',): 'add'}
    for p in ((1,), (2,), (3,), (4,), (5,), (6,)):
        if story.rng.random() < .7: writes[p] = story.value(p)
    for e in (1, 2, 300):
        if story.rng.random() < .3: writes[(7, e)] = True
    for m in (1, 200):
        if story.rng.random() < .4: writes |= new_member(story, (8, m))
    story.sign(node, {r: writes})


def new_member(story, m):
    return {m + ('x',): 'add'} | {m + (g,): story.value((3,)) for g in ms.LISTS[8] if story.rng.random() < .6}


ANY = tuple((n,) for n in range(1, 9))


def change(story, node):
    out = {}
    for r in story.rng.sample(live(story, node), min(len(live(story, node)), story.rng.choice((1, 1, 1, 2)))):
        c, writes = dict(node.head.tree[r].content.values), {}
        for _ in range(story.rng.choice((1, 1, 2, 3))):
            p = story.rng.choice(story.hot if story.rng.random() < .8 else ANY)
            if p == (7,):
                p += (story.rng.choice((1, 2, 3, 300)),)
                writes[p] = None if p in c else True
            elif p == (8,):
                p += (story.rng.choice((1, 2, 200)),)
                g = p + (story.rng.choice(ms.LISTS[8]),)
                if p + ('x',) not in c: writes |= new_member(story, p)
                elif writes.get(p + ('x',), 0) is None: pass
                elif story.rng.random() < .25: writes = {q: v for q, v in writes.items() if q[:2] != p} | {p + ('x',): None}
                else: writes[g] = story.rng.choice((None, story.value(g)))
            else: writes[p] = None if story.rng.random() < .1 else story.value(p)
        out[r] = ms.changes(node.head, r, writes)
    story.sign(node, out)


def remove(story, node):
    rs = live(story, node)
    if len(rs) > 1: story.sign(node, {story.rng.choice(rs): {('x',): None}}); story.count('removal')


def add_again(story, node):
    rs = [r for r in story.records if r in story.w.touch and r not in live(story, node) and any(node.head.mask >> e.bit & 1 and r in e.writes for e in story.w.touch[r])]
    if not rs: return
    r = story.rng.choice(rs)
    writes = {('x',): 'add'}
    row = ms.again(story.w, node.head, r)
    was = dict(row.content.values) if row and row.content else {}
    for p in ((3,), (4,), (7, 1)):
        v = True if p[0] == 7 else story.value(p)
        if story.rng.random() < .2 and was.get(p) != v: writes[p] = v
    story.sign(node, {r: writes}); story.count('added again')


def correct(story, node):
    w = story.w
    targets = [(e, r, p) for e in w.pick(node.head.mask) if e.level < node.level for r, ws in e.writes.items() for p in ws]
    if not targets: return
    marks, voids = {}, w.voids(node.head.mask)
    for e, r, p in story.rng.sample(targets, min(len(targets), story.rng.choice((1, 1, 2)))):
        word = 'restore' if (e.id, r, p) in voids and story.rng.random() < .7 else 'void'
        whole = story.rng.random() < .4
        for q in (w.by_id[e.id].writes[r] if not whole else ()): marks[(e.id, r, q if story.rng.random() < .3 else p)] = word
        if whole: marks |= {(e.id, s, q): word for s, ws in e.writes.items() for q in ws}
    story.sign(node, {}, marks)
    story.count('correction')
    if 'restore' in marks.values(): story.count('restored')


def forms(story, node, r, x):
    rng, values = story.rng, dict(node.head.tree[r].content.values) if node.head.tree[r].content else {}
    if x.kind in ('value', 'state'):
        form = rng.choice(('take', 'value'))
        if form == 'take': return form, rng.choice(x.names)
        return form, rng.choice((True, None)) if path_type(x.path) in (2, 5) else rng.choice((None, story.value(x.path), values.get(x.path)))
    if x.kind == 'stale-decision':
        form = rng.choice(('confirm', 'value'))
        return form, story.value(x.path) if form == 'value' else None
    if x.kind == 'twin':
        form = rng.choice(('both', 'both', 'same-as'))
        return form, rng.choice(x.names) if form == 'same-as' else None
    return {'removed': rng.choice(('kept', 'removed')), 'rule': 'accept', 'refused': 'drop'}[x.kind], None


def resolve(story, node):
    waiting = [(r, i, x) for r in sorted(node.head.tree) for i, x in enumerate(entries_sorted(node.head.tree[r]))]
    if not waiting: return
    kind = story.rng.choice(sorted({x.kind for _, _, x in waiting}))
    r, i, x = story.rng.choice([w for w in waiting if w[2].kind == kind])
    form, arg = forms(story, node, r, x)
    writes = ms.resolve(story.w, node.head, r, x, form, arg)
    word = {'take': lambda: str(story.w.by_id[arg].bit), 'same-as': lambda: arg,
            'value': lambda: '-' if arg is None else value_bytes(x.path, arg).hex()}.get(form, lambda: '-')()
    story.script.append('resolve %d %s %d %s %s' % (story.numbers[node.head.id], r, i, form, word))
    story.tell_writes('write', writes[r])
    if form == 'same-as': story.tell_writes('other', writes[arg])
    story.expected.append('end')
    story.count('resolve ' + form)
    story.sign(node, writes)


def revert(story, node):
    edits = [e for e in story.w.pick(node.head.mask) if e.parent]
    if not edits: return
    e = story.rng.choice(edits[-12:])
    writes, marks = ms.revert(story.w, node.head, e)
    for r in e.writes:
        story.script.append('revert %d %d %s %d' % (story.numbers[node.head.id], e.bit, r, story.numbers[e.parent]))
        story.tell_writes('write', writes.get(r, {}))
        story.expected.append('end')
    if marks and max(story.w.by_id[i].level for i, _, _ in marks) >= node.level: return
    if writes or marks: story.count('reverted')
    story.sign(node, writes, marks)


ACTS = {'calm': ((change, 14), (new_record, .5), (resolve, 2), (revert, .5)),
        'wild': ((change, 10), (new_record, 1), (remove, 1), (add_again, 2), (correct, 1.5), (resolve, 3), (revert, 1.5)),
        'strict': ((change, 10), (correct, 1), (resolve, 2), (revert, .5))}


# ---------------------------------------------------------------- shapes
def offices(story, shape):
    """[(node)], [(from, to)]: who hears of whom"""
    head = story.w.root
    many = lambda levels: [Node('n%d' % i, v, head) for i, v in enumerate(levels)]
    if shape == 'chain':
        nodes = many((0, 1, 2))
        return nodes, [(0, 1), (1, 0), (1, 2), (2, 1)]
    if shape == 'ring':
        nodes = many((0, 0, 1, 1, 2))
        return nodes, [(i, (i + 1) % 5) for i in range(5)]
    if shape == 'clone':
        nodes = many((0, 0, 1, 2))
        nodes[1].name = nodes[0].name                              # two disks, one identity
        return nodes, [(0, 2), (1, 2), (2, 0), (2, 1), (2, 3), (3, 2)]
    nodes = many((0, 0, 1, 2) if shape == 'mesh' else tuple(i % 3 for i in range(20)))
    return nodes, [(i, j) for i in range(len(nodes)) for j in range(len(nodes)) if i != j]


SHAPES = ('chain', 'ring', 'mesh', 'clone', 'wide', 'mesh', 'ring')
WIDE = ('value', 'removed', 'stale', 'twin', 'refused')


def wide(story, nodes, how):
    """more writers than an entry has names: all write one record, apart from each other"""
    r = story.rng.choice(story.records)
    for node in nodes: story.join(node, nodes[0].head)
    for i, node in enumerate(nodes):
        if not node.head.tree.get(r) or not node.head.tree[r].content: continue
        if how == 'twin':
            story.records.append(hashlib.blake2b(ms.enc((story.rng.random(), i)), digest_size=16).hexdigest())
            story.sign(node, {story.records[-1]: {('x',): 'add', (1,): 9, (2,): 9}})
        elif how == 'removed': story.sign(node, {r: {('x',): None} if i else ms.changes(node.head, r, {(4,): 100 + i})})
        elif how == 'stale': story.sign(node, {r: ms.changes(node.head, r, {(5 if i % 2 else 4,): 100 + i})})
        else: story.sign(node, {r: ms.changes(node.head, r, {(4,): 100 + i})})
    if how == 'refused':
        top = Node('top', 3, nodes[0].head)
        for node in nodes: story.join(top, node.head)
        story.sign(top, {}, {(e.id, r, (4,)): 'void' for e in story.w.pick(top.head.mask) if (4,) in e.writes.get(r, ()) and e.writes[r][(4,)] is not None and e.writes[r][(4,)] >= 100})
        nodes.append(top)


def tell(seed, counts, has_answers=True, steps=45):
    """One random history. All of it follows from the seed. has_answers: entries are resolved, edits reverted."""
    story = Story(seed, counts)
    shape = SHAPES[seed % len(SHAPES)]
    nodes, wires = offices(story, shape)
    story.count('shape ' + shape)
    manner = story.rng.choice(sorted(ACTS))
    if seed % 30 == 0: steps = 200
    new_record(story, nodes[0]); new_record(story, nodes[0])
    for node in nodes:
        if story.rng.random() < .8: story.join(node, nodes[0].head)
    if shape == 'wide':
        wide(story, nodes, WIDE[seed // len(SHAPES) % len(WIDE)])
        story.hot = [(4,), (5,)]
    for _ in range(steps):
        node = story.rng.choice(nodes)
        if story.rng.random() < .03: node.epoch = story.rng.choice((2, 3, 4))
        if story.rng.random() < .04: node.schema = 2
        if story.rng.random() < .55:
            acts, weights = zip(*(act for act in ACTS[manner] if has_answers or act[0] not in (resolve, revert)))
            story.rng.choices(acts, weights)[0](story, node)
        else:
            a, b = story.rng.choice(wires)
            nodes[b].box.append(nodes[a].head)                     # messages wait, are lost, come twice and out of order
            if nodes[b].box and story.rng.random() < .8: story.join(nodes[b], story.rng.choice(nodes[b].box))
    for _ in range(2):
        for a in nodes:
            for b in nodes:
                if story.rng.random() < (.2 if shape == 'wide' else .6): story.join(a, b.head)
    for a in nodes[1:]: story.join(nodes[0], a.head)
    assert nodes[0].head.tree == ms.scratch(story.w, nodes[0].head.mask), 'the specification disagrees with itself'
    return story
