# Threat 18: commits that their signer gave to another committer. Stock git verifies them; no bundle brings them anywhere, and audit
# names them.
refuses_forgeries 18
