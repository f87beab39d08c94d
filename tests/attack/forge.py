#!/usr/bin/env python3
"""Commits as an attacker who holds a store would write them, made with the second reader and stock git, never with our code.

  forge.py list ROW                         the forgeries of a row of the threat table, one a line
  forge.py KIND STORE OWNER [SIGNER [NODE]] such a commit becomes the head of OWNER's partition in STORE; prints its id

Merges need a head that is a merge. An edit changes no record, is in the name of NODE (else OWNER, who has an edit there), and is
signed with the key in SIGNER's store (else STORE's), validly as far as stock git and ssh-keygen go: only its own oddity can tell.
"""
import base64
import ctypes
import hashlib
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "second"))

from reader import SUITE, armor, digest, key_file, sodium, text  # noqa: E402

ORDER = 2**252 + 27742317777372353535851937790883648493  # of Ed25519's group
KINDS = {}
ROWS = {}


def row(number):
    def kind(function):
        KINDS[function.__name__] = function
        ROWS.setdefault(number, []).append(function.__name__)
        return function
    return kind


class Repository:
    def __init__(self, store, owner, signer, node):
        self.path = f"{store}/partitions/{owner}.git"
        self.owner = owner
        self.node = node
        self.head = self.git("rev-parse", "refs/heads/main").decode().strip()
        self.key_path = f"{signer}/keys/node.key"

    def git(self, *words, data=None):
        return subprocess.run(["git", "-C", self.path, *words], input=data, stdout=subprocess.PIPE, check=True).stdout

    def text_of(self, commit):
        return self.git("cat-file", "commit", commit).decode()

    def parents(self, commit):
        return re.findall(r"^parent (\w{40})$", self.text_of(commit).split("\n\n")[0], re.M)

    def put(self, content):
        made = self.git("hash-object", "-w", "-t", "commit", "--stdin", data=content).decode().strip()
        self.git("update-ref", "refs/heads/main", made)
        return made

    def parents_digest(self, parents):
        return digest(b"".join(digest(self.git("cat-file", "commit", parent)) for parent in parents)).hex()

    def merge(self):
        found = self.text_of(self.head)
        assert "\n\nmerge\n\n" in found, "the head is no merge"
        return found

    def like(self, commit, of):
        """The merge `of` with tree and state of another commit: well-formed, and of a wrong content."""
        other = self.text_of(commit)
        out = re.sub(r"^tree \w{40}", "tree " + re.match(r"tree (\w{40})", other)[1], of)
        return re.sub(r"State-Digest: \S+", re.search(r"State-Digest: \S+", other)[0], out)

    def with_parents(self, of, parents):
        out = re.sub(r"(parent \w{40}\n)+", "".join(f"parent {parent}\n" for parent in parents), of)
        return re.sub(r"Parents-Digest: \S+", "Parents-Digest: b2:" + self.parents_digest(parents), out)

    def edit(self, change=lambda text: text):
        """The text of an edit on the head that changes nothing, unsigned, after change(text)."""
        log = self.git("rev-list", "refs/heads/main").decode().split()
        like = next(text for text in map(self.text_of, log) if f"\nNode: {self.node}\n" in text and "\n\nedit\n\n" in text)
        out = re.sub(r"gpgsig .*\n(?: .*\n)+|(?:Restore|Void): .*\n", "", self.like(self.head, like))
        last = self.text_of(self.head)
        for trailer in ("Schema-Set", "Rules", "Epoch"):
            out = re.sub(rf"\n{trailer}: .*", re.search(rf"\n{trailer}: .*", last)[0], out)
        return change(self.with_parents(out, [self.head]))

    def sign(self, message, name="sha512"):
        """The raw signature, and the public key."""
        with open(self.key_path, "rb") as file:
            raw = file.read()
        public = key_file(raw)["sign"]
        seed = base64.b64decode(re.search(rb"^secret (.+)$", raw, re.M)[1])[:32]
        halves = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
        sodium.crypto_sign_seed_keypair(*halves, seed)
        assert halves[0].raw == public
        signed = b"SSHSIG" + text(b"git") + text(b"") + text(name.encode()) + text(hashlib.new(name, message).digest())
        out = ctypes.create_string_buffer(64)
        sodium.crypto_sign_detached(out, None, signed, ctypes.c_ulonglong(len(signed)), halves[1])
        return out.raw, public

    def signed(self, message, change=lambda lines: lines, raw=lambda signature: signature, name="sha512"):
        """Put the commit with its signature: raw(64 bytes), change(armor)."""
        signature, public = self.sign(message.encode(), name)
        lines = armor(public, raw(signature), "git").decode()
        if name != "sha512":
            key, sig = text(b"ssh-ed25519") + text(public), text(b"ssh-ed25519") + text(signature)
            blob = b"SSHSIG\0\0\0\1" + text(key) + text(b"git") + text(b"") + text(name.encode()) + text(sig)
            lines = wrapped(blob, 70)
        header = "gpgsig " + change(lines).rstrip("\n").replace("\n", "\n ") + "\n"
        front, back = message.split("\n\n", 1)
        return self.put((front + "\n" + header + "\n" + back).encode())


