#!/usr/bin/env python3
"""A second reader of everything that travels or is kept, made from schema/*.md alone; it shares no code with src/.

It reads every sample of tests/golden that has such a format: takes the good ones and refuses the bad ones. story.py reads, with
this, bundles that the real command made, and comes to the same commit ids. Left out: what doors and caches alone read (CSV,
JSON Lines, dates, URLs, kind files, the lookup cache), and key files under a passphrase. primitives.py stands for the libraries
that it would otherwise ask for: msgpack and libsodium.
"""
import base64, datetime, glob, hashlib, os, re, struct, sys
from primitives import *
GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden")
DEF = {name: open(f"{GOLDEN}/../../schema/{name}.def").read() for name in ("limits", "domains")}
L = {n: int(v) for n, v in re.findall(r"^LIMIT\((\w+), (\d+)", DEF["limits"], re.M)}
D = {n: v.encode() for n, v in re.findall(r'^DOMAIN\(\w+, (\w+), "([^"]+)"', DEF["domains"], re.M)}
NAME, END_OF_TIME, SUITE = L["NAME_BYTES_MAX"], 253402300799, b"\0\1"
NODE, NUM, HEX16, ID, OID, DIGEST = r"\d{12}(?:\.[a-z][a-z0-9]{0,17})?", r"(?:0|[1-9]\d*)", *(rf"[0-9a-f]{{{n}}}" for n in (16, 32, 40)), "b2:[0-9a-f]{64}"
def CODE(v): return type(v) is str and re.fullmatch(NODE, v) is not None
REF, FIELD, OIDS = ROW(CODE, U(2**32 - 1), BIN(8)), U(L["FIELD_NUMBER_MAX"], 1), MANY(20, L["BASES_MAX"])
# --- seal-v1 ---
def B(domain, key, message, size=32): return hashlib.blake2b(message, digest_size=size, key=key, person=D[domain] if domain else b"").digest()
def digest(message): return B(None, b"", message)
def key_id(public): return digest(SUITE + public)[:16]
def salt_of(seed, n): return B(None, seed, D["SALT"] + struct.pack(">I", n))
def record_id(salt, partition): return B(None, b"", salt + partition, 16)
def text(s): return struct.pack(">I", len(s)) + s
def armor(public, signature, ns):
    key, sig = text(b"ssh-ed25519") + text(public), text(b"ssh-ed25519") + text(signature)
    blob = b"SSHSIG\0\0\0\1" + text(key) + text(ns.encode()) + text(b"") + text(b"sha512") + text(sig)
    return b"\n".join([b"-----BEGIN SSH SIGNATURE-----", *cut(base64.b64encode(blob), 70), b"-----END SSH SIGNATURE-----", b""])
def read_armor(raw, ns):
    inside = re.fullmatch(rb"-----BEGIN SSH SIGNATURE-----\n([\w+/=\n]+)-----END SSH SIGNATURE-----\n", raw)
    blob = base64.b64decode(inside[1]) if inside else b""
    need(armor(blob[33:65], blob[-64:], ns) == raw, "another armor")
    return blob[33:65], blob[-64:]
def check_signature(public, signature, ns, message):
    need(verified(public, signature, b"SSHSIG" + text(ns.encode()) + text(b"") + text(b"sha512") + text(hashlib.sha512(message).digest())), "signature")
def shared(domain, key, ephemeral, context): return B(domain, x25519(key["secret"], ephemeral), SUITE + ephemeral + key["seal"] + context)
def unwrap(key, ephemeral, wrapped, context): return aead_open(shared("WRAP", key, ephemeral, context), bytes(24), wrapped, context)
def seal_record(key, salt, partition, epoch, rid, plain):
    k = B("BLOB", key, rid + salt)
    mac, stream = (hashlib.blake2b(key=k, digest_size=32, salt=struct.pack("<QQ", n, 0), person=D["SIV"]).digest() for n in (1, 2))
    ad = SUITE + partition + struct.pack(">H", epoch[0]) + epoch[1] + rid + b"\0"
    tag = B(None, mac, struct.pack("<Q", len(ad)) + ad + struct.pack("<Q", len(plain)) + plain)
    return b"\1" + struct.pack(">H", epoch[0]) + tag + xchacha20(stream, tag[:24], plain)
