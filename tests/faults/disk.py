"""What lies on a disk: a directory as a dictionary, and a model of one that says what a power cut may leave of it.

A state maps a path relative to the root to ("d", mode) or ("f", mode, bytes).
"""
import hashlib
import os
import random
import re

OWN_NUMBERS = [(re.compile(r"(tmp_tiersync_)\d+"), r"\1P"), (re.compile(r"(tiersync-tmp\.)\d+"), r"\1P")]
BLOCK = 512
UMASK = 0o022  # the driver sets it


def load(root):
    state = {}
    stack = [""]
    while stack:
        at = stack.pop()
        with os.scandir(os.path.join(root, at)) as entries:
            for entry in entries:
                path = at + "/" + entry.name if at else entry.name
                mode = entry.stat(follow_symlinks=False).st_mode & 0o7777
                if entry.is_dir(follow_symlinks=False):
                    state[path] = ("d", mode)
                    stack.append(path)
                else:
                    with open(entry.path, "rb") as file:
                        state[path] = ("f", mode, file.read())
    return state


def store(state, root):
    os.mkdir(root)
    for path in sorted(state):
        item = state[path]
        full = os.path.join(root, path)
        if item[0] == "d":
            os.mkdir(full, item[1])
        else:
            fd = os.open(full, os.O_WRONLY | os.O_CREAT | os.O_EXCL, item[1])
            os.write(fd, item[2])
            os.close(fd)


def below(state, names):
    """The part of a state that lies under these names of the root."""
    return {path: item for path, item in state.items() if path.split("/", 1)[0] in names}


def plain(path):
    """A path without the process ids that temporary names carry."""
    for pattern, to in OWN_NUMBERS:
        path = pattern.sub(to, path)
    return path


def digest(state):
    sum_ = hashlib.blake2b(digest_size=16)
    for path, item in sorted((plain(path), item) for path, item in state.items()):
        sum_.update(("%s\0%s%o\0" % (path, item[0], item[1])).encode("utf-8", "surrogateescape"))
        if item[0] == "f":
            sum_.update(b"%d\0" % len(item[2]) + item[2])
    return sum_.digest()


class Call:
    """One line of the shim's log."""

    def __init__(self, line):
        fields = line.split("\t")
        self.kind = fields[0]
        self.result = int(fields[1])
        self.fields = fields[2:]

    @property
    def path(self):
        """What the call was about: where it goes for those that move."""
        return self.fields[1 if self.kind in ("rename", "link") else 0]

    @property
    def changes(self):
        """Whether a kill behind it leaves something else than a kill before it."""
        return self.result >= 0 and self.kind not in ("fsync", "syncfs", "close")


