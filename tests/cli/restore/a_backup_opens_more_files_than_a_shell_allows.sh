# A backup holds every partition at once; a shell's first limit is what a program starts with, not what it may have.
one_note_each
expect 0 prlimit --nofile=8:256 "$TIERSYNC" backup --store county copy
expect 1 prlimit --nofile=8:8 "$TIERSYNC" backup --store county none
said 'Too many open files'
expect 0 tiersync restore --store again copy
expect 0 tiersync fsck --store again
said '4 partitions'