def state_digest(files):
    elements = [chacha20(B("LTHASH", b"", f"{path}\0".encode() + struct.pack(">I", 0o100644) + digest(blob)), 2048) for path, blob in files.items()]
    return digest(struct.pack("<1024H", *(sum(words) & 0xffff for words in zip(*(struct.unpack("<1024H", e) for e in elements)))))
def key_file(raw):
    m = re.fullmatch(rb"tiersync-key 1\nsign (.+)\nseal (.+)\nkdf none\nsecret (.+)\n", raw)
    sign, seal, secret = (base64.b64decode(part, validate=True) for part in m.groups()) if m else (b"",) * 3
    need(m and all(base64.b64encode(x) == y for x, y in zip((sign, seal, secret), m.groups())) and len(secret) == 64, "not a key file in the clear")
    need(public_halves(secret[:32], secret[32:]) == (sign, seal), "its halves differ")
    return {"sign": sign, "seal": seal, "secret": secret[32:]}
# --- record-v1, entry-v1 ---
PATH = re.compile(r"(drop/)?(?:(x)|(distinct|was|accepted)/e#([0-9a-f]{32})|([1-9]\d*)(?:/(e|m)#([0-9a-f]{32})(?:/([1-9]\d*))?)?)")
BUILT_IN = {1: BIN(16), 2: BIN(16), 3: ROW(S(NAME), BIN(32))}
def path_key(s):
    """A register's place in the canonical order: drop, then existence 0, field 1 (whole 0, element 1, member 2), built-in 2."""
    m = PATH.fullmatch(s)
    need(m and not (m[8] and m[6] == "e") and all(FIELD(int(n or 1)) for n in (m[5], m[8])), "no path")
    if m[2]: return (1 if m[1] else 0, 0)
    if m[3]: return (1 if m[1] else 0, 2, ("distinct", "was", "accepted").index(m[3]) + 1, bytes.fromhex(m[4]))
    return (1 if m[1] else 0, 1, int(m[5]), " em".index(m[6] or " "), *([bytes.fromhex(m[7])] if m[7] else []), *([int(m[8])] if m[8] else []))
def record(raw):
    r, sets = dec(raw, -2), {n: LIST(p, L["ARRAY_ITEMS_MAX"]) for n, p in BUILT_IN.items()}  # a field's value may be as deep as any
    need(ROW(S(NAME), U(2**32 - 1), lambda v: type(v) is dict, lambda v: v and MAP({}, sets)(v), opt=1)(r) and len(raw) <= L["RECORD_BYTES_MAX"])
    need(len(r[2]) <= L["FIELDS_MAX"] and all(FIELD(n) and full(v) for n, v in r[2].items()))
    need(len(r) == 3 or all(ascends(list(map(enc, items))) for items in r[3].values()))
    return r
def register(r):
    need(type(r) is list and r and U(5)(r[0]) and len(r) == (1, 2, 3, 3, 4, 3)[r[0]] and all(map(FIELD, r[1:2] + r[3:])))
    need(r[0] < 2 or full(r[2]) and (r[0] < 5 or r[1] in BUILT_IN and BUILT_IN[r[1]](r[2])))
    return (0,) if r[0] == 0 else (2, r[1], enc(r[2])) if r[0] == 5 else (1, r[1], (0, 0, 1, 2, 2)[r[0]], *map(enc, r[2:3]), *r[3:])
