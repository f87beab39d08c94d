"""The second reader's deltas, from schema/delta-v1.md alone. What is learned and not read goes the same way: then `given` says it."""
import datetime, re, struct
from primitives import *
U32, U64, END, RING, DAY0 = 2**32 - 1, 2**64 - 1, 0x110000, 1 << 18, datetime.date(1970, 1, 1)
KNOTS = [22, 36, 60, 98, 162, 267, 439, 720, 1179, 1921, 3108, 4971, 7812, 11955, 17625, 24743, 32768, 40793, 47911, 53581, 57724, 60565, 62428, 63615, 64357, 64816, 65097, 65269, 65374, 65438, 65476, 65500, 65514]
def H(a, b):
    h = (a ^ b * 0x85ebca77) * 0x9e3779b1 & U32
    return ((h ^ h >> 15) * 0x2c1b3c6d + b) & U32
def squash(x): return KNOTS[x + 2048 >> 7] * (128 - (x + 2048 & 127)) + KNOTS[(x + 2048 >> 7) + 1] * (x + 2048 & 127) + 64 >> 7
SQUASHED, STRETCH, RATES = [squash(x) >> 4 for x in range(-2047, 2048)], [], [327680 // (5 * n + 6) for n in range(31)]
for v in range(4096): STRETCH.append(next((x for x in range(STRETCH[-1] if STRETCH else -2047, 2048) if SQUASHED[x + 2047] >= v), 2047))
def hash_of(encoded):
    h = len(encoded)
    for word in struct.unpack(">4I", encoded[:16].ljust(16, b"\0")): h = H(h, word)
    return h | 1
def to_i64(n): return (n + 2**63 & U64) - 2**63
def class_of(v): return (0 if v < 2**63 else 6) if type(v) is int else {str: 1, bool: 2, bytes: 3, list: 4, dict: 5}[type(v)]
def convert(to, of, n):
    """A number of one form as one of another; None: they have nothing to do with each other."""
    if of == "date-time" and to in ("date", "month"): n, of = (n + 28800) // 86400, "date"
    if to == of: return n
    if (to, of) != ("month", "date") or not -62091 <= n <= 84370: return None
    return (DAY0 + datetime.timedelta(n)).year * 12 + (DAY0 + datetime.timedelta(n)).month - 1 - 1970 * 12
class Varints(Cursor):
    def var(self, most=2**63 - 1, least=0):
        groups = self.raw(len(re.compile(rb"[\x80-\xff]*[\0-\x7f]").match(self.data, self.at)[0]))
        v = sum((group & 127) << 7 * i for i, group in enumerate(groups))
        need((groups[-1] or len(groups) == 1) and least <= v <= most, "varint")
        return v
class Stored:
    learns = False
    def __init__(self, body, L):
        c, sizes, self.columns = Varints(body), {}, {}
        for _ in range(c.var(L["DELTA_COLUMNS_MAX"])):
            place = c.var() + max(sizes, default=(0,))[0]
            at = place, c.var(63)
            need(at > max(sizes, default=(0, -1)) and place < L["DELTA_PLACES_MAX"], "columns")
            sizes[at] = c.var(2**30, 1)
        self.columns = {at: Varints(c.raw(size)) for at, size in sizes.items()}
        need(c.at == len(body), "something follows the columns")
    def column(self, place, sort): return self.columns.get((place, sort)) or Varints(b"")
    def bits(self, w, place, sort, contexts, v=0, weights=None):
        v = self.column(place, sort).raw(1)[0]
        need(v < 1 << w, "symbol")
        return v
    def number(self, most, place, sort, contexts, v=0): return self.column(place, sort).var(most)
    def raw(self, n, data=b""): return self.column(0, 21).raw(n)
    def plain(self, w, v=0):
        v = int.from_bytes(self.raw((w + 7) // 8), "big")
        need(v < 1 << w, "plain")
        return v
    def end(self): need(all(c.at == len(c.data) for c in self.columns.values()), "columns are left")
class Mixed:
    def __init__(self, body, L):
        self.body, self.at, self.low, self.high, self.value = body, 4, 0, U32, int.from_bytes(body[:4].ljust(4, b"\0"), "big")
        self.slots, self.weights, self.left, self.learns = {}, {}, L["DELTA_DECISIONS_MAX"] + 4, False
    def decision(self, chance, bit):
        self.left -= 1
        need(self.left, "too many decisions")
        if self.learns: return bit
        middle = self.low + ((self.high - self.low) * chance >> 16)
        bit = int(self.value <= middle)
        self.low, self.high = (self.low, middle) if bit else (middle + 1, self.high)
        while (self.low ^ self.high) >> 24 == 0:
            self.low, self.high = self.low << 8 & U32, self.high << 8 & U32 | 255
            self.value = self.value << 8 & U32 | (self.body[self.at] if self.at < len(self.body) else 0)
            self.at += 1
        return bit
    def slot(self, context):
        name = context * 0x9e3779b1 & U32
        i, name, free = name >> 16, name | 1, [0]
        one, two = self.slots.setdefault(i, [0]), self.slots.setdefault(i ^ 1, [0])
        for slot in (one, two):
            if slot[0] == name: return slot
        slot = two if two == free or one != free and two[2][1] < one[2][1] else one
        slot[:] = [name, [1 << 21] * 16, [0] * 16]  # of each node: the chance, and how often it was asked
        return slot
    def bits(self, w, place, sort, contexts, v=0, weights=None):
        slots, node = [self.slot(H(H(4 * sort + i, place), c)) for i, c in enumerate(contexts)], 1
        for shift in range(w - 1, -1, -1):
            order = next((i + 1 for i, slot in enumerate(slots) if slot[2][node]), 0)
            ws = self.weights.setdefault((sort if weights is None else weights, order), [34816] * 3)
            xs = [STRETCH[slot[1][node] >> 10] for slot in slots]
            chance = squash(max(-2047, min(2047, sum(x * y for x, y in zip(xs, ws)) >> 16)))
            bit = self.decision(chance, v >> shift & 1)
            miss = 65536 * bit - chance >> 4
            for i, (_, p, n) in enumerate(slots):
                ws[i] = max(-2**20, min(2**20, ws[i] + (xs[i] * miss + 2048 >> 12)))
                p[node] += ((2**22 - 1 - p[node]) * RATES[n[node]] >> 16) if bit else -(p[node] * RATES[n[node]] >> 16)
                n[node] = min(n[node] + 1, 30)
            node = 2 * node + bit
        return node - (1 << w)
    def number(self, most, place, sort, contexts, v=0):
        n, b = v, self.bits(4, place, sort, contexts, min(v.bit_length(), 15))
        if b == 15:
            b = self.plain(6, v.bit_length())
            need(b >= 15, "number")
        v, rest = int(b > 0), max(b - 4, 0)
        if b > 1: v = 1 << b - 1 - rest | self.bits(b - 1 - rest, place, sort, [H(b, U32)], n >> rest & (1 << b - 1 - rest) - 1, 60)
        while rest:
            w, rest = min(rest, 32), rest - min(rest, 32)
            v = v << w | self.plain(w, n >> rest & (1 << w) - 1)
        need(v <= most, "number past its limit")
        return v
    def plain(self, w, v=0): return sum(self.decision(32768, v >> shift & 1) << shift for shift in range(w - 1, -1, -1))
    def raw(self, n, data=b""): return bytes(self.plain(8, data[i] if self.learns else 0) for i in range(n))
    def end(self):
        step, value, k = 1 << 32, (1 << 32) * (self.low > 0), 0
        while value > self.high: step, k, value = step >> 8, k + 1, -(-self.low // (step >> 8)) * (step >> 8)
        need(self.body[self.at - 4:] == value.to_bytes(4, "big")[:k] and len(self.body) == self.at - 4 + k, "the end of the code")
class Place:
    def __init__(self, number):
        self.number, self.children, self.usual, self.form, self.known, self.last = number, {}, 1, "plain", ([], [], []), [0] * 3
        self.alphabet, self.begin, self.now, self.partner, self.reference, self.before, self.siblings, self.is_sibling = [], 0, (0,), None, None, 0, None, False
class Values:
    """Symbols and values at places (sections 1, 4, 5)."""
    def __init__(self, code, L):
        self.code, self.L, self.places, self.row, self.time, self.kinds = code, L, [Place(0)], 0, None, 0
        self.numbered = 1
        self.history, self.next, self.pair, self.world, self.remembered, self.letters = {}, 1, {}, [], 262144, 1048576
    def at(self, place, *keys):
        for key in keys:
            if key not in place.children:
                need(len(self.places) < self.L["DELTA_PLACES_MAX"], "places")
                place.children[key] = Place(None)
                self.places.append(place.children[key])
            place = place.children[key]
        return place
    def root(self, key): return self.at(self.places[0], key)
    def number_of(self, place):
        if place.number is None: place.number, self.numbered = self.numbered, self.numbered + 1
        return place.number
    def bits(self, w, place, sort, contexts, v=0, weights=None): return self.code.bits(w, self.number_of(place), sort, contexts, int(v), weights)
    def number(self, most, place, sort, contexts, v=0): return self.code.number(most, self.number_of(place), sort, contexts, v)
    def begin(self, kind):
        self.row, self.kind = self.row + 1, kind
        if kind.siblings is None and self.kinds < 32: kind.siblings, kind.rows, kind.count, kind.choice, self.kinds = [], [], 0, 32, self.kinds + 1
    def know(self, place, h, number, is_new):
        place.now = (self.row, h, number, is_new)
        if self.kind.siblings is not None and not place.is_sibling and len(self.kind.siblings) < 48:
            place.is_sibling = True
            self.kind.siblings.append(place)
    def know_count(self, place, n): self.know(place, H(0, n) | 1, n, False)
    def know_value(self, place, v, is_new):
        self.know(place, hash_of(enc(v)), v if class_of(v) == 0 else None, is_new)
        if place.form != "citizen-id" or class_of(v) or v <= 0: return
        y, m, d = v // 10**7 % 10**4, v // 10**5 % 100, v // 1000 % 100
        try: born = (datetime.date(y, m, d) - DAY0).days
        except ValueError: return
        for i, part in enumerate((v // 10**11, born, v % 2) if 1800 <= y <= 2200 else ()):
            self.at(place, U32 - i).form = "date" if i == 1 else "plain"
            self.know(self.at(place, U32 - i), H(i, part & U32) | 1, part, is_new)
    def has(self, place, what): return place.now[what] if place and place.now[0] == self.row else None
    def end(self):
        k = self.kind
        if k.siblings is None: return
        k.rows, k.count = (k.rows + [[(self.has(f, 1) or 0, self.has(f, 2)) for f in k.siblings]])[-128:], k.count + 1
        for f, cell in zip(k.siblings, k.rows[-1]): f.before = f.before if cell[1] is None else cell[1]
        if k.count != k.choice: return
        k.choice *= 4
        cells = [[row[g] if g < len(row) else (0, None) for row in k.rows] for g in range(len(k.siblings))]
        for f in range(len(cells)): self.choose(k, f, cells)
    def choose(self, k, f, cells):
        place, least, D = k.siblings[f], len(k.rows) // 32 + 2, lambda n, m: (H(1, n - m & U32) | 1, 1)
        def count(pairs):
            seen, n = {}, 0
            for pair in pairs:
                slot = (pair[0] * 0x9e3779b1 & U32) >> 23
                n, seen[slot] = n + (seen.get(slot) == pair), pair
            return n
        hashes, numbers = [h for h, _ in cells[f] if h], [n for _, n in cells[f] if n is not None]
        best, most, partner, reference = least + sum(a == b for a, b in zip(hashes, hashes[1:])), least + count(D(n, 0) for n in numbers), None, None
        steps = count(D(n, m) for m, n in zip(numbers, numbers[1:]))
        if steps > most: most, reference = steps, place
        for g, other in enumerate(k.siblings[:f]):
            n = count((b[0], a[0]) for a, b in zip(cells[f], cells[g]) if a[0] and b[0])
            if n > best: best, partner = n, other
            both = [(a[1], convert(place.form, other.form, b[1])) for a, b in zip(cells[f], cells[g]) if a[1] is not None and b[1] is not None]
            n = 0 if (None in (m for _, m in both)) else count(D(*pair) for pair in both)
            if n > most: most, reference = n, other
        if reference is not place.reference: place.known[1].clear()
        place.partner, place.reference = partner, reference
    def mode(self, place, has_old):
        r = place.reference
        if r is place and not has_old: return 1, place.before
        n = self.has(r, 2) if r is not place else None
        if n is not None and (not has_old or r.now[3]) and convert(place.form, r.form, n) is not None: return 1, convert(place.form, r.form, n)
        now = convert(place.form, "date-time", self.time) if self.time is not None and place.form in ("date", "month", "date-time") else None
        return (0, 0) if now is None else (2, now)
    def value(self, place, old=None, given=None, depth=0):
        (mode, reference), symbol, new = self.mode(place, old is not None), 0, 0
        known, told = place.known[mode], self.has(place.partner, 1) or 0
        if self.code.learns:
            new = class_of(given)
            given = given if new else to_i64(given - reference)
            symbol = known.index(enc(given)) + 1 if enc(given) in known else 0 if new == place.usual else 15
        symbol = self.bits(4, place, 0, [H(mode, told), H(mode + 3, place.last[mode]), mode], symbol)
        if symbol == 15:
            new = self.bits(3, place, 1, [place.usual], new)
            need(new < 7 and new != place.usual, "class")
            place.usual = new
        if 1 <= symbol <= 14:
            need(symbol <= len(known), "no such value")
            v, e = dec(known[symbol - 1], -2), known[symbol - 1]
        else:
            v = self.spell(place, mode, old, given, depth)
            e = enc(v)
            need(e not in known, "it could have been named")
            if len(known) < 14 and len(e) <= 32 and self.remembered: self.remembered, _ = self.remembered - 1, known.append(e)
        place.last[mode] = hash_of(e)
        return to_i64(v + reference) if class_of(v) == 0 else v
    def spell(self, place, mode, old, given, depth):
        if place.usual == 0: return self.integer(place, mode, given or 0)
        if place.usual == 1: return self.text(place, old if type(old) is str else "", given) if type(self.code) is Mixed else self.stored_text(place)
        if place.usual == 2: return self.bits(1, place, 2, [0], given or 0) == 1
        if place.usual == 6:
            v = self.code.plain(32, (given or 0) >> 32) << 32 | self.code.plain(32, (given or 0) & U32)
            need(v > 2**63 - 1, "class")
            return v
        n = self.number(self.L["RECORD_BYTES_MAX" if place.usual == 3 else "ARRAY_ITEMS_MAX"], place, 7 if place.usual == 3 else 8, [0], len(given or ""))
        need(n and (depth < DEPTH_MAX or place.usual == 3), "empty, or too deep")
        if place.usual == 3: return self.code.raw(n, given or b"")
        if place.usual == 4: return [self.value(self.at(place, 0), old[i] if type(old) is list and i < len(old) else None, given[i] if given else None, depth + 1) for i in range(n)]
        out, least = {}, 0
        for i in range(n):
            key = least + self.number(U32 - least, place, 9, [least, 0], sorted(given)[i] - least if given else 0)
            out[key] = self.value(self.at(place, min(key + 1, U32)), old.get(key) if type(old) is dict else None, given[key] if given else None, depth + 1)
            least = key + 1
            need(least <= U32 or i + 1 == n, "keys")
        return out
    def integer(self, place, mode, given):
        if type(self.code) is Stored:
            v = self.number(U64, place, 20, [])
            return v >> 1 if v & 1 == 0 else ~(v >> 1)
        text, told, v, last, zeros = str(abs(given)), self.has(place.partner, 1) or 0, 0, 0, 0
        n = self.bits(4, place, 4, [H(mode, told), mode], min(len(text), 15))
        n += self.bits(3, place, 5, [mode], len(text) - 15) if n == 15 else 0
        is_less, before = self.bits(1, place, 3, [mode], given < 0), H(mode, n)
        for i in range(n):
            last = self.bits(4, place, 6, [before, H(H(mode, n - i), 4 * last + zeros)], int(text[i]) if self.code.learns else 0)
            need(last < 10 and (i or last or n == 1 and not is_less), "digit")
            v, before, zeros = v * 10 + last, H(before, last), 0 if last else min(zeros + 1, 3)
        need(1 <= n <= 19 and v < 2**63 + is_less, "too long, or too large")
        return -v if is_less else v
    def stored_text(self, place):
        c = self.code.column(place.number, 19)
        end = c.data.find(b"\xff", c.at)
        need(c.at < end <= c.at + self.L["COMMIT_BYTES_MAX"], "text")
        return c.raw(end + 1 - c.at)[:-1].decode()
    def old(self, position): return self.history.get(position % RING)
    def match(self, a, b): return next((n for n in range(20) if a <= n or self.old(a - n) == END or self.old(a - n) != self.old(b - n)), 20)
    def add(self, c):
        n, last = self.next, self.old(self.next - 1) if self.next > 1 else END
        self.history[n % RING], self.next = c, n + 1
        if END in (c, last): return 0
        k = (H(H(0, last), c) * 0x9e3779b1 & U32) >> 18
        found, self.pair[k] = self.pair.get(k, 0), n + 1
        return found if found and self.match(found - 1, n) >= 3 else 0
    def text(self, place, old, given):
        valid, pointer, length, origin = lambda p: p and self.next - p < RING, 0, 0, 0
        if old:
            pointer, origin = self.next, 1
            for c in [*map(ord, old), END]: self.add(c)
        elif valid(place.begin): pointer, origin = place.begin, 2
        place.begin, a, b, out, points = self.next, END, END, "", [*map(ord, given or ""), END]
        while True:
            c, guess, far, away = points[len(out)] if self.code.learns else 0, self.old(pointer) if valid(pointer) else None, min(length, 15), 8 if origin else 0
            weights = 52 + (3 if far > 14 else 2 if far > 7 else 1 if far > 3 else 0) + away // 2
            if guess is not None and self.bits(1, place, 10, [H(guess, a), H(guess, min(len(out), 7) + away), origin * 16 + far], guess == c, weights):
                c, pointer, length = guess, pointer + 1, length + 1
            else:
                c, pointer, length, origin = self.letter(place, a, b, min(len(out), 40), c), 0, 0, 0
                need(c != guess, "it could have been guessed")
            found = self.add(c)
            if not pointer and found: pointer, length = found, self.match(found - 1, self.next - 1)
            if c == END: break
            a, b, out = c, a, out + chr(c)
        need(out and len(out.encode()) <= self.L["COMMIT_BYTES_MAX"], "text")
        return out
    def letter(self, place, a, b, pos, c):
        contexts, letters, root, r = [H(a, b), a, pos], place.alphabet, self.places[0], 0
        want = 1 if c == END else letters.index(c) + 2 if self.code.learns and c in letters else 0
        s = self.bits(4, place, 11, contexts, min(want, 15))
        if s == 15:
            high = self.bits(4, place, 12, contexts, want - 15 >> 4 & 15)
            s += high << 4 | self.bits(4, place, 13, [H(x, high) for x in contexts], want - 15 & 15)
        need(s < len(letters) + 2, "no such letter")
        if s: return END if s == 1 else letters[s - 2]
        index = self.world.index(c) + 1 if self.code.learns and c in self.world else 0
        for i in range(3): r = r << 4 | self.bits(4, root, 14 + i, [H(a, r), H(place.number, r)], index >> 8 - 4 * i & 15)
        need(r <= len(self.world), "no such character")
        if r: c = self.world[r - 1]
        else:
            high = self.bits(4, root, 17, [0], c >> 17)
            c = high << 17 | self.bits(4, root, 18, [high], c >> 13 & 15) << 13 | self.code.plain(13, c & 0x1fff)
            need(c < END and not 0xd800 <= c < 0xe000 and c not in self.world, "code point")
            if len(self.world) < 4095: self.world.append(c)
        need(c not in letters, "it could have been named")
        if len(letters) < 269 and self.letters: self.letters, _ = self.letters - 1, letters.append(c)
        return c