def wrapped(blob, columns):
    encoded = base64.b64encode(blob).decode()
    lines = [encoded[at:at + columns] for at in range(0, len(encoded), columns)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])


def blob_of(lines):
    return base64.b64decode("".join(lines.split("\n")[1:-2]))


# --- merges: a hub that wants to change what a township wrote, without the township's key ---
@row(47)
def merge_that_drops_one_side(r):
    """It keeps both parents and gives the tree of the first."""
    return r.put(r.like(r.parents(r.head)[0], r.merge()).encode())


@row(47)
def merge_that_drops_the_other_side(r):
    return r.put(r.like(r.parents(r.head)[1], r.merge()).encode())


@row(47)
def merge_at_another_time(r):
    return r.put(re.sub(r"> \d+ \+0000", "> 1512086400 +0000", r.merge()).encode())


@row(47)
def merge_with_its_parents_swapped(r):
    return r.put(r.with_parents(r.merge(), r.parents(r.head)[::-1]).encode())


@row(47)
def merge_that_is_signed(r):
    return r.signed(r.merge())


@row(47)
def merge_by_a_name(r):
    return r.put(r.merge().replace("merge <merge@", f"{r.node} <{r.node}@").encode())


@row(47)
def merge_of_three(r):
    head = r.parents(r.head)
    first = r.parents(head[0])[:1]
    return r.put(r.with_parents(r.merge(), sorted(head + first)).encode())


@row(47)
def merge_of_one(r):
    return r.put(r.with_parents(r.merge(), r.parents(r.head)[:1]).encode())


@row(47)
def merge_with_a_line_more(r):
    return r.put((r.merge() + "Reason: because\n").encode())


@row(47)
def merge_over_other_parents(r):
    """Parents-Digest is that of the true parents: SHA-1 alone would hold the history together."""
    parents = r.parents(r.head)
    return r.put(re.sub(r"parent " + parents[0], "parent " + r.parents(parents[0])[0], r.merge()).encode())


@row(47)
def merge_that_is_unnecessary(r):
    """One parent holds all edits of the other."""
    parent = r.parents(r.head)[0]
    return r.put(r.with_parents(r.like(r.head, r.merge()), sorted([r.head, parent])).encode())


# --- what stock tools wrongly accept ---
@row(18)
def edit_of_another_committer(r):
    """Git does not compare signer and committer."""
    return r.signed(r.edit(lambda t: t.replace(f"committer {r.node} <{r.node}@", "committer 430321107000 <430321107000@")))


@row(18)
def edit_of_another_author_and_committer(r):
    return r.signed(r.edit(lambda t: t.replace(f" {r.node} <{r.node}@", " 430321107000 <430321107000@")))