def entries(raw):
    found, last = dec(raw), None
    need(LIST(ROW(U(7, 1), ANY, SOME, lambda v: v is True, opt=1), 1 << 32)(found))
    for kind, place, names, *more in found:
        size = {4: 40, 6: 16, 7: 32}.get(kind, 20)
        names = cut(names, size)
        need(1 + (kind < 3) <= len(names) <= (1 if kind == 7 else L["ENTRY_NAMES_MAX"]) and len(names[-1]) == size and len(set(names)) == len(names))
        need((kind < 3 or ascends(names)) and (not more or len(names) == L["ENTRY_NAMES_MAX"] and kind < 7))
        if kind < 6:
            at = register(place)
            is_existence = at == (0,) or at[0] == 1 and at[2] == 2 and len(at) == 4
            need(is_existence if kind == 3 else kind == 5 or not is_existence and (kind == 1 or at[0] == 1 and at[2] == 0))
            need(not last or last[:2] != (0, at) or {last[2], kind} != {1, 2})
        need(kind < 6 or (type(place) is int and place == 0 if kind == 6 else S(NAME)(place)))
        key = (0, at, kind) if kind < 6 else (1,) if kind == 6 else (2, place.encode())
        need(last is None or last < key)
        last = key
# --- commit-v1 ---
TERMS = rf"Partition: ({ID})\nSchema-Set: ({NUM}) ([0-9a-f]{{64}})\nRules: ([1-9]\d*)\nEpoch: ({NUM}) ([0-9a-f]{{64}})\nParents-Digest: ({DIGEST})\nState-Digest: lth16-({DIGEST})\n"
EDIT = re.compile(rf"tree ({OID})\n(?:parent ({OID})\n)?author (?P<n>{NODE}) <(?P=n)@tiersync.invalid> (?P<t>{NUM}) \+0000\n"
                  rf"committer (?P=n) <(?P=n)@tiersync.invalid> (?P=t) \+0000\n(?P<g>gpgsig -----BEGIN SSH SIGNATURE-----\n(?: .*\n)+)\n(?P<s>edit|root)\n\n{TERMS}"
                  rf"Node: (?P=n)\nLevel: (?P<l>[1-{L['LEVELS_MAX']}])\n(?:Roster: (?P<r>.+)\n)?(?:Operator: (?P<o>.+)\n)?(?:Reason: (?P<w>.+)\n)?(?P<v>(?:(?:Restore|Void): .*\n)*)")
MERGE = re.compile(rf"tree ({OID})\nparent (?P<a>{OID})\nparent (?P<b>{OID})\nauthor merge <merge@tiersync.invalid> (?P<t>{NUM}) \+0000\n"
                   rf"committer merge <merge@tiersync.invalid> (?P=t) \+0000\n\nmerge\n\n{TERMS}")
def plain(s, most):
    need(1 <= len(s.encode()) <= most and not re.search("[\0-\x1f\x7f-\x9f\u2028\u2029]", s) and s == s.strip(" "), "text")
def voids(lines):
    found = [re.fullmatch(rf"(?:Restore|Void): {OID}(?: {ID} (\S+))?", line) for line in lines]
    need(ascends([line.encode() for line in lines]) and all(found) and all(path_key(m[1]) for m in found if m[1]), "corrections")
def commit(raw):
    s = raw.decode()
    merge = MERGE.fullmatch(s)
    m = merge or EDIT.fullmatch(s)
    need(m and len(raw) <= L["COMMIT_BYTES_MAX"] and (not merge or m["a"] < m["b"]) and int(m["t"]) <= END_OF_TIME, "no commit of ours")
    version, rules, epoch = (int(re.search(rf"^{key}: (\d+)", s, re.M)[1]) for key in ("Schema-Set", "Rules", "Epoch"))
    need(max(version, rules) < 2**32 and epoch <= L["EPOCH_MAX"])
    if merge: return None
    need((m["s"] == "root") == (m[2] is None) and not (m[2] is None and m["v"]), "root")
    rows = [re.fullmatch(rf"({NODE})=([1-9]\d*):{HEX16}", row) for row in m["r"].split(" ")] if m["r"] is not None else []
    need(len(rows) <= L["LEVELS_MAX"] and all(r and int(r[2]) < 2**32 for r in rows) and len({r[1] for r in rows}) == len(rows))
    for words, most in ((m["o"], NAME), (m["w"], L["REASON_BYTES_MAX"])):
        if words is not None: plain(words, most)
    voids(m["v"].splitlines())
    return *read_armor(m["g"][7:].replace("\n ", "\n").encode(), "git"), s.replace(m["g"], "").encode()
