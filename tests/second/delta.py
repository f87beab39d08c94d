"""The second reader's deltas, from schema/delta-v1.md alone: head, commits, rows. Symbols and values are in values.py."""
import json
from reader import *
from values import *
BY_NAME = lambda o: (o or {}).get("properties", {})
BY_NUMBER = lambda o: {f["x-field"]: f for f in (o or {}).get("properties", {}).values()}
def forms(place, field):
    """What a schema says of a place: {} nothing."""
    if not field: return
    place.form = field.get("format", "plain") if field.get("format") in ("date", "month", "date-time", "citizen-id") else "plain"
    place.usual = 1 if field.get("type") == "string" and not {"format", "enum", "x-codes"} & set(field) else 0
class World:
    """What both sides hold: bases (is a merge, time, terms), schemas by (version, digest), the sample, the record that a parent's tree has."""
    def __init__(self, partition, bases, sets, records): self.id, self.bases, self.sets, self.records = partition, bases, sets, records
    def sample(self, base): return sorted(self.records.items())
    def old(self, parent, rid): return self.records.get(rid)
class Delta(Values):
    def __init__(self, raw, world):
        need(raw[:1] in (b"\1", b"\2"), "codec")
        super().__init__((Stored if raw[0] == 1 else Mixed)(raw[1:], L), L)
        self.held, self.types, self.added, self.set, self.contexts, self.last = world, [], [], {}, [b[2] for b in world.bases if not b[0]], {}
        self.count, self.T, base, sample = self.head(2**20 + 2**16), 0, 0, 0
        if world.bases:
            self.T, base, sample = self.code.plain(6), self.code.plain(6) if len(world.bases) > 1 else 0, self.head(4096) if raw[0] == 2 else 0
        need(self.count and self.T <= 48 and base < max(1, len(world.bases)), "head")
        said, self.records, self.clock, self.used, self.state = self.code.raw(8) if sample else b"", sorted(world.sample(base)) if world.bases else [], 0, 0, {}
        if world.bases: self.clock, self.set = world.bases[base][1], world.sets.get(world.bases[base][2][2], {}) if sample else {}
        shown = self.records[:sample]
        need(not sample or B("PREAMBLE", b"", world.id + b"".join(r + struct.pack(">I", len(v)) + v for r, v in shown))[:8] == said, "another sample")
        self.code.learns = True
        for _, plaintext in shown:
            kind, _, fields, *sets = dec(plaintext, -2)
            self.writes(self.kind_at(kind), True, None, given=(fields, sets[0] if sets else {}))
        self.code.learns = False
        self.shelves = {}
        for rid, _ in self.records: self.shelves.setdefault(int.from_bytes(rid[:8], "big") >> 64 - self.T, []).append(rid)
    def head(self, most):
        b = self.code.plain(5)
        v = b if b < 2 else 1 << b - 1 | self.code.plain(b - 1)
        need(v <= most, "head")
        return v
    def commits(self):
        for i in range(self.count): yield self.commit(len(self.held.bases) + i)
        self.code.end()
    def num(self, place, sort, context, most=2**63 - 1): return self.number(most, self.root(place), sort, [context])
    def flag(self, place, sort, context, w=1): return self.bits(w, self.root(place), sort, [context])
    def word(self, key, most):
        v = self.value(self.root(key))
        need(S(most)(v), "text")
        return v
    def part(self, i):
        reference = lambda: (self.word(1, 31), self.num(0, 29, 3, 2**32 - 1), self.code.raw(8))
        if i == 0: return (self.code.plain(4), self.word(1, 31))[::-1]
        if i < 3: return self.num(0, 29, 0, 2**32 - 1), self.code.raw(32)
        return self.num(0, 29, 1, 2**32 - 1) if i == 3 else tuple(reference() for _ in range(self.num(0, 29, 2, L["LEVELS_MAX"])))
    def terms(self):
        i = self.num(0, 27, self.used, len(self.contexts))
        if i == len(self.contexts):
            last = self.contexts[self.used] if self.contexts else ("", 0, (0, bytes(32)), (0, bytes(32)), 0, ())
            last, parts = (last[:2], *last[2:]), []
            for k in range(5):
                same = self.flag(0, 28, k)
                parts.append(last[k] if same else self.part(k))
                need(same or parts[-1] != last[k], "it could have been repeated")
            c = (*parts[0], *parts[1:])
            need(c not in self.contexts and i < L["DELTA_TABLE_MAX"])
            need(CODE(c[0]) and 1 <= c[1] <= L["LEVELS_MAX"] and c[3][0] <= L["EPOCH_MAX"] and c[4] and all(CODE(r[0]) and r[1] for r in c[5]) and len({r[0] for r in c[5]}) == len(c[5]))
            self.contexts.append(c)
        self.used = i
        return self.contexts[i]
    def commit(self, position):
        bits = self.last["type"] = self.flag(0, 24, self.last.get("type", 0), 4)
        out = {"is_merge": bits & 1, "added": [], "named": [], "entries": []}
        if bits & 1:
            near, far = self.num(0, 25, 1, position), self.num(0, 25, 2, position)
            need(bits == 1 and 1 <= near < far)
            out["parents"] = [position - near, position - far]
        else:
            parent, step = self.num(0, 25, 0, position), self.num(0, 26, 0, 2 * END_OF_TIME + 1)
            self.clock += step >> 1 if step & 1 == 0 else ~(step >> 1)
            terms, most, words = self.terms(), (NAME, L["REASON_BYTES_MAX"], L["COMMIT_BYTES_MAX"]), ["", "", ""]
            for i in range(3 if bits & 8 else 0): words[i] = self.word(2 + i, most[i]) if self.flag(0, 30, i) else ""
            need(U(END_OF_TIME)(self.clock) and bits & 6 != 6 and any(words) == (bits & 8 > 0))
            need(all(OR("", PLAIN(most[i]))(words[i]) for i in (0, 1)))
            if words[2]: need(parent and words[2].endswith("\n") and not voids(words[2][:-1].split("\n")))
            out |= {"parents": [position - parent] if parent else [], "time": self.clock, "terms": terms, "words": words, "signature": self.code.raw(64), "seed": self.code.raw(32) if bits & 2 else b""}
            self.time, self.set = self.clock, self.held.sets.get(terms[2], self.held.sets.get(None, {}))
        group, last, n, added = 0, None, 0, 0
        while True:
            form = self.last["row"] = self.flag(5, 31, self.last.get("row", 0), 3)
            if form == 0: break
            g, n = (form > 1) + (form > 4), n + 1
            need(g >= group and not (bits & 1 and form in (1, 2, 5)) and n <= L["DELTA_ROWS_MAX"])
            group, last = g, None if g > group else last
            if form == 1:
                need(bits & 6)
                salt = self.code.raw(32) if bits & 4 else salt_of(out["seed"], added)
                need(not bits & 4 or not added or out["added"][-1][0] < salt)
                kind = self.say_kind()
                out["added"].append((salt, kind.name, self.writes(kind, True, None)))
                if len(self.added) < 262144: self.added.append(record_id(salt, self.held.id))
                added += 1
                continue
            last = self.name(last)
            row = (last[2], None, None)
            if form == 2:
                old = self.held.old(out["parents"][0] if out["parents"] else None, last[2])
                old = dec(old, -2) if old else None
                kind = self.kind_at(old[0]) if old else self.say_kind()
                row = (last[2], kind.name, self.writes(kind, False, old[2] if old else None))
            elif form not in (3, 6):
                size = self.num(5, 36, form, L["BLOB_BYTES_MAX"])
                need(size, "it carries nothing")
                row = (last[2], None, self.code.raw(size))
            out["named" if group == 1 else "entries"].append(row)
        need(added or not bits & 6)
        return out
    def kind_at(self, name):
        """The k-th kind is a place, with its name and what is known of its fields."""
        if name not in self.types:
            need(1 <= len(name.encode()) <= NAME and len(self.types) < L["KINDS_MAX"])
            self.types.append(name)
            self.root(63 + len(self.types)).fields = {}
        self.last["kind"] = self.types.index(name)
        kind = self.root(64 + self.last["kind"])
        kind.name, kind.schema = name, self.set.get(name, {})
        return kind
    def say_kind(self):
        i = self.num(5, 32, self.last.get("kind", 0), len(self.types))
        if i < len(self.types): return self.kind_at(self.types[i])
        name = self.word(6, NAME)
        need(name not in self.types)
        return self.kind_at(name)
    def name(self, last):
        way = self.last["way"] = self.flag(5, 33, self.last.get("way", 0), 2)
        shelf_of, here = lambda rid: int.from_bytes(rid[:8], "big") >> 64 - self.T, last if last and last[0] == way else None
        if way == 0:
            need(self.T and self.records)
            shelf, first = [], 0
            if here:
                shelf = self.shelves[shelf_of(here[2])]
                first = shelf.index(here[2]) + 1
                while first < len(shelf) and not self.flag(5, 35, 0): first += 1
            if first < len(shelf): rid = shelf[first]
            else:
                least = shelf_of(here[2]) + 1 if here else 0
                need(least < 1 << self.T)
                shelf = self.shelves.get(least + self.num(5, 34, int(not here), (1 << self.T) - 1 - least), [])
                need(0 < len(shelf) <= 64)
                k = len(shelf).bit_length() - 1
                s = (2 << k) - len(shelf)
                v = self.code.plain(k) if k else 0
                rid = shelf[v if v < s else 2 * v + self.code.plain(1) - s]
            now = (0, 0, rid)
        elif way == 1:
            least = here[1] + 1 if here else 0
            need(least < len(self.added))
            i = least + self.num(5, 34, 2, len(self.added) - 1 - least)
            now = (1, i, self.added[i])
        else:
            need(way == 2)
            now = (2, 0, self.code.raw(16))
            at_home = len(self.shelves.get(shelf_of(now[2]), ())) <= 64 and now[2] in self.shelves.get(shelf_of(now[2]), ()) if self.T else False
            need(not at_home and now[2] not in self.added, "named by its id in vain")
        need(not last or last < now, "order")
        return now
    def asked(self, table, place, c, mine):
        """New fields of a table: their keys; `mine`: the keys to be given, in learning."""
        new = [key for key in mine if key not in table]
        last = 0
        for i in range(self.number(L["DELTA_PLACES_MAX"], place, 37, [c], len(new))):
            step = self.number(4 * L["FIELD_NUMBER_MAX"], place, 38, [c], new[i] - last if new else 0)
            need(step and last + step not in table)
            last += step
            yield last
    def field(self, table, place, key, schema):
        f = table[key] = self.at(place, key)
        f.recent = 0
        forms(f, schema)
        return f
    def written(self, f, added, n, is_there):
        w = 4 + (f.recent & 3) if added else min(n, 3)
        v = self.bits(1, f, 39, [w, 8 + added], is_there)
        f.recent = f.recent << 1 | v if added else f.recent
        return v
    def writes(self, kind, added, old, given=None):
        """[(register as path_key gives it, what is done, the value)]; at a member the value is (its key field, its key, value)."""
        c, out, table, object_, register_at = 1 + added, [], kind.fields, BY_NUMBER(kind.schema), self.root(7)
        fields, sets = given or ({}, {})
        how = lambda F: {"set": 1, "keyed-list": 2}.get(object_.get(F, {}).get("x-merge"), 0) if type(fields[F]) is list else 0
        mine = sorted(3 * F + how(F) for F in fields)
        self.begin(kind)
        for F in sorted(old or {}):
            f = next((table[k] for k in sorted(table) if k // 3 == F), None)
            if f and f.key % 3 == 0: self.know_value(f, old[F], False)
            elif f and type(old[F]) is list: self.know_count(f, len(old[F]))
        extras = self.bits(1, kind, 44, [0], bool(sets))
        if extras and not added:
            existence = self.bits(2, register_at, 45, [0])
            need(existence < 3)
            if existence: out.append(((0, 0), ("", "add", "keep")[existence], None))
        for key in self.asked(table, kind, c, mine):
            need(3 <= key <= 3 * L["FIELD_NUMBER_MAX"] + 2)
            schema = object_.get(key // 3, {})
            f = self.field(table, kind, key, schema if key % 3 == 0 else {})
            f.key, f.schema, f.table = key, schema, {}
            if key % 3: forms(self.at(f, 0), schema.get("items") if key % 3 == 1 else BY_NAME(schema.get("items")).get(schema.get("x-member-key")))
            if key % 3 == 2: f.key_field = self.number(L["FIELD_NUMBER_MAX"], kind, 38, [c], BY_NAME(schema.get("items")).get(schema.get("x-member-key"), {}).get("x-field", 0) if given else 0)
        n = 0
        for key in sorted(table):
            f, F = table[key], key // 3
            if not self.written(f, added, n, key in mine): continue
            n += 1
            was = (old or {}).get(F)
            if key % 3 == 0:
                if not added and self.bits(1, f, 40, [0]): out.append(((0, 1, F, 0), "clear", None))
                else:
                    v = self.value(f, was, fields.get(F))
                    self.know_value(f, v, True)
                    out.append(((0, 1, F, 0), "set", v))
            elif key % 3 == 1: self.elements(out, f, F, added, c, fields.get(F))
            else: self.members(out, f, F, added, c, was, fields.get(F))
        need(all(FIELD(w[0][2]) for w in out if w[0][1] == 1))
        if extras:
            flat = [(k, e) for k in sorted(sets) for e in sets[k]]
            for i in range(self.number(L["DELTA_ROW_WRITES_MAX"], register_at, 41, [c], len(flat))):
                k, gone = self.bits(2, register_at, 32, [0], flat[i][0] if flat else 0), self.bits(1, register_at, 42, [0])
                e = self.value(self.root(8 + k), None, flat[i][1] if flat else None)
                need(k in BUILT_IN and BUILT_IN[k](e) and not (added and gone))
                out.append(((0, 2, k, enc(e)), "clear" if gone else "add", e))
            for _ in range(self.number(L["DELTA_ROW_WRITES_MAX"], register_at, 36, [c])):
                form, N = self.bits(3, register_at, 33, [0]), lambda: self.number(L["FIELD_NUMBER_MAX"], register_at, 29, [c])
                need(form < 6 and not added)
                path = [form] + ([N()] if form else []) + ([self.value(self.root(12))] if form > 1 else [])
                out.append(((1, *register(path + ([N()] if form == 4 else []))), "add", None))
        need(ascends([w[0] for w in out]) and len(out) + added <= L["DELTA_ROW_WRITES_MAX"] and (out or added))
        manners = {w[0][2:4] for w in out if w[0][:2] == (0, 1)}
        need(len({field for field, _ in manners}) == len(manners), "one field in two manners")
        if added: self.end()
        return out
    def elements(self, out, f, F, added, c, given):
        n = self.number(L["DELTA_ROW_WRITES_MAX"], f, 41, [c], len(given or ()))
        need(n)
        if added: self.know_count(f, n)
        for i in range(n):
            gone = not added and self.bits(1, f, 42, [0])
            e = self.value(self.at(f, 0), None, given[i] if given else None)
            out.append(((0, 1, F, 1, enc(e)), "clear" if gone else "add", e))
    def members(self, out, f, F, added, c, was, given):
        g, n = f.key_field, self.number(L["DELTA_ROW_WRITES_MAX"], f, 41, [c], len(given or ()))
        need(n and FIELD(g))
        if added: self.know_count(f, n)
        is_list = type(was) is list and all(type(m) is dict and g in m for m in was) and ascends([enc(m[g]) for m in was])
        was, passed = was if is_list else [], 0
        for i in range(n):
            mine, old = given[i] if given else {}, {}
            if not added and passed < len(was) and self.bits(1, f, 43, [0]):
                passed += self.number(len(was) - 1 - passed, f, 43, [c])
                old = was[passed]
                key, passed = old[g], passed + 1
            else:
                key = self.value(self.at(f, 0), None, mine.get(g))
                need(enc(key) not in [enc(m[g]) for m in was], "named by its key in vain")
            act, at, before = 1 if added else self.bits(2, f, 42, [0]), (0, 1, F, 2, enc(key)), len(out)
            if act: out.append((at, ("", "add", "clear", "keep")[act], (g, key, None)))
            if act == 2: continue
            numbers = sorted(k for k in mine if k != g)
            for k in self.asked(f.table, f, c, numbers): self.field(f.table, f, k, BY_NUMBER(f.schema.get("items")).get(k, {}))
            count = 0
            for k in sorted(f.table):
                if not self.written(f.table[k], added, count, k in mine): continue
                count += 1
                need(FIELD(k) and k != g)
                gone = act != 1 and self.bits(1, f.table[k], 40, [0])
                out.append((at + (k,), "clear" if gone else "set", (g, key, None if gone else self.value(f.table[k], old.get(k), mine.get(k)))))
            need(len(out) > before, "a member in which nothing is written")
def schema_forms(raw):
    """The kinds of a schema set's byte string, by name."""
    return {k["x-kind"]: k for k in map(json.loads, dec(raw)[3])} if raw else {}
def golden_world():
    pid, bases, schemas, records = dec(sample("delta-world"))
    terms = lambda b: (b[2], b[3], (b[4], b[5]), (b[7], b[8]), b[6], tuple(map(tuple, b[9])))
    return World(pid, [(b[0], b[1], terms(b)) for b in bases], {(b[4], b[5]): schema_forms(schemas) for b in bases}, dict(records))
