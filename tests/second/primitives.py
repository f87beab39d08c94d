"""What a library would give the second reader: canonical msgpack (schema/codec-v1.md), and libsodium and libzstd by ctypes.

And shapes of decoded values, a cursor, git objects. No format of ours is known here but the codec. Standard library only, and the two shared libraries that tiersync needs anyway.
"""
import ctypes
import ctypes.util
import hashlib
import struct

DEPTH_MAX = 16
sodium, zstd = (ctypes.CDLL(ctypes.util.find_library(name)) for name in ("sodium", "zstd"))
U64 = ctypes.c_ulonglong


class Bad(Exception):
    """What is read is not what its format says."""


def need(condition, why="not what the format says"):
    if not condition:
        raise Bad(why)


# --- msgpack: written in the one spelling; read in any, and compared with what is written ---
def head(n, fix, most, *wide):
    return bytes([fix | n]) if n <= most else next(bytes([c]) + n.to_bytes(w, "big") for c, w in wide if n < 1 << 8 * w)


def enc(v):
    if isinstance(v, bool):
        return b"\xc3" if v else b"\xc2"
    if isinstance(v, int) and v < -32:
        wide = ((208, 1), (209, 2), (210, 4), (211, 8))
        return next(bytes([c]) + v.to_bytes(w, "big", signed=True) for c, w in wide if -v <= 1 << 8 * w - 1)
    if isinstance(v, int):
        return struct.pack("b", v) if v < 0 else head(v, 0, 127, (204, 1), (205, 2), (206, 4), (207, 8))
    if isinstance(v, str):
        return head(len(v.encode()), 0xa0, 31, (217, 1), (218, 2), (219, 4)) + v.encode()
    if isinstance(v, bytes):
        return head(len(v), 0, -1, (196, 1), (197, 2), (198, 4)) + v
    if isinstance(v, list):
        return head(len(v), 0x90, 15, (220, 2), (221, 4)) + b"".join(map(enc, v))
    return head(len(v), 0x80, 15, (222, 2), (223, 4)) + b"".join(enc(k) + enc(v[k]) for k in sorted(v))


def take(data, at=0, depth=0):
    """A value, and where it ends."""
    need(at < len(data), "cut off")
    first, at, kind, n = data[at], at + 1, "n", 0
    if first in (0xc2, 0xc3):
        return first == 0xc3, at
    if first < 0x80 or first >= 0xe0:
        return (first if first < 0x80 else first - 256), at
    if first < 0xc0:
        kind, n = ("m", first & 15) if first < 0x90 else ("a", first & 15) if first < 0xa0 else ("s", first & 31)
    else:
        need(first in range(196, 199) or first in range(204, 212) or first > 216, "nil, a float or an extension")
        width = {196: 1, 197: 2, 204: 1, 205: 2, 207: 8, 208: 1, 209: 2, 211: 8, 217: 1, 218: 2, 220: 2, 222: 2}.get(first, 4)
        n, at = int.from_bytes(data[at:at + width], "big", signed=208 <= first < 212), at + width
        kind = "b" if first < 199 else "n" if first < 212 else "s" if first < 220 else "a" if first < 222 else "m"
    need(at <= len(data) and (kind == "n" or n <= (len(data) - at) // (2 if kind == "m" else 1)), "it claims more than there is")
    if kind == "n":
        return n, at
    if kind in "bs":
        return (data[at:at + n] if kind == "b" else data[at:at + n].decode()), at + n
    need(depth < DEPTH_MAX, "too deep")
    out = [] if kind == "a" else {}
    for _ in range(n):
        k, at = take(data, at, depth + 1)
        if kind == "a":
            out.append(k)
            continue
        need(type(k) is int and 0 <= k < 1 << 32 and (not out or k > max(out)), "keys")
        out[k], at = take(data, at, depth + 1)
    return out, at


def dec(data, depth=0):
    v, end = take(data, 0, depth)
    need(end == len(data) and enc(v) == data, "not canonical")
    return v


# --- libsodium, libzstd ---
def verified(public, signature, message):
    return sodium.crypto_sign_verify_detached(signature, message, U64(len(message)), public) == 0


def x25519(secret, public):
    out = ctypes.create_string_buffer(32)
    need(sodium.crypto_scalarmult(out, secret, public) == 0, "low order")
    return out.raw


def public_halves(seed, secret):
    sign, whole, box = (ctypes.create_string_buffer(n) for n in (32, 64, 32))
    sodium.crypto_sign_seed_keypair(sign, whole, seed)
    sodium.crypto_scalarmult_base(box, secret)
    return sign.raw, box.raw


def aead_open(key, nonce, wrapped, associated):
    out = ctypes.create_string_buffer(len(wrapped))
    opened = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
        out, None, None, wrapped, U64(len(wrapped)), associated, U64(len(associated)), nonce, key)
    need(opened == 0, "it does not open")
    return out.raw[:-16]


def xchacha20(key, nonce, data):
    out = ctypes.create_string_buffer(len(data))
    sodium.crypto_stream_xchacha20_xor(out, data, U64(len(data)), nonce, key)
    return out.raw


def chacha20(key, size):
    out = ctypes.create_string_buffer(size)
    sodium.crypto_stream_chacha20(out, U64(size), bytes(8), key)
    return out.raw


def stream_open(key, header, frames, associated):
    """secretstream: every frame with the associated data, FINAL on the last and MESSAGE on the others."""
    state, plain = ctypes.create_string_buffer(64), b""
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, header, key)
    for i, frame in enumerate(frames):
        out, tag = ctypes.create_string_buffer(len(frame)), ctypes.create_string_buffer(1)
        pulled = sodium.crypto_secretstream_xchacha20poly1305_pull(
            state, out, None, tag, frame, U64(len(frame)), associated, U64(len(associated)))
        need(pulled == 0 and tag.raw[0] == (3 if i + 1 == len(frames) else 0), "a frame does not open")
        plain += out.raw[:-17]
    return plain


