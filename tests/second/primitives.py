"""What a library would give the second reader: canonical msgpack (schema/codec-v1.md), libsodium and libzstd, shapes of values.
No format of ours is known here but the codec. Needed: the standard library, and the two shared libraries of tiersync itself.
"""
import ctypes, ctypes.util, hashlib, struct
DEPTH_MAX = 16
sodium, zstd = (ctypes.CDLL(ctypes.util.find_library(name)) for name in ("sodium", "zstd"))
class Bad(Exception): pass
def need(condition, why="not what the format says"):
    if not condition: raise Bad(why)
def refusal(reader, raw):  # None: it takes these bytes
    try:
        reader(raw)
    except (Bad, ValueError, TypeError, AttributeError, LookupError, OverflowError, struct.error) as error:
        return repr(error)
# --- msgpack. A kind's numbers or sizes that are in the first byte, and from where; the first byte of the wider ones ---
FORMS = {"uint": (range(128), 0, 0xcc, (1, 2, 4, 8)), "int": (range(-32, 0), 256, 0xd0, (1, 2, 4, 8)),
         "str": (range(32), 0xa0, 0xd9, (1, 2, 4)), "bin": ((), 0, 0xc4, (1, 2, 4)),
         "array": (range(16), 0x90, 0xdc, (2, 4)), "map": (range(16), 0x80, 0xde, (2, 4)), "bool": ((False, True), 0xc2, 0, ())}
FIRST = {start + n: (kind, n, 0) for kind, (inside, start, _, _) in FORMS.items() for n in inside}
FIRST |= {wide + i: (kind, 0, width) for kind, (_, _, wide, widths) in FORMS.items() for i, width in enumerate(widths)}
def head(kind, n):
    inside, start, wide, widths = FORMS[kind]
    if n in inside: return bytes([start + n])
    i, width = next((i, w) for i, w in enumerate(widths) if -1 << 8 * w - 1 <= n < 1 << 8 * w)
    return bytes([wide + i]) + n.to_bytes(width, "big", signed=n < 0)
def enc(v):  # the one spelling of a value
    if isinstance(v, int):
        return head("bool" if isinstance(v, bool) else "int" if v < 0 else "uint", v)
    if isinstance(v, (list, dict)):
        members = v if isinstance(v, list) else [x for key in sorted(v) for x in (key, v[key])]
        return head("array" if members is v else "map", len(v)) + b"".join(map(enc, members))
    data = v.encode() if isinstance(v, str) else v
    return head("bin" if data is v else "str", len(data)) + data
def dec(data, depth=0, shape=lambda v: True):
    v = Cursor(data).value(depth)
    need(enc(v) == data and shape(v), "not canonical, or of another shape")
    return v
class Cursor:  # bytes, fixed layouts and msgpack values one after the other, never past the end
    def __init__(self, data): self.data, self.at = data, 0
    def raw(self, n):
        self.at += n
        need(self.at <= len(self.data), "cut off")
        return self.data[self.at - n:self.at]
    def unpack(self, layout): return struct.unpack(layout, self.raw(struct.calcsize(layout)))
    def value(self, depth=0):  # in any spelling; compared with enc's, longer ones and keys that descend or stand twice are seen
        kind, n, width = FIRST[self.raw(1)[0]]  # nil, floats and extensions are not there
        n = int.from_bytes(self.raw(width), "big", signed=kind == "int") if width else n
        if kind in ("str", "bin"):
            return self.raw(n).decode() if kind == "str" else self.raw(n)
        if kind in ("array", "map"):
            need(depth < DEPTH_MAX, "too deep")
            members = [self.value(depth + 1) for _ in range(n if kind == "array" else 2 * n)]
            need(kind == "array" or all(map(U(2**32 - 1), members[::2])), "keys")
            return members if kind == "array" else dict(zip(members[::2], members[1::2]))
        return n