# --- statement-v1, receipt-v1: each type is its lines, in order; ? may be absent, * any number ---
TEXT, TIME, DAY, COUNT = r"\S(?:.*\S)?", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00", r"\d{4}-\d\d-\d\d", r"[1-9]\d*"
OUTCOME = "taken|base-unknown|no-dictionary|(?:held|refused) [A-Z0-9-]{1,16}"
LINE = {**dict.fromkeys("issuer node from to".split(), NODE), **dict.fromkeys("previous set commitment rows".split(), DIGEST), **dict.fromkeys("partition key-id without".split(), ID),
        **dict.fromkeys("tip taken ladder head".split(), OID), **dict.fromkeys("confirmed hard read".split(), "yes|no"), **dict.fromkeys("name reason kind".split(), TEXT),
        **dict.fromkeys("ends roster".split(), rf"{NODE} {COUNT} {HEX16}"), **dict.fromkeys("first-day last-day".split(), DAY), "time": TIME, "state": "lth16-" + DIGEST, "count": NUM,
        "level": "township|county|city|province|auditor", "sign-key": r"ssh-ed25519 [\w+/]+", "seal-key": "x25519 [0-9a-f]{64}", "chain": rf"{COUNT} {DIGEST}", "heads": rf"{ID} {OID}",
        "field": rf"existence|{COUNT}", "answer": rf"{DIGEST} (?:{OUTCOME})", "outcome": OUTCOME, "detail": rf"{OID}(?: {ID}(?: [a-z0-9#/]+)?)?"}
ORDER, KEYS, HEADS, SPELLED = "issuer number previous? time ", "sign-key seal-key ", "(heads tip*)*", {"heads": "head", "ends": "chain", "outcome": "state"}
TYPES = {"root": ORDER + "level name " + KEYS + "partition", "enrol": ORDER + "node level name " + KEYS + "partition confirmed", "rotate": ORDER + KEYS,
         "replace": ORDER + "node " + KEYS + "confirmed reason? chain? " + HEADS, "revoke": ORDER + "node key-id reason? chain? " + HEADS, "settle": ORDER + "node chain",
         "withdraw": ORDER + "node kind? field* hard", "delegate": ORDER + "node kind? field* amount-field? amount-max? first-day? last-day?",
         "grant": ORDER + "node name " + KEYS + "read partition* confirmed", "schema-set": ORDER + "version set", "rules": ORDER + "version",
         "open-epoch": ORDER + "partition epoch commitment without*", "card": "node level name " + KEYS + "partition? time",
         "receipt": "from to time answer* ends* (partition head? outcome edits? records? detail* corrections? tip* taken* ladder*)?",
         "checkpoint": "node partition number previous? time head state tip*", "night": "node number previous? time count rows roster*"}
