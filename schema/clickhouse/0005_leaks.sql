-- Whose customers a ring calls: one row for each ring and organisation that was compared, `place` in the order of the ring's list (from 1).
-- document: JSON of model/leak.ts Leak.
CREATE TABLE IF NOT EXISTS leaks {{on_cluster}} (
    run LowCardinality(String), ring String, place UInt32, organisation String, verdict LowCardinality(String), victims UInt32,
    p_value Float64, q_value Float64, document String
) ENGINE = {{engine}} PARTITION BY run ORDER BY (ring, place);

-- What was searched for each ring and how it ended, also when nothing was found. document: JSON of model/leak.ts LeakSearch.
CREATE TABLE IF NOT EXISTS leak_searches {{on_cluster}} (
    run LowCardinality(String), ring String, outcome LowCardinality(String), document String
) ENGINE = {{engine}} PARTITION BY run ORDER BY (ring);