# --- libsodium, libzstd ---
def native(function, size, *words, before=()):  # the bytes that it writes to its argument after `before`; numbers go as 64 bits
    out = ctypes.create_string_buffer(size)
    need(sodium[function](*before, out, *(ctypes.c_uint64(w) if type(w) is int else w for w in words)) == 0, function)
    return out.raw
def verify(public, signature, m): native("crypto_sign_open", len(m), None, signature + m, 64 + len(m), public)
def x25519(secret, public): return native("crypto_scalarmult", 32, secret, public)
def xchacha20(key, nonce, data): return native("crypto_stream_xchacha20_xor", len(data), data, len(data), nonce, key)
def chacha20(key, size): return native("crypto_stream_chacha20", size, size, bytes(8), key)
def public_halves(seed, secret):
    whole = ctypes.create_string_buffer(64)
    return native("crypto_sign_seed_keypair", 32, whole, seed), native("crypto_scalarmult_base", 32, secret)
def aead_open(key, nonce, wrapped, ad):
    cipher = "crypto_aead_xchacha20poly1305_ietf_decrypt"
    return native(cipher, len(wrapped) - 16, None, None, wrapped, len(wrapped), ad, len(ad), nonce, key)
def stream_open(key, header, frames, ad):  # secretstream: FINAL on the last frame and MESSAGE on the others
    stream, tags, plain = "crypto_secretstream_xchacha20poly1305_", ctypes.create_string_buffer(len(frames)), b""
    state = ctypes.create_string_buffer(native(stream + "init_pull", 52, header, key), 52)
    for i, frame in enumerate(frames):
        words = None, ctypes.byref(tags, i), frame, len(frame), ad, len(ad)
        plain += native(stream + "pull", len(frame) - 17, *words, before=[state])
    need(tags.raw == bytes(len(frames) - 1) + b"\3", "FINAL")
    return plain
def zstd_restore(packed, size):
    out = ctypes.create_string_buffer(size)
    need(zstd.ZSTD_decompress(out, ctypes.c_size_t(size), packed, ctypes.c_size_t(len(packed))) == size, "zstd")
    return out.raw
# --- shapes of decoded values. ROW: an array of just these, of which the last `opt` may be missing ---
def U(most, least=0): return lambda v: type(v) is int and least <= v <= most
def S(most): return lambda v: type(v) is str and 1 <= len(v.encode()) <= most
def BIN(*sizes): return lambda v: type(v) is bytes and len(v) in sizes
def SOME(v): return type(v) is bytes and len(v) > 0
def ANY(v): return True
def OR(value, shape): return lambda v: v == value or shape(v)
def LIST(shape, most, least=1): return lambda v: type(v) is list and least <= len(v) <= most and all(map(shape, v))
def SET(shape, most): return lambda v: LIST(shape, most)(v) and ascends(list(map(enc, v)))
def MANY(size, most): return lambda v: SOME(v) and len(v) % size == 0 and len(v) <= size * most and ascends(cut(v, size))
def TABLE(key, shape, most): return lambda v: type(v) is dict and len(v) <= most and all(key(k) and shape(v[k]) for k in v)
def MAP(must, may):
    return lambda v: type(v) is dict and {*must} <= {*v} <= {*must, *may} and all((must | may)[k](v[k]) for k in v)
def ROW(*shapes, opt=0): return lambda v: LIST(ANY, len(shapes), len(shapes) - opt)(v) and all(s(x) for s, x in zip(shapes, v))
def full(v):  # nothing in it is empty, at no depth
    inner = v if type(v) is list else v.values() if type(v) is dict else ()
    return (type(v) in (int, bool) or len(v) > 0) and all(map(full, inner))
def ascends(items): return all(a < b for a, b in zip(items, items[1:]))
def cut(v, size): return [v[i:i + size] for i in range(0, len(v), size)]
# --- git objects ---
def git(objects, kind, body):
    oid = hashlib.sha1(f"{kind} {len(body)}\0".encode() + body).digest()
    objects[oid] = body
    return oid
def tree(objects, rows): return git(objects, "tree", b"".join(f"{mode:o} {name}\0".encode() + oid for name, mode, oid in rows))
