-- Thresholds of detectors as people set them. Appended and superseded, never changed: the newest row of a threshold counts.
-- Defaults stand in the detectors' files; value NULL sets the default back.
CREATE TABLE threshold_changes (
    change bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    threshold text NOT NULL,
    was double precision NOT NULL,
    value double precision,
    person text NOT NULL DEFAULT '',
    at timestamptz NOT NULL,
    supersedes bigint REFERENCES threshold_changes (change)
);
CREATE INDEX threshold_changes_threshold ON threshold_changes (threshold, change DESC);