def calls(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8", errors="surrogateescape") as log:
        return [Call(line.rstrip("\n")) for line in log]


class Node:
    """A file or a directory: what it is, and what of it is known to survive."""

    def __init__(self, is_directory, mode):
        self.is_directory = is_directory
        self.mode = mode
        self.now = {} if is_directory else b""
        self.kept = {} if is_directory else b""
        self.lost = {}  # directory: names as they were when a sync failed; a later sync does not bring them back
        self.is_lost = False  # file: a sync failed; what was written is in doubt for ever

    def sync(self):
        if not self.is_directory:
            if not self.is_lost:
                self.kept = self.now
            return
        kept = dict(self.now)
        for name, node in self.lost.items():
            if kept.get(name) is node:
                kept.pop(name, None)
                if name in self.kept:
                    kept[name] = self.kept[name]
        self.kept = kept

    def fail(self):
        if not self.is_directory:
            self.is_lost = self.is_lost or self.now != self.kept
            return
        for name in set(self.now) | set(self.kept):
            if self.now.get(name) is not self.kept.get(name):
                self.lost[name] = self.now.get(name)


class Disk:
    """Strict POSIX: content survives up to the last fsync of the file, names up to the last fsync of their directory."""

    def __init__(self, root):
        self.root = root
        self.numbers = {}
        self.top = self._read(root)
        self.sync_all()

    def _read(self, path):
        status = os.stat(path)
        is_directory = os.path.isdir(path)
        node = Node(is_directory, status.st_mode & 0o7777)
        self.numbers[status.st_ino] = node
        if is_directory:
            for name in os.listdir(path):
                node.now[name] = self._read(os.path.join(path, name))
        else:
            with open(path, "rb") as file:
                node.now = file.read()
        return node

    def sync_all(self, node=None):
        node = node or self.top
        node.sync()
        if node.is_directory:
            for child in node.now.values():
                self.sync_all(child)

    def find(self, path):
        """The directory and the name; None for what lies outside."""
        path = os.path.normpath(path)
        if not path.startswith(self.root + "/"):
            return None, None
        words = path[len(self.root) + 1:].split("/")
        node = self.top
        for word in words[:-1]:
            node = node.now[word]
        return node, words[-1]

    def _set(self, directory, name, node):
        directory.lost.pop(name, None)
        if node is None:
            directory.now.pop(name)
        else:
            directory.now[name] = node

    def apply(self, call):
        fields = call.fields
        if call.result < 0:
            if call.kind == "fsync" and int(fields[1]) in self.numbers:
                self.numbers[int(fields[1])].fail()
            return
        if call.kind in ("create", "mkdir"):
            directory, name = self.find(fields[0])
            node = Node(call.kind == "mkdir", int(fields[2]) & ~UMASK)
            self.numbers[int(fields[1])] = node
            self._set(directory, name, node)
        elif call.kind == "write":
            node = self.numbers[int(fields[1])]
            offset = int(fields[2])
            data = bytes.fromhex(fields[3])
            node.now = node.now[:offset].ljust(offset, b"\0") + data + node.now[offset + len(data):]
        elif call.kind == "truncate":
            node = self.numbers[int(fields[1])]
            node.now = node.now[:int(fields[2])].ljust(int(fields[2]), b"\0")
        elif call.kind == "fsync":
            self.numbers[int(fields[1])].sync()
        elif call.kind == "syncfs":
            self.sync_all()
        elif call.kind in ("rename", "link"):
            directory, name = self.find(fields[0])
            node = directory.now[name]
            if call.kind == "rename":
                self._set(directory, name, None)
            self._set(*self.find(fields[1]), node)
        elif call.kind in ("unlink", "rmdir"):
            self._set(*self.find(fields[0]), None)
        elif call.kind == "chmod":
            directory, name = self.find(fields[0])
            directory.now[name].mode = int(fields[1])
        elif call.kind != "close":
            raise AssertionError("the model knows no call '%s'" % call.kind)

    def _tree(self, node, path, names, content, out):
        for name, child in names(node).items():
            at = path + "/" + name if path else name
            if child.is_directory:
                out[at] = ("d", child.mode)
                self._tree(child, at, names, content, out)
            else:
                out[at] = ("f", child.mode, content(child))
        return out

    def state(self):
        """What a running program sees."""
        return self._tree(self.top, "", lambda node: node.now, lambda node: node.now, {})

    def survivors(self):
        """The least that a power cut leaves."""
        return self._tree(self.top, "", lambda node: node.kept, lambda node: node.kept, {})

    def some(self, seed):
        """What a power cut may leave: any of what was not synced, torn and with zeros at the end."""
        chance = random.Random(seed)

        def names(node):
            out = {}
            for name in sorted(set(node.now) | set(node.kept)):
                side = chance.choice((node.now, node.kept))
                if name in side:
                    out[name] = side[name]
            return out

        def content(node):
            if node.now == node.kept:
                return node.now
            cut = chance.randrange(0, len(node.now) // BLOCK + 1) * BLOCK
            return chance.choice((node.now, node.kept, node.now[:cut], node.now[:cut].ljust(len(node.now), b"\0")))

        return self._tree(self.top, "", names, content, {})