def zstd_restore(packed, size):
    out = ctypes.create_string_buffer(size + 1)
    need(zstd.ZSTD_decompress(out, ctypes.c_size_t(size + 1), packed, ctypes.c_size_t(len(packed))) == size, "zstd")
    return out.raw[:size]


# --- shapes of decoded values ---
def U(most, least=0):
    return lambda v: type(v) is int and least <= v <= most


def S(most):
    return lambda v: type(v) is str and 1 <= len(v.encode()) <= most


def BIN(*sizes):
    return lambda v: type(v) is bytes and len(v) in sizes


def SOME(v):
    return type(v) is bytes and len(v) > 0


def ANY(v):
    return True


def ascends(items):
    return all(a < b for a, b in zip(items, items[1:]))


def cut(v, size):
    return [v[i:i + size] for i in range(0, len(v), size)]


def MANY(size, most):
    """Ascending names of one size, one behind the other."""
    return lambda v: type(v) is bytes and 0 < len(v) <= size * most and len(v) % size == 0 and ascends(cut(v, size))


def LIST(shape, most, least=1):
    return lambda v: type(v) is list and least <= len(v) <= most and all(map(shape, v))


def ROW(*shapes, opt=0):
    """An array of just these; the last `opt` may be missing."""
    return lambda v: type(v) is list and len(shapes) - opt <= len(v) <= len(shapes) and all(s(x) for s, x in zip(shapes, v))


def MAP(must, may):
    return lambda v: type(v) is dict and set(must) <= set(v) <= set(must) | set(may) and all({**must, **may}[k](x) for k, x in v.items())


def full(v):
    """Nothing in it is empty, at no depth."""
    inner = v if type(v) is list else v.values() if type(v) is dict else ()
    return (type(v) in (int, bool) or len(v) > 0) and all(map(full, inner))


class Cursor:
    """Bytes, varints, strings and values one after the other."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def raw(self, n):
        self.at += n
        need(self.at <= len(self.data), "cut off")
        return self.data[self.at - n:self.at]

    def var(self, most=2**63 - 1, least=0):
        v, shift, last = 0, 0, 128
        while last & 128:
            last = self.raw(1)[0]
            v, shift = v | (last & 127) << shift, shift + 7
        need((last or shift == 7) and least <= v <= most, "varint")
        return v

    def text(self, most):
        return self.raw(self.var(most, 1)).decode()

    def value(self):
        v, end = take(self.data, self.at)
        need(full(v) and enc(v) == self.raw(end - self.at), "value")
        return v


# --- git objects ---
def git(objects, kind, body):
    oid = hashlib.sha1(f"{kind} {len(body)}\0".encode() + body).digest()
    objects[oid] = body
    return oid


def tree(objects, entries):
    return git(objects, "tree", b"".join(f"{mode:o} {name}\0".encode() + oid for name, mode, oid in entries))
