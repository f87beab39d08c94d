#!/usr/bin/env python3
"""A second reader of everything that travels or is kept, made from schema/*.md alone; it shares no code with src/.

It takes the good samples of tests/golden and refuses the bad ones; story.py reads, with it, bundles of the real command and comes
to the same commit ids. Left out: what doors and caches alone read (CSV, dates, URLs, kinds, lookups), keys under a passphrase.
"""
import base64, datetime, glob, hashlib, os, re, struct, sys
from primitives import *
GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden")
def sample(name): return open(f"{GOLDEN}/{name}", "rb").read()
L = {name: int(v) for name, v in re.findall(r"^LIMIT\((\w+), (\d+)", sample("../../schema/limits.def").decode(), re.M)}
D = {name.decode(): v for name, v in re.findall(rb'^DOMAIN\(\w+, (\w+), "([^"]+)"', sample("../../schema/domains.def"), re.M)}
NAME, END_OF_TIME, SUITE = L["NAME_BYTES_MAX"], 253402300799, b"\0\1"
NODE, COUNT, NUM = r"[0-9]{12}(?:\.[a-z][a-z0-9]{0,17})?", "[1-9][0-9]*", "(?:0|[1-9][0-9]*)"
HEX16, ID, OID, HEX64, DIGEST = *(f"[0-9a-f]{{{n}}}" for n in (16, 32, 40, 64)), "b2:[0-9a-f]{64}"
def CODE(v): return type(v) is str and re.fullmatch(NODE, v) is not None
U32, N32, U63, N63, FIELD = U(2**32 - 1), U(2**32 - 1, 1), U(2**63 - 1), U(2**63 - 1, 1), U(L["FIELD_NUMBER_MAX"], 1)
REF, OIDS, ROSTER = ROW(CODE, U32, BIN(8)), MANY(20, L["BASES_MAX"]), LIST(ROW(ANY, N32, BIN(8)), L["LEVELS_MAX"], 0)
# --- seal-v1 ---
def B(domain, key, message, size=32, **more):
    return hashlib.blake2b(message, digest_size=size, key=key, person=D[domain] if domain else b"", **more).digest()
def digest(message): return B(None, b"", message)
def key_id(public): return digest(SUITE + public)[:16]
def salt_of(seed, n): return B(None, seed, D["SALT"] + struct.pack(">I", n))
def record_id(salt, partition): return B(None, b"", salt + partition, 16)
def text(*parts): return b"".join(struct.pack(">I", len(part)) + part for part in parts)
def armor(public, signature, ns):
    blob = b"SSHSIG\0\0\0\1" + text(text(b"ssh-ed25519", public), ns.encode(), b"", b"sha512", text(b"ssh-ed25519", signature))
    return b"-----BEGIN SSH SIGNATURE-----\n%b\n-----END SSH SIGNATURE-----\n" % b"\n".join(cut(base64.b64encode(blob), 70))
def read_armor(raw, ns):
    blob = base64.b64decode(b"".join(raw.splitlines()[1:-1]))
    need(armor(blob[33:65], blob[-64:], ns) == raw, "another armor")
    return blob[33:65], blob[-64:]
def check_signature(public, signature, ns, message):
    verify(public, signature, b"SSHSIG" + text(ns.encode(), b"", b"sha512", hashlib.sha512(message).digest()))
def shared(domain, key, e, context): return B(domain, x25519(key["secret"], e), SUITE + e + key["seal"] + context)
def unwrap(key, e, wrapped, context): return aead_open(shared("WRAP", key, e, context), bytes(24), wrapped, context)
def seal_record(key, salt, partition, epoch, rid, plain, version=1):
    number, role, k = struct.pack(">H", epoch[0]), bytes([2 * version - 2]), B("BLOB", key, rid + salt)
    mac, stream = (B("SIV", k, b"", salt=struct.pack("<Q", n)) for n in (1, 2))
    sized = [struct.pack("<Q", len(part)) + part for part in (SUITE + partition + number + epoch[1] + rid + role, plain)]
    tag = B(None, mac, b"".join(sized))
    return bytes([version]) + number + tag + xchacha20(stream, tag[:24], plain)