NAMESPACE = {"card": "card@tiersync", "receipt": "receipt@tiersync", "checkpoint": "checkpoint@tiersync", "night": "checkpoint@tiersync"}
HIDDEN = "[\0-\x09\x0b-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
def said(raw):
    """A signed text in its one spelling, as {line's key: [values]}."""
    s = raw.decode()
    m = re.match(r"tiersync-([a-z-]+) 1\n", s)
    need(m and m[1] in TYPES and len(raw) <= L["STATEMENT_BYTES_MAX"], "type")
    line = lambda w: rf"(?:{SPELLED.get(w[1], w[1])} (?:{LINE.get(w[1], COUNT)})\n){w[2]}"
    need(re.fullmatch(re.sub(r"([a-z-]+)([?*]?) ?", line, TYPES[m[1]]), s[m.end():]), "lines")
    need(not re.search(HIDDEN, s), "hidden characters")
    t = {"type": m[1]}
    for key, value in (row.split(" ", 1) for row in s[m.end():].splitlines()):
        t.setdefault(key, []).append(value)
    for key, least in (("time", 1), ("first-day", 0), ("last-day", 0)):
        need(len([datetime.datetime.fromisoformat(v) for v in t.get(key, [])]) >= least)
    number, key = int(t.get("number", ["1"])[0]), base64.b64decode(t["sign-key"][0][12:]) if "sign-key" in t else None
    need(("number" not in t or (number == 1) == ("previous" not in t)) and (key is None or key == text(b"ssh-ed25519") + text(key[19:]) and len(key) == 51))
    fields, is_receipt = [0 if f == "existence" else int(f) for f in t.get("field", [])], m[1] == "receipt"
    need(ascends(fields) and all(f <= L["FIELD_NUMBER_MAX"] for f in fields) and int(t.get("epoch", ["0"])[0]) <= L["EPOCH_MAX"] and ("amount-field" not in t or "amount-max" in t))
    need(all(ascends(t.get(k, [])) for k in ("without", "taken", "ladder", *(("tip",) if "heads" not in TYPES[m[1]] else ()))) and (m[1] != "checkpoint" or "tip" in t))
    need(not is_receipt or len(t.get("answer", [])) <= L["ANSWERS_MAX"] and ascends([c.split()[0] for c in t.get("chain", [])]) and ("head" in t) == ("tip" in t))
    return {**t, "public": key[19:] if key else None}
def signed(body, public, signature):
    t = said(body)
    check_signature(public, signature, NAMESPACE.get(t["type"], "roster@tiersync"), body)
    need(t["type"] != "card" or t["public"] == public, "a card under another key")
    return t
def signed_file(raw):
    at = raw.find(b"-----BEGIN")
    return signed(raw[:at], *read_armor(raw[at:], NAMESPACE.get(raw[9:raw.find(b" ", 9)].decode(), "roster@tiersync")))
def when(seconds): return (datetime.datetime(1970, 1, 1, 8) + datetime.timedelta(seconds=seconds)).isoformat() + "+08:00"
def rows(key, values): return "".join(f"{key} {v.hex() if type(v) is bytes else v}\n" for v in values)
def outcome(n, *code): return " ".join(((None, "taken", "base-unknown", "no-dictionary", "held", "refused")[n], *code))
def ends(refs): return [f"{i} {n} {d.hex()}" for i, n, d in refs]
N63, WORD = U(2**63 - 1, 1), S(16)
PART = MAP({1: BIN(16), 12: BIN(64)}, {2: BIN(20), 3: U(5, 2), 4: WORD, 5: N63, 6: N63, 7: LIST(ROW(BIN(20), BIN(16), S(400), opt=2), 64), 8: N63, 9: OIDS, 10: LIST(ANY, 64), 11: OIDS})
RECEIPT = MAP({1: U(2**63 - 1)}, {2: LIST(ROW(BIN(32), U(5, 1), WORD, opt=1), 4), 3: LIST(REF, 256), 4: LIST(PART, 4096), 5: BIN(64)})
def receipt_wire(raw, sender, to):
    """The texts and signatures that a receipt on the wire stands for."""
    r, out = dec(raw), []
    need(RECEIPT(r) and (4 in r) != (5 in r) and ascends([p[1] for p in r.get(4, [])]))
    top = f"tiersync-receipt 1\nfrom {sender}\nto {to}\ntime {when(r[1])}\n" + rows("answer", [f"b2:{d.hex()} {outcome(*o)}" for d, *o in r.get(2, [])]) + rows("chain", ends(r.get(3, [])))
    for p in r.get(4, []):
        tips = cut(p[9], 20) if 9 in p else [p[2]] if 2 in p else []
        need(p.get(9) != p.get(2, b"") and all(type(t) is int and 0 <= t < len(tips) or BIN(20)(t) and t not in tips for t in p.get(10, [])))
        one = lambda key, n: rows(key, [p[n]] if n in p else [])
        details = [" ".join(x if type(x) is str else x.hex() for x in d) for d in p.get(7, [])]
        body = one("partition", 1) + one("head", 2) + rows("state", [outcome(p.get(3, 1), *([p[4]] if 4 in p else []))]) + one("edits", 5) + one("records", 6) + rows("detail", details)
        body += one("corrections", 8) + rows("tip", tips) + rows("taken", [tips[t] if type(t) is int else t for t in p.get(10, [])]) + rows("ladder", cut(p.get(11, b""), 20))
        out.append(((top + body).encode(), p[12]))
    return [(t, s) for t, s in out or [(top.encode(), r[5])] if said(t)]
