"""What must come up in the nights of the simulation, and how often it did."""
GROUPS = {
    'faults': ('message lost', 'message doubled', 'message delayed', 'message reordered', 'message corrupted', 'message truncated',
               'message for another', 'second route', 'backup restored', 'disk cloned', 'clock ten years off', 'keys changed',
               'bundle gap', 'bundle known', 'bundle rewound', 'auditor granted', 'auditor revoked', 'right delegated',
               'right withdrawn withdraw', 'right withdrawn hard', 'new schema set', 'written by delegation', 'waits for a schema set',
               'evidence of two histories', 'gc'),
    'crashes': ('crash before-salts', 'crash after-salts', 'crash before-pack', 'crash after-pack', 'crash before-ref',
                'crash after-ref', 'crash before-node', 'crash after-node', 'crash before-compact'),
    'edits': ('edits', 'contended edits', 'import', 'removal', 'removal undone', 'reverted', 'lawless right', 'lawless rule', 'lawless both',
              'refused at the desk RIGHT', 'refused at the desk RULE', 'correction', 'correction of an element or member', 'restored'),
    'entries': ('entry value', 'entry removed', 'entry stale-decision', 'entry state', 'entry twin', 'entry rule', 'entry refused'),
    'resolutions': ('resolve take', 'resolve value', 'resolve kept', 'resolve removed', 'resolve confirm', 'resolve both', 'resolve same-as',
                    'resolve accept', 'resolve drop'),
    'caches': ('told by the journal',),
    'merges': ('merge', 'shape criss-cross', 'shape equal sets', 'shape two epochs', 'shape two schema versions',
               'shape over 16 writes', 'shape an entry older than 1,000 commits'),
}
MUST_COME_UP = tuple(word for words in GROUPS.values() for word in words)


def show(counts):
    """prints all by group; what never came up"""
    for group, words in GROUPS.items():
        print('  %-12s %s' % (group, ', '.join('%s %d' % (word, counts[word]) for word in words)))
    print('  %-12s %s' % ('besides', ', '.join('%s %d' % i for i in sorted(counts.items()) if i[0] not in MUST_COME_UP)))
    return [word for word in MUST_COME_UP if not counts[word]]
