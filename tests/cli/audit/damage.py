#!/usr/bin/env python3
"""One altered copy of a store for each kind of thing, made with stock git; `audit` must name that very thing.

  damage.py STORE PARTITION list            the kinds, one a line
  damage.py STORE PARTITION KIND            alter STORE; prints, a line each, what audit must say (all of them)

Objects are rewritten so that the repository is well-formed for stock git; only what was signed can tell.
"""
import base64
import os
import re
import subprocess
import sys
import zlib

ORDER = 2**252 + 27742317777372353535851937790883648493  # of Ed25519's group
KINDS = {}


def kind(function):
    KINDS[function.__name__] = function
    return function


def git(repository, *words, data=None):
    return subprocess.run(["git", "-C", repository, *words], input=data, stdout=subprocess.PIPE, check=True).stdout


class Store:
    def __init__(self, path, partition):
        self.path = path
        self.node = f"{path}/node.git"
        self.repository = f"{path}/partitions/{partition}.git"
        self.head = self.read("rev-parse", "refs/heads/main")
        self.parent = self.read("rev-parse", "refs/heads/main~1")

    def read(self, *words):
        return git(self.repository, *words).decode().strip()

    def put(self, repository, kind, data):
        return git(repository, "hash-object", "-w", "-t", kind, "--stdin", data=data).decode().strip()

    def commit_text(self, commit):
        return git(self.repository, "cat-file", "commit", commit)

    def replace_head(self, text):
        """The head becomes a commit with this text; returns what names it."""
        made = self.put(self.repository, "commit", text)
        git(self.repository, "update-ref", "refs/heads/main", made)
        return [f"commit {made}"]

    def tree(self, repository, tree):
        """[(mode, kind, id, path)] of every file below."""
        listed = git(repository, "ls-tree", "-r", "-z", tree).decode()
        return [(*line.split("\t")[0].split(" "), line.split("\t")[1]) for line in listed.split("\0") if line]

    def write_tree(self, repository, files):
        below, here = {}, []
        for mode, of, oid, path in files:
            if "/" in path:
                top, rest = path.split("/", 1)
                below.setdefault(top, []).append((mode, of, oid, rest))
            else:
                here.append(f"{mode} {of} {oid}\t{path}")
        here += [f"040000 tree {self.write_tree(repository, inside)}\t{name}" for name, inside in below.items()]
        return git(repository, "mktree", data="\n".join(here).encode() + b"\n").decode().strip()

    def with_tree(self, change):
        """The head's text with its tree changed by change(files)."""
        tree = self.write_tree(self.repository, change(self.tree(self.repository, self.head)))
        return re.sub(rb"^tree \w{40}", b"tree " + tree.encode(), self.commit_text(self.head))

    def change_node(self, change, amend=False):
        """A commit on node.git whose files are change(files)."""
        tree = self.write_tree(self.node, change(self.tree(self.node, "refs/heads/main")))
        base = "refs/heads/main~1" if amend else "refs/heads/main"
        text = git(self.node, "cat-file", "commit", "refs/heads/main").decode()
        parent = git(self.node, "rev-parse", base).decode().strip()
        text = re.sub(r"^tree \w{40}\nparent \w{40}", f"tree {tree}\nparent {parent}", text)
        made = self.put(self.node, "commit", text.encode())
        git(self.node, "update-ref", "refs/heads/main", made)

    def node_files(self, prefix):
        found = [path for _, _, _, path in self.tree(self.node, "refs/heads/main") if path.startswith(prefix)]
        assert found, prefix
        return found

    def alter_node_file(self, path, old, new):
        content = git(self.node, "cat-file", "blob", f"refs/heads/main:{path}")
        assert old in content, (path, content)
        oid = self.put(self.node, "blob", content.replace(old, new, 1))
        self.change_node(lambda files: [(m, k, oid if p == path else o, p) for m, k, o, p in files])
        return [path]

    def drop_node_file(self, path, amend=False):
        self.change_node(lambda files: [row for row in files if row[3] != path], amend)
        return [path]

    def records(self):
        return [row for row in self.tree(self.repository, self.head) if row[3].startswith("records/")]

    def rot(self, repository, oid):
        """Flip one bit of an object where it lies in its pack."""
        packs = f"{repository}/objects/pack"
        for name in sorted(os.listdir(packs)):
            if not name.endswith(".idx"):
                continue
            shown = git(repository, "show-index", data=open(f"{packs}/{name}", "rb").read()).decode()
            for line in shown.splitlines():
                offset, found = line.split()[:2]
                if found == oid:
                    path = f"{packs}/{name[:-4]}.pack"
                    os.chmod(path, 0o600)
                    with open(path, "r+b") as file:
                        file.seek(int(offset))
                        entry = file.read(65536)
                        start = 1
                        while entry[start - 1] & 0x80:
                            start += 1
                        plain = zlib.decompressobj()
                        plain.decompress(entry[start:])
                        size = len(entry) - start - len(plain.unused_data)
                        at = int(offset) + start + size // 2
                        file.seek(at)
                        byte = file.read(1)[0]
                        file.seek(at)
                        file.write(bytes([byte ^ 0x10]))
                    return
        raise AssertionError(f"{oid} is in no pack")