def chain_wire(raw, node, version=()):
    """The text of a checkpoint or a nightly line; `version`: the roster version of the bundle around it."""
    w = dec(raw)
    is_row = ROW(BIN(16), U(2**32 - 1, 1), BIN(0, 32), U(2**63 - 1), BIN(20), BIN(32), lambda v: v == b"" or OIDS(v), BIN(64))(w)
    need(is_row and w[6] != w[4] or ROW(U(2**32 - 1, 1), BIN(0, 32), U(2**63 - 1), U(2**32 - 1), BIN(32), *[lambda v: LIST(REF, 8, 0)(v) and v != list(version)] * (len(w) - 6), BIN(64))(w) and len(w) < 8)
    number, previous, time = w[1:4] if is_row else w[:3]
    body = f"tiersync-{'checkpoint' if is_row else 'night'} 1\nnode {node}\n" + rows("partition", w[:1] if is_row else [])
    body += f"number {number}\n" + rows("previous", ["b2:" + previous.hex()] if previous else []) + f"time {when(time)}\n"
    body += rows("head", [w[4]]) + f"state lth16-b2:{w[5].hex()}\n" + rows("tip", cut(w[6], 20) or [w[4]]) if is_row else f"count {w[3]}\nrows b2:{w[4].hex()}\n" + rows("roster", ends(w[5] if len(w) == 7 else version))
    return body.encode(), w[-1], said(body.encode())
def answer(raw):
    a = dec(raw[4:])
    need(raw[:4] == b"TSA1" and MAP({1: CODE, 2: CODE, 3: LIST(lambda v: SOME(v) and len(v) > 64, L["ANSWER_STATEMENTS_MAX"])}, {4: LIST(SOME, L["ANSWER_SETS_MAX"])})(a))
    return [(v[:-64], v[-64:]) for v in a[3]]
# --- keyring-v1 ---
def segment(raw, partition):
    s, e, g = struct.unpack(">III", raw[24:36])
    need(raw[:8] == b"TSKS\0\1\0\0" and raw[8:24] == partition and raw[36:40] == bytes(4) and len(raw) == 72 + 52 * s + 24 * e + 48 * g and digest(raw[:-32]) == raw[-32:])
    seeds, mine, singles = [r[:32] for r in cut(raw[40:40 + 52 * s], 52)], cut(raw[40 + 52 * s:40 + 52 * s + 24 * e], 24), cut(raw[40 + 52 * s + 24 * e:-32], 48)
    salts = {r[:16]: salt_of(seeds[int.from_bytes(r[16:20], "big")], int.from_bytes(r[20:], "big")) for r in mine} | {r[:16]: r[16:] for r in singles}
    need(ascends(seeds) and ascends([r[:16] for r in mine]) and ascends([r[:16] for r in singles]) and len(salts) == e + g > 0)
    need({int.from_bytes(r[16:20], "big") for r in mine} == set(range(s)) and all(record_id(salt, partition) == rid for rid, salt in salts.items()))
    return salts
def wrap(raw, partition):
    need(len(raw) == 184 and raw[:6] == b"TSKW\0\1" and raw[8:24] == partition and digest(raw[:-32]) == raw[-32:])
    return raw[8:24] + raw[6:8] + raw[24:56] + raw[56:72] + raw[72:152]
