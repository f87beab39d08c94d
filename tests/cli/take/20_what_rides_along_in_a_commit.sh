# Threat 20: headers, zones and trailers that stock git passes over: a second signature, a header that nobody knows, an encoding. They
# could carry anything. No bundle brings them anywhere, and audit names them.
refuses_forgeries 20