@kind
def blob_rotten(store):
    _, _, oid, path = store.records()[0]
    store.rot(store.repository, oid)
    return [f"records/{path.split('/')[-1]}"]


@kind
def blob_replaced(store):
    _, _, oid, path = store.records()[0]
    blob = bytearray(git(store.repository, "cat-file", "blob", oid))
    blob[-1] ^= 1
    other = store.put(store.repository, "blob", bytes(blob))
    return store.replace_head(store.with_tree(lambda files: [(m, k, other if o == oid else o, p) for m, k, o, p in files]))


@kind
def tree_rotten(store):
    store.rot(store.repository, store.read("rev-parse", f"{store.head}:records"))
    return [f"commit {store.head}"]


@kind
def tree_entry_renamed(store):
    path = store.records()[0][3]
    other = path[:-1] + ("0" if path[-1] != "0" else "1")
    return store.replace_head(store.with_tree(lambda files: [(m, k, o, other if p == path else p) for m, k, o, p in files]))


@kind
def tree_entry_dropped(store):
    path = store.records()[0][3]
    return store.replace_head(store.with_tree(lambda files: [row for row in files if row[3] != path]))


@kind
def commit_rotten(store):
    store.rot(store.repository, store.head)
    return [store.head]


@kind
def trailer_changed(store):
    return store.replace_head(re.sub(rb"\nReason: one", b"\nReason: two", store.commit_text(store.head)))


@kind
def trailer_added(store):
    return store.replace_head(store.commit_text(store.head) + b"X-Note: nobody reads this\n")


@kind
def committer_changed(store):
    return store.replace_head(store.commit_text(store.head).replace(b"committer 430321100000", b"committer 430321107000"))


@kind
def time_changed(store):
    return store.replace_head(re.sub(rb"> \d+ \+0000", b"> 1000000000 +0000", store.commit_text(store.head)))


def armor(text):
    inside = re.search(rb"gpgsig -----BEGIN SSH SIGNATURE-----\n((?: .*\n)+?) -----END SSH SIGNATURE-----\n", text)
    return inside.group(1), base64.b64decode(inside.group(1).replace(b"\n", b"").replace(b" ", b""))


def with_signature(text, blob):
    old, _ = armor(text)
    encoded = base64.b64encode(blob)
    lines = b"".join(b" " + encoded[i:i + 70] + b"\n" for i in range(0, len(encoded), 70))
    return text.replace(old, lines)


@kind
def signature_flipped(store):
    text = store.commit_text(store.head)
    _, blob = armor(text)
    return store.replace_head(with_signature(text, blob[:-1] + bytes([blob[-1] ^ 1])))


@kind
def signature_malleated(store):
    """Threat 19: S + L, which stock ssh-keygen accepts."""
    text = store.commit_text(store.head)
    _, blob = armor(text)
    number = int.from_bytes(blob[-32:], "little") + ORDER
    return store.replace_head(with_signature(text, blob[:-32] + number.to_bytes(32, "little")))


@kind
def signature_of_the_parent(store):
    return store.replace_head(with_signature(store.commit_text(store.head), armor(store.commit_text(store.parent))[1]))


@kind
def signature_dropped(store):
    text = store.commit_text(store.head)
    return store.replace_head(re.sub(rb"gpgsig .*\n(?: .*\n)+", b"", text))


@kind
def second_signature_header(store):
    """Threat 20: git passes over it."""
    text = store.commit_text(store.head)
    return store.replace_head(text.replace(b"\n\n", b"\ngpgsig-sha256 junk\n\n", 1))