# --- bundle-v1, exchange-v1 ---
def code(v, sender=None):
    number, *department = v if type(v) is list else [v]
    need(U(10**12 - 1, 1)(number) and (type(v) is int or ROW(ANY, S(18))(v)))
    digits = sender[:number].ljust(12, "0") if sender and number <= 12 else f"{number:012d}"
    short = len(digits.rstrip("0"))
    need(number == short if sender and number <= 12 else number > 12 and not (sender and digits[:short] == sender[:short]), "another spelling of a code")
    need(CODE(".".join([digits, *department])))
    return ".".join([digits, *department])
def manifest(raw):
    end = 10 + int.from_bytes(raw[7:10], "big")
    need(raw[:7] == b"TSB1\1" + SUITE and 11 <= end <= 10 + L["MANIFEST_BYTES_MAX"] and end + 64 < len(raw) <= L["BUNDLE_BYTES_MAX"])
    m = dec(raw[10:end])
    roster = LIST(ROW(ANY, U(2**32 - 1, 1), BIN(8)), L["LEVELS_MAX"], 0)
    need(len(m) in (7, 8) and ROW(ANY, LIST(ANY, L["RECIPIENTS_MAX"]), U(2**64, 1), U(END_OF_TIME), roster, U(L["BUNDLE_BYTES_MAX"], 1), *[LIST(SOME, 1024)] * (len(m) - 7), ANY)(m))
    sender, keys, n = code(m[0]), m[-1], len(m[1])
    need(len(raw) == end + 64 + m[5] and BIN(92 + 4 * n if n == 1 else 108 + 52 * n)(keys) and sum(map(len, m[6] if len(m) == 8 else [])) <= L["MANIFEST_STATEMENTS_BYTES_MAX"])
    to, ids = [code(c, sender[:12]) for c in m[1]], cut(keys[60:60 + 4 * n], 4)
    need(ascends(list(zip(to, ids))) and len({code(r[0], sender[:12]) for r in m[4]}) == len(m[4]) and (m[5] % 65553 == 0 or m[5] % 65553 > 17))
    return {"sender": sender, "to": list(zip(to, ids)), "keys": keys, "bound": raw[:end - (32 if n == 1 else 48 * n + 48)], "roster": [[code(r[0], sender[:12]), *r[1:]] for r in m[4]], "signed": raw[:end], "signature": raw[end:end + 64], "frames": raw[end + 64:]}
def bundle(raw, public, me, key):
    """The preamble and the sections (id, plain bytes) of a bundle for this office."""
    m, us = manifest(raw), (me, key_id(key["seal"])[:4])
    check_signature(public, m["signature"], "bundle@tiersync", m["signed"])
    need(m["keys"][:4] == key_id(public)[:4] and m["keys"][-16:] == digest(m["frames"])[:16] and us in m["to"], "not for us, or damaged")
    h = digest(m["bound"])
    n, e = len(m["to"]), m["keys"][28:60]
    cek = unwrap(key, e, m["keys"][60 + 4 * n + 48 * m["to"].index(us):][:48], h) if n > 1 else shared("AGREE", key, e, h)
    need(m["keys"][-32 if n == 1 else -48:].startswith(B("COMMITMENT", cek, SUITE + h + digest(m["frames"]))[:16 if n == 1 else 32]), "commitment")
    plaintext = stream_open(B("STREAM", cek, SUITE), h[:24], cut(m["frames"], 65553), h)
    table, at = take(plaintext)
    need(plaintext[:at] == enc(table) and LIST(U(2**30), 3 * L["SECTIONS_MAX"] + 1)(table) and len(table) % 3 == 1)
    preamble, at, sections = plaintext[at:at + table[0]], at + table[0], []
    for sid, size, packed in zip(*[iter(table[1:])] * 3):
        part, at = plaintext[at:at + (packed or size)], at + (packed or size)
        need(not packed or packed < size <= L["SECTION_FREE_BYTES"] + packed * L["SECTION_RATIO_MAX"])
        sections.append((sid, zstd_restore(part, size) if packed else part))
    need(at == len(plaintext), "sizes")
    return preamble, sections