def state_digest(files):
    keys = [B("LTHASH", b"", f"{path}\0".encode() + struct.pack(">I", 0o100644) + digest(blob)) for path, blob in files.items()]
    words = zip(*(struct.unpack("<1024H", chacha20(key, 2048)) for key in keys))
    return digest(struct.pack("<1024H", *(sum(column) & 0xffff for column in words)))
def key_file(raw):
    seed, secret = struct.unpack("32s32s", base64.b64decode(raw.splitlines()[4][7:]))
    sign, seal = public_halves(seed, secret)
    lines = b"tiersync-key 1\nsign %b\nseal %b\nkdf none\nsecret %b\n" % tuple(map(base64.b64encode, (sign, seal, seed + secret)))
    need(raw == lines, "not a key file in the clear, or its halves differ")
    return {"sign": sign, "seal": seal, "secret": secret}
# --- record-v1, entry-v1 ---
SETS = {"distinct": 1, "was": 2, "accepted": 3}
PATH = re.compile(f"(drop/)?(?:x|({'|'.join(SETS)})/e#({ID})|({COUNT})(?:/(?:(e)|m)#({ID})(?(5)|(?:/({COUNT}))?))?)")
def path_key(s):  # its place in the canonical order: drop, then existence 0, field 1 (whole 0, element 1, member 2), built-in 2
    m = PATH.fullmatch(s)
    need(m and all(FIELD(int(n or 1)) for n in m.group(4, 7)), "no path")
    below = (1 if m[5] else 2, bytes.fromhex(m[6]), *map(int, m.groups()[6:] if m[7] else ())) if m[6] else (0,)
    at = (2, SETS[m[2]], bytes.fromhex(m[3])) if m[2] else (1, int(m[4]), *below) if m[4] else (0,)
    return (1 if m[1] else 0, *at)
BUILT_IN = {1: BIN(16), 2: BIN(16), 3: ROW(S(NAME), BIN(32))}
FIELD_SETS = MAP({}, {n: SET(shape, L["ARRAY_ITEMS_MAX"]) for n, shape in BUILT_IN.items()})
RECORD = ROW(S(NAME), U32, TABLE(FIELD, full, L["FIELDS_MAX"]), lambda v: v and FIELD_SETS(v), opt=1)
def record(raw):
    need(len(raw) <= L["RECORD_BYTES_MAX"])
    return dec(raw, -2, RECORD)  # a field's value may be as deep as any
REGISTERS = [ROW(ANY, *rest) for rest in ((), (FIELD,), (FIELD, full), (FIELD, full), (FIELD, full, FIELD), (FIELD, full))]
def register(r):  # as path_key, of a register that is an array; its key is the encoded value
    need(LIST(ANY, 4)(r) and U(5)(r[0]) and REGISTERS[r[0]](r) and (r[0] < 5 or BUILT_IN[r[1]](r[2])))
    top, way = ((0, ()), (1, (0,)), (1, (1,)), (1, (2,)), (1, (2,)), (2, ()))[r[0]]
    return (top, *r[1:2], *way, *map(enc, r[2:3]), *r[3:])
ENTRIES = LIST(ROW(U(7, 1), ANY, SOME, lambda v: v is True, opt=1), 1 << 32)
def entries(raw):
    last = ()
    for kind, place, names, *more in dec(raw, 0, ENTRIES):
        size, most = {4: 40, 6: 16, 7: 32}.get(kind, 20), 1 if kind == 7 else L["ENTRY_NAMES_MAX"]
        each = cut(names, size)
        need(len(names) % size == 0 and (ascends(each) if kind > 2 else len(set(each)) == len(each) > 1), "names")
        need(len(each) <= most and (not more or len(each) == L["ENTRY_NAMES_MAX"]), "more")
        at = register(place) if kind < 6 else ()
        existence, field = at == (0,) or len(at) == 4 and at[2] == 2, at[:1] == (1,) and at[2] == 0
        need((not existence, field, existence, field, True, U(0)(place), S(NAME)(place))[kind - 1], "place")
        key = (0, at, kind) if at else (kind, place)
        need(last < key and (kind != 2 or last != (0, at, 1)), "order")
        last = key
