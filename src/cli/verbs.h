/** The functions of the verbs; one file per verb or small family (cmd_*.c). The table is in verbs.c. */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

#include "cli/cli.h"

#define VERB(name)                                                                                                     \
	enum err cmd_##name(struct cli *cli);                                                                          \
	extern const struct cli_option cmd_##name##_options[]

VERB(init);
VERB(request);
VERB(enrol);
VERB(accept);
VERB(roster_list);
VERB(roster_rotate);
VERB(roster_revoke);
VERB(roster_settle);
VERB(roster_grant);
VERB(roster_delegate);
VERB(roster_withdraw);
VERB(roster_export_signers);
VERB(schema_list);
VERB(schema_show);
VERB(schema_add);
VERB(schema_check);
VERB(import);
VERB(export);
VERB(add);
VERB(set);
VERB(remove);
VERB(get);
VERB(list);
VERB(log);
VERB(diff);
VERB(blame);
VERB(peer_add);
VERB(peer_remove);
VERB(peer_list);
VERB(bundle);
VERB(take);
VERB(inspect);
VERB(sync);
VERB(answer);
VERB(conflicts);
VERB(resolve);
VERB(revert);
VERB(findings);
VERB(findings_explain);
VERB(findings_check);
VERB(held);
VERB(approve);
VERB(refused);
VERB(due);
VERB(status);
VERB(audit);
VERB(fsck);
VERB(gc);
VERB(backup);
VERB(restore);
VERB(key_passphrase);
VERB(key_backup);
VERB(version);

#undef VERB

#endif
