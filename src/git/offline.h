/** Starting libgit2, of whose network this program has no use. Internal to git. */
#ifndef GIT_OFFLINE_H
#define GIT_OFFLINE_H

/** git_libgit2_init(), and nothing else; what it links with it leaves libgit2's network out. What libgit2 returns: negative is an error. */
int git_offline_init(void);

#endif