# --- commit-v1 ---
WHO = "author {0} <{1}@tiersync[.]invalid> (?P<time>%s) [+]0000\ncommitter {1} <{1}@tiersync[.]invalid> (?P=time) [+]0000\n" % NUM
TERMS = (f"Partition: {ID}\nSchema-Set: (?P<set>{NUM}) {HEX64}\nRules: (?P<rules>{COUNT})\nEpoch: (?P<epoch>{NUM}) {HEX64}\n"
         f"Parents-Digest: {DIGEST}\nState-Digest: lth16-{DIGEST}\n")
EDIT = re.compile(
    f"tree {OID}\n(?P<parent>parent {OID}\n)?{WHO.format(f'(?P<node>{NODE})', '(?P=node)')}(?P<armor>gpgsig .*\n(?: .*\n)+)\n"
    f"(?(parent)edit|root)\n\n{TERMS}Node: (?P=node)\nLevel: [1-{L['LEVELS_MAX']}]\n"
    f"(?P<roster>Roster:(?: {NODE}={COUNT}:{HEX16})+\n)?(?:Operator: (?P<operator>.+)\n)?(?:Reason: (?P<reason>.+)\n)?"
    r"(?(parent)(?P<voids>(?:(?:Restore|Void): .*\n)*))")
MERGE = re.compile(f"tree {OID}\nparent (?P<a>{OID})\nparent (?P<b>{OID})\n{WHO.format('merge', 'merge')}\nmerge\n\n{TERMS}")
def PLAIN(most): return lambda s: S(most)(s) and not re.search("[\0-\x1f\x7f-\x9f\u2028\u2029]", s) and s == s.strip(" ")
def voids(lines):
    found = [re.fullmatch(rf"(?:Restore|Void): {OID}(?: {ID} (\S+))?", line) for line in lines]
    need(ascends([line.encode() for line in lines]) and all(found) and all(path_key(m[1]) for m in found if m[1]), "corrections")
def commit(raw):  # the signing key, the signature, and what it is over; of a merge nothing
    s = raw.decode()
    m = MERGE.fullmatch(s) or EDIT.fullmatch(s)
    most = {"time": END_OF_TIME, "set": 2**32 - 1, "rules": 2**32 - 1, "epoch": L["EPOCH_MAX"]}
    need(len(raw) <= L["COMMIT_BYTES_MAX"] and all(int(m[key]) <= most[key] for key in most), "too large")
    if m.re is MERGE: return need(m["a"] < m["b"], "order")
    read = re.findall(" (.+?)=(.+?):", m["roster"] or "")
    need(len(dict(read)) == len(read) <= L["LEVELS_MAX"] and all(U32(int(n)) for _, n in read), "roster")
    need(OR(None, PLAIN(NAME))(m["operator"]) and OR(None, PLAIN(L["REASON_BYTES_MAX"]))(m["reason"]), "text")
    voids((m["voids"] or "").splitlines())
    return *read_armor(m["armor"][7:].replace("\n ", "\n").encode(), "git"), s.replace(m["armor"], "").encode()
# --- statement-v1, receipt-v1: each type is its lines, in order; ? may be absent, * any number ---
OUTCOME = "taken|base-unknown|no-dictionary|(?:held|refused) [A-Z0-9-]{1,16}"
DAY, REFERENCE, DETAIL = r"\d{4}-\d\d-\d\d", f"{NODE} {COUNT} {HEX16}", f"{OID}(?: {ID}(?: [a-z0-9#/]+)?)?"
SPELLINGS = {  # of the values; a count where nothing is said. The first 25 letters of a key are its type and size
    "issuer node from to": NODE, "previous set commitment rows": DIGEST, "partition key-id without": ID, "detail": DETAIL,
    "tip taken ladder head": OID, "confirmed hard read": "yes|no", "name reason kind": r"\S(?:.*\S)?", "ends roster": REFERENCE,
    "time": DAY + r"T\d\d:\d\d:\d\d\+08:00", "first-day last-day": DAY, "first": "1", "number": "[2-9]|[1-9][0-9]+", "count": NUM,
    "sign-key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-P][A-Za-z0-9+/]{42}", "seal-key": f"x25519 {HEX64}",
    "chain": f"{COUNT} {DIGEST}", "heads": f"{ID} {OID}", "field": f"existence|{COUNT}", "state": "lth16-" + DIGEST,
    "answer": f"{DIGEST} (?:{OUTCOME})", "outcome": OUTCOME, "level": "township|county|city|province|auditor"}
