"""The dense form of a value and back, from schema/dense-v1.md; what a blob of schema/blob-v2.md seals."""
from reader import *
TABLES = {int(n): "".join(re.findall('"(.*)"', rows)) for n, rows in re.findall(r"^DENSE_CODE\((\d+),([^)]+)\)", sample("../../schema/dense.def").decode(), re.M)}
CLASSES = ["".join(re.findall('"(.*)"', rows)) for rows in re.findall(r"^DENSE_CLASS\(\d,([^)]+)\)", sample("../../schema/dense.def").decode(), re.M)]
FIRST_CLASS = int(re.search(r"^DENSE_FIRST\((\w+)\)", sample("../../schema/dense.def").decode(), re.M)[1], 16)
def codes_of(digits):  # RFC 1951, 3.2.2: symbol -> code as text
    out, code, last = {}, 0, 0
    for length, symbol in sorted((int(d, 16), s) for s, d in enumerate(digits) if d != "0"):
        code, last = (code + bool(out)) << length - last, length
        out[symbol] = f"{code:0{length}b}"
    return out
CODES = {n: codes_of(digits) for n, digits in TABLES.items()}
SYMBOLS = {n: {code: symbol for symbol, code in codes.items()} for n, codes in CODES.items()}
def class_of(b): return next(c for c, bs in ((1, range(32)), (2, range(128)), (6, range(144)), (7, range(160)), (3, range(192)),
                                             (4, (194, 195)), (5, (204, 205)), (8, range(256))) if b in bs)
class Walk:  # over one value; `byte` gives its next byte, for a context and a base
    def __init__(self, byte): self.byte, self.last = byte, {w: bytes(w) for w in (1, 2, 4, 8)}
    def value(self, depth=0, context=1, base=0):
        first = self.byte(context, base)
        kind, n, width = FIRST[first]
        if kind in ("int", "uint") and width:
            now, last = b"", self.last[width]
            for i in range(width):
                at = {1: 11, 2: 12, 4: 15, 8: 22}[width] + (i and 2 * i - 1 + (now != last[:i]))
                now += bytes([self.byte(at, last[i])])
            self.last[width] = now
        elif width:
            n = int.from_bytes(bytes(self.byte(10, 0) for _ in range(width)), "big")
        if kind == "bin":
            for _ in range(n): self.byte(None, 0)
        elif kind == "str":
            at, state = FIRST_CLASS, 0
            for _ in range(n):
                b = self.byte(37 + at, 0)
                state = (state + 1) % 3 if state else int(0xe0 <= b <= 0xef)
                at = int(CLASSES[state][b], 16)
        elif kind in ("array", "map"):
            need(n == 0 or depth < 24, "too deep")
            key = before = 0
            for _ in range(n):
                if kind == "map": key = self.value(depth + 1, 0, key + 1)
                before = class_of(self.value(depth + 1, 1 + before))
        return first
def densed(plain):
    data, out = iter(plain), []
    def byte(context, base):
        b = next(data)
        s, codes = (b - base) % 256, CODES.get(context)
        out.append(f"{s:08b}" if codes is None else codes[s] if s in codes else codes[256] + f"{s:08b}")
        return b
    Walk(byte).value()
    need(next(data, None) is None)
    bits = "".join(out)
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
def restored(raw):
    bits, at, out = "".join(f"{b:08b}" for b in raw), 0, bytearray()
    def byte(context, base):
        nonlocal at
        s, symbols = 256, SYMBOLS.get(context)
        if symbols:
            end = next((e for e in range(at + 1, at + 12) if bits[at:e] in symbols), at)
            s, at = symbols[bits[at:end]], end  # LookupError: cut off
        if s == 256:
            s, at = int(bits[at:at + 8], 2), at + 8
            need(at <= len(bits), "cut off")
        out.append((s + base) % 256)
        return out[-1]
    Walk(byte).value()
    need(at <= len(bits) < at + 8 and densed(bytes(out)) == raw, "not the one dense form")
    return bytes(out)
