-- Who called this number: calls lie by caller, so without an index every call would be read. A filter on the called numbers of each block of
-- rows takes one byte a call and answers from a few blocks. Not a projection: it would go on showing rows that were deleted (docs/decisions/0016).
ALTER TABLE calls {{on_cluster}} ADD INDEX IF NOT EXISTS by_callee callee TYPE bloom_filter(0.01) GRANULARITY 1;
ALTER TABLE calls {{on_cluster}} MATERIALIZE INDEX by_callee;