LINE = {key: spelling for keys, spelling in SPELLINGS.items() for key in keys.split()}
WORD = {"first": "number", "heads": "head", "ends": "chain", "outcome": "state"}  # words that stand twice, spelled otherwise
NUMBER, KEYS, HEADS = "(first|number previous) time ", "sign-key seal-key ", "(heads tip*)*"
ORDER = "issuer " + NUMBER
TYPES = {
    "root": ORDER + "level name " + KEYS + "partition", "enrol": ORDER + "node level name " + KEYS + "partition confirmed",
    "replace": ORDER + "node " + KEYS + "confirmed reason? chain? " + HEADS, "rotate": ORDER + KEYS,
    "revoke": ORDER + "node key-id reason? chain? " + HEADS, "settle": ORDER + "node chain", "schema-set": ORDER + "version set",
    "delegate": ORDER + "node kind? field* (amount-field? amount-max)? first-day? last-day?", "rules": ORDER + "version",
    "withdraw": ORDER + "node kind? field* hard", "grant": ORDER + "node name " + KEYS + "read partition* confirmed",
    "open-epoch": ORDER + "partition epoch commitment without*", "card": "node level name " + KEYS + "partition? time",
    "receipt": "from to time answer* ends* (partition head? outcome edits? records? detail* corrections? tip* taken* ladder*)?",
    "checkpoint": f"node partition {NUMBER}head state tip tip*", "night": f"node {NUMBER}count rows roster*"}
NAMESPACES = {"card": "card", "receipt": "receipt", "checkpoint": "checkpoint", "night": "checkpoint"}  # else roster
HIDDEN = ("[\0-\x09\x0b-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
          "\u205f-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]")
def said(raw):  # a signed text in its one spelling, as {line's key: [values]}
    s = raw.decode()
    m = re.match(r"tiersync-([a-z-]+) (?:1|(?<=open-epoch )2)\n", s)
    need(m and m[1] in TYPES and len(raw) <= L["STATEMENT_BYTES_MAX"] and not re.search(HIDDEN, s), "type, or hidden characters")
    line = lambda w: rf"(?:{WORD.get(w[1], w[1])} (?:{LINE.get(w[1], COUNT)})\n){w[2]}"
    need(re.fullmatch(re.sub(r" ?([a-z-]+)([?*]?) ?", line, TYPES[m[1]]), s[m.end():]), "lines")
    pairs = [row.split(" ", 1) for row in s[m.end():].splitlines()]
    have = lambda *keys: [value for key, value in pairs if key in keys]
    need(all(map(datetime.datetime.fromisoformat, have("time", "first-day", "last-day"))))
    fields = [int(f.replace("existence", "0")) for f in have("field")]
    need(ascends(fields) and max([0, *fields]) <= L["FIELD_NUMBER_MAX"] and all(int(n) <= L["EPOCH_MAX"] for n in have("epoch")))
    need(all(ascends(have(key)) for key in ("without", "taken", "ladder")) and (HEADS in TYPES[m[1]] or ascends(have("tip"))))
    need(len(have("answer")) <= L["ANSWERS_MAX"] and ascends([chain.split()[0] for chain in have("chain")]))
    need(m[1] != "receipt" or bool(have("head")) == bool(have("tip")))
    t = {"type": m[1], "namespace": NAMESPACES.get(m[1], "roster") + "@tiersync", **{key: have(key) for key, _ in pairs}}
    return {**t, "public": base64.b64decode(t["sign-key"][0][-44:])[1:] if "sign-key" in t else None}
def signed(body, public, signature):
    t = said(body)
    check_signature(public, signature, t["namespace"], body)
    need(t["type"] != "card" or t["public"] == public, "a card under another key")
    return t
def signed_file(raw):
    at = raw.find(b"-----BEGIN")
    return signed(raw[:at], *read_armor(raw[at:], said(raw[:at])["namespace"]))
