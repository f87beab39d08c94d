/** What a run of looking for findings is said to have done; shared by the verbs sync, take and findings. */
#ifndef CLI_FINDINGS_VOICE_H
#define CLI_FINDINGS_VOICE_H

#include "cli/cli.h"
#include "flow/findings.h"

/** @param is_asked  somebody asked: said also when there was nothing to do */
void cli_print_findings(struct cli *cli, const struct flow_findings_result *result, bool is_asked);
/** A text field of a finding, borrowed; empty: absent. *field_out NULL: the kind has no such field. */
struct view cli_finding_text(const struct flow_finding *finding, const char *name,
                             const struct schema_field **field_out);

#endif