@kind
def commit_dropped_from_history(store):
    grandparent = store.read("rev-parse", f"{store.parent}~1")
    text = store.commit_text(store.head).replace(b"parent " + store.parent.encode(), b"parent " + grandparent.encode())
    return [*store.replace_head(text), store.parent]


@kind
def head_rolled_back(store):
    git(store.repository, "update-ref", "refs/heads/main", store.parent)
    return [f"edit {store.head}", "rolled back"]


@kind
def head_gone(store):
    git(store.repository, "update-ref", "-d", "refs/heads/main")
    return [f"edit {store.head}"]


@kind
def head_of_another_partition(store):
    other = f"{store.path}/partitions/430321107000.git"
    pack = git(other, "pack-objects", "--revs", "--stdout", data=b"refs/heads/main\n")
    git(store.repository, "unpack-objects", data=pack)
    foreign = git(other, "rev-parse", "refs/heads/main").decode().strip()
    git(store.repository, "update-ref", "refs/heads/main", foreign)
    return [f"commit {foreign}", "belongs to another partition"]


@kind
def pack_missing_its_index_stays(store):
    packs = f"{store.repository}/objects/pack"
    name = next(name for name in sorted(os.listdir(packs)) if name.endswith(".pack"))
    os.remove(f"{packs}/{name}")
    return [f"{name}: the file is missing"]


@kind
def pack_of_the_head_missing(store):
    packs = f"{store.repository}/objects/pack"
    for name in sorted(os.listdir(packs)):
        if name.endswith(".idx") and store.head in git(store.repository, "show-index", data=open(f"{packs}/{name}", "rb").read()).decode():
            os.remove(f"{packs}/{name}")
            os.remove(f"{packs}/{name[:-4]}.pack")
            return [store.head]
    raise AssertionError("no pack holds the head")


@kind
def pack_of_node_git_missing(store):
    packs = f"{store.node}/objects/pack"
    name = next(name for name in sorted(os.listdir(packs)) if name.endswith(".pack"))
    os.remove(f"{packs}/{name}")
    return ["node.git"]  # the pack by name, or what the store needs of it before it can be opened


@kind
def partition_missing(store):
    subprocess.run(["rm", "-rf", store.repository], check=True)
    return ["this partition was held and is not there"]


@kind
def receipt_given_altered(store):
    return store.alter_node_file(store.node_files("receipts/to/430321100000/")[0], b"state taken", b"state base-unknown")


@kind
def receipt_got_altered(store):
    return store.alter_node_file(store.node_files("receipts/from/430300000000/")[0], b"time 20", b"time 19")


@kind
def receipt_under_another_name(store):
    path = store.node_files("receipts/to/430321100000/")[0]
    other = path[:-1] + ("0" if path[-1] != "0" else "1")
    store.change_node(lambda files: [(m, k, o, other if p == path else p) for m, k, o, p in files])
    return [path, other]


@kind
def receipt_given_dropped(store):
    return store.drop_node_file(store.node_files("receipts/to/")[0])


@kind
def receipt_got_dropped(store):
    return store.drop_node_file(store.node_files("receipts/from/430300000000/")[-1])


@kind
def checkpoint_altered(store):
    return store.alter_node_file(store.node_files("checkpoints/partitions/")[0], b"time 20", b"time 19")


@kind
def checkpoint_dropped(store):
    return store.drop_node_file(store.node_files("checkpoints/partitions/")[1])


@kind
def nightly_line_altered(store):
    return store.alter_node_file(store.node_files("checkpoints/nights/")[0], b"count ", b"count 1")


@kind
def nightly_line_dropped(store):
    return store.drop_node_file(store.node_files("checkpoints/nights/")[-2])


@kind
def nightly_line_of_a_peer_altered(store):
    return store.alter_node_file(store.node_files("checkpoints/from/430321100000/")[0], b"time 20", b"time 19")


@kind
def roster_line_altered(store):
    return store.alter_node_file(store.node_files("roster/430321000000/")[-1], b"confirmed yes", b"confirmed no")


@kind
def roster_line_dropped(store):
    return store.drop_node_file(store.node_files("roster/430321000000/")[-1])


def main():
    store = Store(sys.argv[1], sys.argv[2])
    if sys.argv[3] == "list":
        print("\n".join(KINDS))
    else:
        print("\n".join(KINDS[sys.argv[3]](store)))


main()
