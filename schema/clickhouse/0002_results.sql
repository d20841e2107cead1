-- Results of analysis runs. Each run writes its own partition and is then published in one row: readers see a whole run or the one
-- before it, never half of one. Measures (one wide row per number) are a table made by the feature catalogue itself.

-- The newest row names the run that readers see.
CREATE TABLE IF NOT EXISTS published {{on_cluster}} (
    run String, at DateTime64(3, 'UTC')
) ENGINE = {{engine}} ORDER BY (at);

-- What each detector says about each number it speaks of. reasons and innocent are JSON (model/reason.ts).
CREATE TABLE IF NOT EXISTS findings {{on_cluster}} (
    run LowCardinality(String), number String, detector LowCardinality(String), score Float64,
    reasons String, innocent String, records Array(String)
) ENGINE = {{engine}} PARTITION BY run ORDER BY (number, detector);

-- One row per number that was looked at: the combined score, and where it belongs.
CREATE TABLE IF NOT EXISTS scores {{on_cluster}} (
    run LowCardinality(String), number String, score Float64, flagged UInt8, detectors Array(LowCardinality(String)),
    top_reason String, innocent String, lawful String, ring LowCardinality(String), member String, role LowCardinality(String), role_score Float64
) ENGINE = {{engine}} PARTITION BY run ORDER BY (number);

-- document: JSON of server/contract.ts RingDetail without members.
CREATE TABLE IF NOT EXISTS rings {{on_cluster}} (
    run LowCardinality(String), id String, score Float64, size UInt32, first_seen DateTime64(3, 'UTC'), last_seen DateTime64(3, 'UTC'),
    document String
) ENGINE = {{engine}} PARTITION BY run ORDER BY (id);

-- document: JSON of server/contract.ts RingMember.
CREATE TABLE IF NOT EXISTS ring_members {{on_cluster}} (
    run LowCardinality(String), ring String, member String, kind LowCardinality(String), numbers Array(String), accounts Array(String),
    role LowCardinality(String), role_score Float64, team String, reports_to String, document String
) ENGINE = {{engine}} PARTITION BY run ORDER BY (ring, member);

CREATE TABLE IF NOT EXISTS ring_edges {{on_cluster}} (
    run LowCardinality(String), ring String, from_id String, from_kind LowCardinality(String), to_id String, to_kind LowCardinality(String),
    layer LowCardinality(String), weight Float64
) ENGINE = {{engine}} PARTITION BY run ORDER BY (ring, layer, from_id, to_id);

-- A number that fell silent and the one that took over. reasons is JSON.
CREATE TABLE IF NOT EXISTS succession {{on_cluster}} (
    run LowCardinality(String), from_number String, to_number String, at DateTime64(3, 'UTC'), score Float64, reasons String
) ENGINE = {{engine}} PARTITION BY run ORDER BY (from_number, to_number);
