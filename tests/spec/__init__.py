"""One test for each rule of the metrics contract: small tables in, the figures worked out by hand out."""
