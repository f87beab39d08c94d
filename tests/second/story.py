#!/usr/bin/env python3
"""The story of tests/golden/story told again by the second reader: two offices, four bundles that the real command made. In
story-dense the same story under epochs of version 2 (schema/blob-v2.md).

With the keys beside them it opens the bundles, applies the deltas, seals every record anew, and comes to the same commit
ids; their signatures, the receipts, checkpoints, statements and salts that lie there fit.
"""
import glob
import json
import os

from delta import *
from dense import densed


def applied(r, writes):
    """A record (kind, version, fields, built-in sets) after a row's writes."""
    kind, version, fields, sets = r
    for (_, top, *at), act, value in writes:
        owner, number = (sets if top == 2 else fields), at[0] if at else None
        if top == 1 and at[1] == 2:
            g, key, value = value
            member = next((m for m in fields.get(number, []) if m[g] == key), None)
            if len(at) > 3 and act == "set":
                member[at[3]] = value
            elif len(at) > 3:
                del member[at[3]]
            else:
                others = [m for m in fields.get(number, []) if m is not member]
                fields[number] = sorted(others + ([{g: key}] if act == "add" else []), key=lambda m: enc(m[g]))
        elif top == 1 and not at[1]:
            owner[number] = value
        elif top:
            others = [e for e in owner.get(number, []) if e != value]
            owner[number] = sorted(others + ([value] if act == "add" else []), key=enc)
        if top and owner[number] in (None, []):
            del owner[number]
    return kind, version, fields, sets


def id_tree(objects, blobs, depth=0):
    if len(blobs) <= L["TREE_IDS_MAX"]:
        return tree(objects, [(rid, 0o100644, oid) for rid, oid in sorted(blobs.items())])
    below = {x: {rid: oid for rid, oid in blobs.items() if rid[depth] == x} for x in sorted({rid[depth] for rid in blobs})}
    return tree(objects, [(x, 0o40000, id_tree(objects, part, depth + 1)) for x, part in below.items()])


class Partition:
    """One office's records, as somebody holds them who has the key of its one epoch."""

    def __init__(self, pid, epoch, key, version):
        self.id, self.epoch, self.key, self.version = pid, epoch, key, version  # of the epoch's blobs
        self.objects, self.salts = {}, {}
        self.states = {None: ({}, {})}  # of each commit: plaintexts and blobs by record id
        self.bases = {}  # what each commit says to a delta that starts from it

    def blob(self, rid, plain):
        dense = densed(plain) if self.version == 2 else plain
        is_smaller = len(dense) < len(plain)
        return seal_record(self.key, self.salts[rid], self.id, self.epoch, rid, dense if is_smaller else plain, 1 + is_smaller)

    def rebuild(self, c, parents, signer):
        """The id of the commit that an edit of a delta stands for; its signature is checked over what was made anew."""
        node, level, schema, epoch, rules, roster = c["terms"]
        plains, blobs = map(dict, self.states[parents[0] if parents else None])
        for n, (_, kind, writes) in enumerate(c["added"]):
            salt = salt_of(c["seed"], n)
            self.salts[record_id(salt, self.id)] = salt
            c["named"].append((record_id(salt, self.id), kind, writes))
        for rid, kind, writes in c["named"]:
            if kind is None:
                del plains[rid], blobs[rid]
            else:
                old = dec(plains[rid]) + [{}] if rid in plains else [kind, 0, {}, {}]
                kind, version, fields, sets = applied((kind, max(old[1], schema[0]), old[2], old[3]), writes)
                plains[rid] = enc([kind, version, fields] + ([sets] if sets else []))
                blobs[rid] = self.blob(rid, plains[rid])
                need(record(plains[rid]) and epoch == self.epoch)
        names = (self.id.hex(), f"{schema[0]} {schema[1].hex()}", rules, f"{epoch[0]} {epoch[1].hex()}")
        meta = ("tiersync-partition 1\npartition %s\nschema-set %s\nrules %d\nepoch %s\n" % names).encode()
        top = [("meta", 0o40000, tree(self.objects, [("head", 0o100644, git(self.objects, "blob", meta))]))]
        if blobs:
            top.append(("records", 0o40000, id_tree(self.objects, {rid.hex(): git(self.objects, "blob", blob) for rid, blob in blobs.items()})))
        state = state_digest({"meta/head": meta, **{f"records/{rid.hex()}": blob for rid, blob in blobs.items()}})
        who = f"{node} <{node}@tiersync.invalid> {c['time']} +0000\n"
        front = f"tree {tree(self.objects, top).hex()}\n" + rows(parent=parents) + "author " + who + "committer " + who
        back = f"\n{'edit' if parents else 'root'}\n\n" + "Partition: %s\nSchema-Set: %s\nRules: %d\nEpoch: %s\n" % names + f"Parents-Digest: b2:{digest(b''.join(digest(self.objects[p]) for p in parents)).hex()}\n"
        back += f"State-Digest: lth16-b2:{state.hex()}\nNode: {node}\nLevel: {level}\n" + ("Roster: " + " ".join(f"{i}={n}:{d.hex()}" for i, n, d in roster) + "\n" if roster else "")
        back += "".join(f"{key}: {word}\n" for key, word in zip(("Operator", "Reason"), c["words"]) if word) + c["words"][2]
        check_signature(signer(node), c["signature"], "git", (front + back).encode())
        oid = git(self.objects, "commit", (front + "gpgsig " + armor(signer(node), c["signature"], "git").decode()[:-1].replace("\n", "\n ") + "\n" + back).encode())
        self.states[oid], self.bases[oid] = (plains, blobs), (False, c["time"], c["terms"])
        return oid