def when(seconds): return (datetime.datetime(1970, 1, 1, 8) + datetime.timedelta(seconds=seconds)).isoformat() + "+08:00"
def rows(**of): return "".join(f"{key} {v.hex() if type(v) is bytes else v}\n" for key, values in of.items() for v in values)
def outcome(n, *code): return " ".join((("taken", "base-unknown", "no-dictionary", "held", "refused")[n - 1], *code))
def ends(refs): return [f"{i} {n} {d.hex()}" for i, n, d in refs]
DETAILS, ANSWERS = LIST(ROW(BIN(20), BIN(16), S(400), opt=2), 64), LIST(ROW(BIN(32), U(5, 1), S(16), opt=1), 4)
PART = MAP({1: BIN(16), 12: BIN(64)},
           {2: BIN(20), 3: U(5, 2), 4: S(16), 5: N63, 6: N63, 7: DETAILS, 8: N63, 9: OIDS, 10: LIST(ANY, 64), 11: OIDS})
RECEIPT = MAP({1: U63}, {2: ANSWERS, 3: LIST(REF, 256), 4: LIST(PART, 4096), 5: BIN(64)})
def receipt_wire(raw, sender, to):  # the texts and signatures that it stands for
    r, out = dec(raw, 0, RECEIPT), []
    need((4 in r) != (5 in r) and ascends([p[1] for p in r.get(4, [])]))
    answers = [f"b2:{d.hex()} {outcome(*o)}" for d, *o in r.get(2, [])]
    top = f"tiersync-receipt 1\nfrom {sender}\nto {to}\n" + rows(time=[when(r[1])], answer=answers, chain=ends(r.get(3, [])))
    for p in r.get(4, []):
        one = lambda n: [p[n]] if n in p else []
        tips, taken = cut(p[9], 20) if 9 in p else one(2), p.get(10, [])
        need(p.get(9) != p.get(2, b"") and all(U(len(tips) - 1)(t) or BIN(20)(t) and t not in tips for t in taken))
        body = rows(partition=one(1), head=one(2), state=[outcome(p.get(3, 1), *one(4))], edits=one(5), records=one(6),
                    detail=[" ".join(x if type(x) is str else x.hex() for x in d) for d in p.get(7, [])], corrections=one(8),
                    tip=tips, taken=[tips[t] if type(t) is int else t for t in taken], ladder=cut(p.get(11, b""), 20))
        out.append(((top + body).encode(), p[12]))
    return [(t, s) for t, s in out or [(top.encode(), r[5])] if said(t)]
CHECKPOINT = ROW(BIN(16), N32, BIN(0, 32), U63, BIN(20), BIN(32), OR(b"", OIDS), BIN(64))
NIGHT = [ROW(N32, BIN(0, 32), U63, U32, BIN(32), *roster, BIN(64)) for roster in ([], [LIST(REF, 8, 0)])]
def chain_wire(raw, node, version=()):  # text, signature; `version`: of the roster, as the bundle says
    w = dec(raw)
    is_row = CHECKPOINT(w)
    need(w[6] != w[4] if is_row else NIGHT[len(w) == 7](w) and w[5] != list(version))
    number, previous, time = w[is_row:][:3]
    link = {"number": [number], "previous": ["b2:" + previous.hex()] if previous else [], "time": [when(time)]}
    rest = ({"head": [w[4]], "state": ["lth16-b2:" + w[5].hex()], "tip": cut(w[6], 20) or [w[4]]} if is_row else
            {"count": [w[3]], "rows": ["b2:" + w[4].hex()], "roster": ends(w[5] if len(w) == 7 else version)})
    body = f"tiersync-{'checkpoint' if is_row else 'night'} 1\nnode {node}\n" + rows(partition=w[:is_row], **link, **rest)
    return body.encode(), w[-1], said(body.encode())
ANSWER = MAP({1: CODE, 2: CODE, 3: LIST(lambda v: SOME(v) and len(v) > 64, L["ANSWER_STATEMENTS_MAX"])},
             {4: LIST(SOME, L["ANSWER_SETS_MAX"])})
def answer(raw):
    need(raw[:4] == b"TSA1")
    return [(v[:-64], v[-64:]) for v in dec(raw[4:], 0, ANSWER)[3]]