def preamble(raw, sections):
    p = dec(raw)
    need(type(p) is list and len(p) >= 2 and LIST(ROW(BIN(36), U(sections - 1), lambda v: v == b"" or OIDS(v), BIN(20), opt=3), L["BUNDLE_PARTITIONS_MAX"], 0)(p[2:]))
    sender, found = code(p[0]), [{"id": q[0][:16], "head": q[0][16:], "section": q[1] if len(q) > 1 else None, "bases": q[2] if len(q) > 2 else b"", "end": q[3] if len(q) > 3 else q[0][16:]} for q in p[2:]]
    need(code(p[1], sender[:12]) and ascends([q["id"] for q in found]) and all(q[3:] not in ([bytes(20)], [q[0][16:]]) and q[2:] != [b""] for q in p[2:]))
    return found
def small(raw):
    s = dec(raw)
    bins = LIST(lambda v: type(v) is bytes, 65536)
    need(MAP({}, {1: bins, 2: bins, 3: LIST(REF, 65536), 4: LIST(BIN(146), 65536), 5: SOME, 6: BIN(8), 7: lambda v: type(v) is int and 1 <= v <= 3, 8: BIN(8)})(s))
    return s
# --- main: every sample is taken or refused as its name says ---
def first_bytes(target, good, a, b): return open(f"{GOLDEN}/{target}/{good}", "rb").read()[a:b]
def main():
    from delta import Delta, golden_world
    keys, failed, count = {name: key_file(open(f"{GOLDEN}/keys/{name}.key", "rb").read()) for name in ("township", "county", "receipts")}, 0, 0
    readers = {"codec_reader": lambda r: need(full(dec(r))), "record_reader": record, "record_path": lambda r: path_key(r.decode()), "merge_entries": entries, "delta_commit": commit,
               "delta_section": lambda r: list(Delta(r, golden_world()).commits()), "seal_keyfile": key_file, "seal_sshsig": lambda r: read_armor(r, "git"), "statement_file": signed_file, "roster_answer": answer,
               "receipt_text": said, "receipt_chain_text": said, "receipt_wire": lambda r: [signed(t, keys["receipts"]["sign"], s) for t, s in receipt_wire(r, "430321000000", "430321100000")],
               "receipt_chain_wire": lambda r: (lambda t: signed(t[0], keys["receipts"]["sign"], t[1]))(chain_wire(r, "430321000000", [["430300000000", 12, bytes(range(1, 9))]])),
               "keyring_segment": lambda r: segment(r, first_bytes("fuzz_keyring_segment", "good-singles-only", 8, 24)), "keyring_wrap": lambda r: wrap(r, first_bytes("fuzz_keyring_wrap", "good-wrap", 8, 24)),
               "envelope_manifest": manifest, "envelope_bundle": lambda r: bundle(r, keys["township"]["sign"], "430321000000", keys["county"]), "bundle_preamble": lambda r: preamble(r, 4), "bundle_small": small}
    for target, reader in readers.items():
        for path in sorted(glob.glob(f"{GOLDEN}/fuzz_{target}/*[!n]") if target == "envelope_bundle" else glob.glob(f"{GOLDEN}/fuzz_{target}/*")):
            try: reader(open(path, "rb").read()); why = None
            except (Bad, ValueError, TypeError, AttributeError, IndexError, KeyError, struct.error) as error: why = repr(error)
            if (why is None) != os.path.basename(path).startswith("good"): failed, _ = failed + 1, print(f"{path}: {why or 'taken'}")
            count += 1
    print(f"{count} samples of {len(readers)} readers, {failed} wrong")
    return 1 if failed else 0
if __name__ == "__main__": sys.exit(main())
