# Threat 19: signatures that stock ssh-keygen takes in other forms than the one that was written: S + L, other line lengths, junk behind
# it, another hash. Each would give the same edit a second id. No bundle brings them anywhere, and audit names them.
refuses_forgeries 19