# --- keyring-v1 ---
def segment(raw, partition):  # salts by record id
    c = Cursor(raw)
    magic, pid, s, e, g, zero = c.unpack(">8s16s4I")
    seeds, mine, singles = ([c.unpack(row) for _ in range(n)] for row, n in ((">32s20x", s), (">16sII", e), (">16s32s", g)))
    need((magic, pid, zero) == (b"TSKS\0\1\0\0", partition, 0) and c.raw(32) == digest(raw[:-32]) and c.at == len(raw))
    salts = {rid: salt_of(*seeds[i], n) for rid, i, n in mine} | dict(singles)
    need(ascends(seeds) and ascends(mine) and ascends(singles) and len(salts) == e + g > 0)
    need({i for _, i, _ in mine} == set(range(s)) and all(record_id(salt, partition) == rid for rid, salt in salts.items()))
    return salts
def wrap(raw, partition):  # as a small section has it
    magic, number, pid, statement_and_keys, check = struct.unpack("6s2s16s128s32s", raw)
    need((magic, pid, check) == (b"TSKW\0\1", partition, digest(raw[:-32])))
    return pid + number + statement_and_keys
# --- bundle-v1, exchange-v1 ---
def code(v, sender=""):  # in full; what begins like the sender's and goes on with zeros is told by its length
    number, department = v if type(v) is list else (v, None)
    need(U(10**12 - 1, 1)(number) and (sender or number > 12))
    digits = sender[:number].ljust(12, "0") if number <= 12 else f"{number:012d}"
    short = digits.rstrip("0")
    need(number == (len(short) if sender and sender.startswith(short) else int(digits)), "another spelling of a code")
    need(department is None or CODE(digits + "." + department))
    return digits if department is None else digits + "." + department
def manifest(raw):
    c = Cursor(raw)
    need(c.raw(7) == b"TSB1\1" + SUITE and len(raw) <= L["BUNDLE_BYTES_MAX"])
    m = dec(c.raw(int.from_bytes(c.raw(3), "big")))
    end, told = c.at, m[6:-1]
    front = LIST(ANY, L["RECIPIENTS_MAX"]), U(2**64, 1), U(END_OF_TIME), ROSTER, U(L["BUNDLE_BYTES_MAX"], 1)
    need(ROW(ANY, *front, *[LIST(SOME, L["MANIFEST_STATEMENTS_MAX"])] * len(told), SOME)(m) and len(m) < 9)
    need(end - 10 <= L["MANIFEST_BYTES_MAX"] and len(b"".join(sum(told, []))) <= L["MANIFEST_STATEMENTS_BYTES_MAX"])
    sender, n, signature, frames, keys = code(m[0]), len(m[1]), c.raw(64), c.raw(m[5]), Cursor(m[-1])
    by, _, ephemeral = keys.unpack("4s24s32s")
    to, roster = [(code(v, sender[:12]), keys.raw(4)) for v in m[1]], [[code(r[0], sender[:12]), *r[1:]] for r in m[4]]
    bound = raw[:end - len(m[-1]) + keys.at]
    wraps, commitment, check = [keys.raw(48) for _ in m[1] if n > 1], keys.raw(32 if n > 1 else 16), keys.raw(16)
    need(keys.at == len(m[-1]) and c.at == len(raw) and (m[5] % 65553 == 0 or m[5] % 65553 > 17), "sizes")
    need(ascends(to) and len({r[0] for r in roster}) == len(roster))
    return {"sender": sender, "to": to, "roster": roster, "signed": raw[:end], "signature": signature, "frames": frames, "by": by,
            "bound": bound, "ephemeral": ephemeral, "wraps": wraps, "commitment": commitment, "check": check}
