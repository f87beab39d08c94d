/** Fingerprints on the command line and at the terminal: enrol, accept, grant. */
#ifndef CLI_ENROLMENT_H
#define CLI_ENROLMENT_H

#include "cli/cli.h"
#include "seal/hash.h"

/** The value of an option as a fingerprint; *given NULL: the option is not there. ERR_USAGE. */
enum err cli_fingerprint(struct seal_fingerprint *out, const struct seal_fingerprint **given, struct cli *cli,
                         const char *option) MUST_USE;
/**
 * At a terminal a person is asked whether this is what was read out: yes confirms, no ends the run (ERR_AUTH, nothing was
 * changed), and an empty answer leaves it unconfirmed. Without a terminal nobody is asked, and it is unconfirmed.
 */
enum err cli_confirm(struct cli *cli, const char *what, const struct seal_fingerprint *fingerprint,
                     bool *is_confirmed) MUST_USE;

#endif
