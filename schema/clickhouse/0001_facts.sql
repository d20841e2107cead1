-- Facts: what was observed, each row with its origin (file_sha256, row). {{engine}} and {{on_cluster}} are filled by store/migrate.ts.
-- `key` is sipHash128 over the normalised content: the same record met again, in whatever file and spelling, is a duplicate.
-- Durations are whole milliseconds and amounts decimals, so that sums are exact and a re-run gives the same bytes.

CREATE TABLE IF NOT EXISTS calls {{on_cluster}} (
    started_at DateTime64(3, 'UTC') CODEC(DoubleDelta, LZ4),
    caller String,
    callee String,
    duration_ms UInt32,
    answered UInt8,
    ring_ms Nullable(UInt32),
    kind Enum8('voice' = 1, 'sms' = 2),
    direction LowCardinality(String),
    origin_country LowCardinality(String),
    origin_ip String,
    trunk LowCardinality(String),
    account String,
    imei String,
    imsi String,
    cell String,
    city LowCardinality(String),
    recording String,
    release_cause LowCardinality(String),
    call_id String,
    caller_country LowCardinality(String),
    extra String,
    key UInt128,
    file_sha256 LowCardinality(String),
    row UInt64
) ENGINE = {{engine}} PARTITION BY toYYYYMM(started_at) ORDER BY (caller, started_at);

CREATE TABLE IF NOT EXISTS logins {{on_cluster}} (
    account String, at DateTime64(3, 'UTC'), ip String, country LowCardinality(String), city LowCardinality(String),
    imei String, app LowCardinality(String),
    extra String, key UInt128, file_sha256 LowCardinality(String), row UInt64
) ENGINE = {{engine}} ORDER BY (account, at);

CREATE TABLE IF NOT EXISTS cases {{on_cluster}} (
    case_id String, reported_at DateTime64(3, 'UTC'), victim String, province LowCardinality(String), city LowCardinality(String),
    loss Nullable(Decimal(38, 8)), category LowCardinality(String), narrative String,
    suspect_numbers Array(String), suspect_accounts Array(String), chat_groups Array(String),
    extra String, key UInt128, file_sha256 LowCardinality(String), row UInt64
) ENGINE = {{engine}} ORDER BY (case_id);

CREATE TABLE IF NOT EXISTS payments {{on_cluster}} (
    at DateTime64(3, 'UTC'), `from` String, `to` String, amount Decimal(38, 8), payment_id String, currency LowCardinality(String),
    from_kind LowCardinality(String), to_kind LowCardinality(String), channel LowCardinality(String), memo String, tx_hash String,
    extra String, key UInt128, file_sha256 LowCardinality(String), row UInt64
) ENGINE = {{engine}} ORDER BY (`from`, at);

CREATE TABLE IF NOT EXISTS seats {{on_cluster}} (
    seat String, account String, team String, caller_group String, task String, person String, number String,
    extra String, key UInt128, file_sha256 LowCardinality(String), row UInt64
) ENGINE = {{engine}} ORDER BY (seat);

CREATE TABLE IF NOT EXISTS reviews {{on_cluster}} (
    at DateTime64(3, 'UTC'), reviewer String, seat String, recording String, verdict LowCardinality(String),
    extra String, key UInt128, file_sha256 LowCardinality(String), row UInt64
) ENGINE = {{engine}} ORDER BY (reviewer, at);

CREATE TABLE IF NOT EXISTS memberships {{on_cluster}} (
    `group` String, member String, platform LowCardinality(String), role LowCardinality(String),
    joined_at Nullable(DateTime64(3, 'UTC')), left_at Nullable(DateTime64(3, 'UTC')),
    extra String, key UInt128, file_sha256 LowCardinality(String), row UInt64
) ENGINE = {{engine}} ORDER BY (`group`, member);

CREATE TABLE IF NOT EXISTS dealings {{on_cluster}} (
    person String, organisation String, sector LowCardinality(String), at Nullable(DateTime64(3, 'UTC')),
    extra String, key UInt128, file_sha256 LowCardinality(String), row UInt64
) ENGINE = {{engine}} ORDER BY (person, organisation);

CREATE TABLE IF NOT EXISTS texts {{on_cluster}} (
    text_id String, kind LowCardinality(String), text String, at Nullable(DateTime64(3, 'UTC')), author String, recording String,
    source_url String,
    extra String, key UInt128, file_sha256 LowCardinality(String), row UInt64
) ENGINE = {{engine}} ORDER BY (text_id);

CREATE TABLE IF NOT EXISTS registry {{on_cluster}} (
    number String, organisation String, category LowCardinality(String),
    extra String, key UInt128, file_sha256 LowCardinality(String), row UInt64
) ENGINE = {{engine}} ORDER BY (number);

-- What is known of a number from its spelling alone; filled by the import for every distinct number it meets.
CREATE TABLE IF NOT EXISTS numbers {{on_cluster}} (
    id String, kind LowCardinality(String), country LowCardinality(String), province LowCardinality(String),
    city LowCardinality(String), carrier LowCardinality(String)
) ENGINE = {{engine_replacing}} ORDER BY (id);

-- One row per state change of an imported file; the newest `version` counts.
CREATE TABLE IF NOT EXISTS files {{on_cluster}} (
    file_sha256 String, kind LowCardinality(String), path String, bytes UInt64, profile LowCardinality(String),
    state LowCardinality(String), error String,
    rows UInt64, facts UInt64, duplicates UInt64, quarantined UInt64,
    started_at DateTime64(3, 'UTC'), ended_at Nullable(DateTime64(3, 'UTC')), import_id String, version UInt64
) ENGINE = {{engine_replacing:version}} ORDER BY (import_id, file_sha256, kind, path);

-- Rows that could not become facts, with the reason, verbatim. `raw` is the row as a JSON object of its cells.
CREATE TABLE IF NOT EXISTS quarantine {{on_cluster}} (
    id String, kind LowCardinality(String), file_sha256 LowCardinality(String), row UInt64, import_id String,
    `column` LowCardinality(String), reason LowCardinality(String), value String, raw String,
    state LowCardinality(String), version UInt64
) ENGINE = {{engine_replacing:version}} ORDER BY (file_sha256, kind, row);