def bundle(raw, public, me, key):  # the preamble and the sections (id, plain bytes), for this office
    m, us = manifest(raw), (me, key_id(key["seal"])[:4])
    check_signature(public, m["signature"], "bundle@tiersync", m["signed"])
    need(m["by"] == key_id(public)[:4] and m["check"] == digest(m["frames"])[:16] and us in m["to"], "not for us, or damaged")
    h, e = digest(m["bound"]), m["ephemeral"]
    cek = unwrap(key, e, m["wraps"][m["to"].index(us)], h) if m["wraps"] else shared("AGREE", key, e, h)
    need(B("COMMITMENT", cek, SUITE + h + digest(m["frames"])).startswith(m["commitment"]), "commitment")
    c = Cursor(stream_open(B("STREAM", cek, SUITE), h[:24], cut(m["frames"], 65553), h))
    table = c.value()
    need(c.data[:c.at] == enc(table) and LIST(U(2**30), 3 * L["SECTIONS_MAX"] + 1)(table) and len(table) % 3 == 1)
    first, sections = c.raw(table[0]), []
    for sid, size, packed in zip(*[iter(table[1:])] * 3):
        part = c.raw(packed or size)
        need(not packed or packed < size <= L["SECTION_FREE_BYTES"] + packed * L["SECTION_RATIO_MAX"])
        sections.append((sid, zstd_restore(part, size) if packed else part))
    need(c.at == len(c.data), "sizes")
    return first, sections
def moved(names, section=None, bases=b"", end=None):
    return {"id": names[:16], "head": names[16:], "section": section, "bases": bases, "end": end or names[16:]}
def preamble(raw, sections=4):
    p = dec(raw, 0, LIST(ANY, 2 + L["BUNDLE_PARTITIONS_MAX"], 2))
    need(LIST(ROW(BIN(36), U(sections - 1), OR(b"", OIDS), BIN(20), opt=3), len(p), 0)(p[2:]) and code(p[1], code(p[0])[:12]))
    need(all(q[2:] != [b""] and q[3:] not in ([bytes(20)], [q[0][16:]]) for q in p[2:]), "it says what is so without it")
    need(ascends([q[0][:16] for q in p[2:]]))
    return [moved(*q) for q in p[2:]]
def small(raw):
    bins, refs, wraps = LIST(lambda v: type(v) is bytes, 65536), LIST(REF, 65536), LIST(BIN(146), 65536)
    return dec(raw, 0, MAP({}, {1: bins, 2: bins, 3: refs, 4: wraps, 5: SOME, 6: BIN(8), 7: U(3, 1), 8: BIN(8)}))
# --- main: every sample is taken or refused as its name says ---
def readers():
    import delta, dense
    township, county, receipts = (key_file(sample(f"keys/{name}.key")) for name in ("township", "county", "receipts"))
    us, ours = "430321000000", lambda pairs: [signed(body, receipts["sign"], signature) for body, signature in pairs]
    chain = lambda raw: chain_wire(raw, us, [["430300000000", 12, bytes(range(1, 9))]])[:2]
    single, whole = (sample(f"fuzz_keyring_{name}")[8:24] for name in ("segment/good-singles-only", "wrap/good-wrap"))
    return {
        "codec_reader": lambda raw: need(full(dec(raw))), "codec_dense": dense.restored, "delta_commit": commit,
        "record_path": lambda raw: path_key(raw.decode()), "merge_entries": entries,
        "delta_section": lambda raw: list(delta.Delta(raw, delta.golden_world()).commits()),
        "record_reader": record, "seal_keyfile": key_file, "seal_sshsig": lambda raw: read_armor(raw, "git"),
        "statement_file": signed_file, "roster_answer": answer, "receipt_text": said, "receipt_chain_text": said,
        "receipt_wire": lambda raw: ours(receipt_wire(raw, us, "430321100000")), "envelope_manifest": manifest,
        "receipt_chain_wire": lambda raw: ours([chain(raw)])[0], "bundle_preamble": preamble, "bundle_small": small,
        "keyring_segment": lambda raw: segment(raw, single), "keyring_wrap": lambda raw: wrap(raw, whole),
        "envelope_bundle": lambda raw: bundle(raw, township["sign"], us, county)}
def main():
    verdicts = {path: refusal(reader, sample(path)) for target, reader in readers().items()
                for path in sorted(glob.glob(f"fuzz_{target}/*", root_dir=GOLDEN)) if "/plain-" not in path}
    wrong = [f"{path}: {why or 'taken'}" for path, why in verdicts.items() if ("/good" in path) != (why is None)]
    print(*wrong, f"{len(verdicts)} samples of {len(readers())} readers, {len(wrong)} wrong", sep="\n")
    return 1 if wrong else 0
if __name__ == "__main__": sys.exit(main())