@row(19)
def edit_with_a_malleated_signature(r):
    """S + L in the place of S."""
    def malleate(signature):
        number = int.from_bytes(signature[32:], "little") + ORDER
        return signature[:32] + number.to_bytes(32, "little")
    return r.signed(r.edit(), raw=malleate)


@row(19)
def edit_with_rewrapped_armor(r):
    return r.signed(r.edit(), change=lambda lines: wrapped(blob_of(lines), 64))


@row(19)
def edit_with_armor_on_one_line(r):
    return r.signed(r.edit(), change=lambda lines: wrapped(blob_of(lines), 1000))


@row(19)
def edit_with_junk_behind_its_armor(r):
    return r.signed(r.edit(), change=lambda lines: lines + "junk\n")


@row(19)
def edit_signed_over_sha256(r):
    return r.signed(r.edit(), name="sha256")


@row(20)
def edit_with_a_second_signature(r):
    """Git passes over all but the first."""
    made = r.signed(r.edit())
    return r.put(r.text_of(made).replace("\n\n", "\ngpgsig junk\n\n", 1).encode())


@row(20)
def edit_with_a_sha256_signature(r):
    made = r.signed(r.edit())
    return r.put(r.text_of(made).replace("\n\n", "\ngpgsig-sha256 junk\n\n", 1).encode())


@row(20)
def edit_with_a_header_more(r):
    return r.signed(r.edit(lambda t: t.replace("\n\n", "\nx-note nobody reads this\n\n", 1)))


@row(20)
def edit_with_an_encoding(r):
    return r.signed(r.edit(lambda t: t.replace("\n\n", "\nencoding UTF-8\n\n", 1)))


@row(20)
def edit_in_another_zone(r):
    return r.signed(r.edit(lambda t: t.replace(" +0000", " +0800")))


@row(20)
def edit_with_a_trailer_more(r):
    return r.signed(r.edit(lambda t: t + "X-Note: nobody reads this\n"))


@row(47)
def edit_over_another_tree(r):
    """The tree of the parent's parent under the state digest of the parent."""
    return r.signed(r.edit(lambda t: re.sub(r"^tree \w{40}", "tree " + r.git("rev-parse", f"{r.head}~1^{{tree}}").decode().strip(), t)))


@row(47)
def edit_over_other_parents(r):
    return r.signed(r.edit(lambda t: re.sub(r"Parents-Digest: \S+", "Parents-Digest: b2:" + "0" * 64, t)))


@row(17)
def edit_of_another_level(r):
    return r.signed(r.edit(lambda t: re.sub(r"\nLevel: \d", "\nLevel: 3", t)))


@row(17)
def edit_of_another_partition(r):
    return r.signed(r.edit(lambda t: re.sub(r"\nPartition: \w+", "\nPartition: " + "ab" * 16, t)))


@row(47)
def edit_under_a_schema_set_that_nobody_opened(r):
    return r.signed(r.edit(lambda t: re.sub(r"\nSchema-Set: \d+ \w+", "\nSchema-Set: 9 " + "ab" * 32, t)))


@row(47)
def edit_under_rules_that_nobody_opened(r):
    return r.signed(r.edit(lambda t: re.sub(r"\nRules: \d+", "\nRules: 9", t)))


@row(47)
def edit_under_an_epoch_that_nobody_opened(r):
    return r.signed(r.edit(lambda t: re.sub(r"\nEpoch: \d+ \w+", "\nEpoch: 9 " + "ab" * 32, t)))


@row(0)
def edit_like_any_other(r):
    """Nothing is wrong with it but who signed it, if it was another than the owner."""
    return r.signed(r.edit())


def main():
    if sys.argv[1] == "list":
        print("\n".join(ROWS[int(sys.argv[2])]))
        return
    name, store, owner, *more = sys.argv[1:]
    signer, node = (more + [store, owner][len(more):])
    print(KINDS[name](Repository(store, owner, signer, node)))


main()