class Held(World):
    """What a receiver holds of a partition, at the commits of a delta's positions."""

    def __init__(self, town, positions, kinds):
        self.town, self.positions = town, positions
        super().__init__(town.id, [town.bases[oid] for oid in positions], {None: kinds, **{town.bases[oid][2][2]: kinds for oid in town.bases}}, {})

    def sample(self, base):
        return self.town.states[self.positions[base]][0].items()

    def old(self, parent, rid):
        return self.town.states[None if parent is None else self.positions[parent]][0].get(rid)


def story(path):
    files = {name: open(name, "rb").read() for name in glob.glob(path + "/**", recursive=True) if os.path.isfile(name)}
    under = lambda pattern: [content for name, content in files.items() if re.fullmatch(pattern, name[len(path) + 1:])]
    keys = {"430321000000": key_file(*under("county.key")), "430321100000": key_file(*under("town.key"))}
    said_by, epochs, town = {}, {}, None
    kinds = {kind["x-kind"]: kind for kind in map(json.loads, under("kinds/.*"))}
    for content in sorted(under("roster/.*"), key=lambda raw: "root enrol open-epoch".find(raw[9:20].split(b" ")[0].decode())):
        t, name = signed_file(content), digest(content[:content.find(b"-----BEGIN")])
        if t["type"] in ("root", "enrol"):
            said_by[t.get("node", t["issuer"])[0]] = t
        if t["type"] == "open-epoch":
            epochs[bytes.fromhex(t["partition"][0]), int(t["epoch"][0]), name] = (bytes.fromhex(t["commitment"][0][3:]), content[20] - 48)
    sign = lambda node: said_by[node]["public"]
    for body, signature in answer(*under("town.answer")):
        signed(body, sign(said(body)["issuer"][0]), signature)
    for bundle_name, owner, head in map(str.split, under("heads")[0].decode().splitlines()):
        raw, = under(bundle_name)
        sender, me, pid = manifest(raw)["sender"], manifest(raw)["to"][0][0], bytes.fromhex(said_by[owner]["partition"][0])
        first, sections = bundle(raw, sign(sender), me, keys[me])
        p, s = preamble(first, len(sections)), small(sections[0][1])
        for w in s.get(4, []):
            if w[50:66] == key_id(keys[me]["seal"]) and w[:16] == pid and town is None:
                key, epoch = unwrap(keys[me], w[66:98], w[98:], D["KEYRING"] + w[:50]), (int.from_bytes(w[16:18], "big"), w[18:50])
                commitment, version = epochs[(pid, *epoch)]
                need(B("EPOCH", key, SUITE + w[:18]) == commitment, "not the key that was committed to")
                town = Partition(pid, epoch, key, version)
        for body, signature in [x for wire in s.get(1, []) for x in receipt_wire(wire, sender, me)]:
            signed(body, sign(sender), signature)
        if 5 in s:
            signed(*chain_wire(s[5], sender, manifest(raw)["roster"])[:1], sign(sender), chain_wire(s[5], sender, manifest(raw)["roster"])[1])
        for q in p:
            positions = cut(q["bases"], 20)
            for c in Delta(sections[q["section"]][1], Held(town, positions, kinds)).commits() if q["id"] == pid else ():
                positions.append(town.rebuild(c, [positions[i] for i in c["parents"]], sign))
            need(q["id"] != pid or positions[-1] == q["end"] == bytes.fromhex(head), "another head")
    salts = {rid: salt for raw in under("salts-.*") for rid, salt in segment(raw, pid).items()}
    commits = {raw: name for name, raw in files.items() if "/commit-" in name}
    need(salts == town.salts, "other salts")
    for raw, name in commits.items():
        need(town.objects[bytes.fromhex(name[-40:])] == raw and commit(raw), name)
    for raw in under("wrap-.*"):
        wrap(raw, pid)
    for raw in under("(receipts|checkpoints)/.*"):
        t, at = signed_file(raw), raw.find(b"-----BEGIN")
        need(read_armor(raw[at:], t["namespace"])[0] == sign(t.get("from", t.get("node"))[0]), "another signer")
    return f"{len(files)} files, {len(commits)} commits and {len(salts)} records rebuilt"


if __name__ == "__main__":
    for name in "story", "story-dense":
        print(f"{name}: {story(os.path.join(GOLDEN, name))}")
