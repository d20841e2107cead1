-- Records: what people decided and what was computed when. Judgements are appended and superseded, never changed.

CREATE TABLE judgements (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject_kind text NOT NULL CHECK (subject_kind IN ('number', 'ring', 'member')),
    subject text NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('ring', 'lawful', 'unsure', 'confirmed', 'dismissed')),
    note text NOT NULL DEFAULT '',
    person text NOT NULL DEFAULT '',
    at timestamptz NOT NULL,
    supersedes bigint REFERENCES judgements (id)
);
CREATE INDEX judgements_subject ON judgements (subject_kind, subject, id DESC);

CREATE TABLE runs (
    id text PRIMARY KEY,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    state text NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    code_version text NOT NULL,
    input_hash text NOT NULL DEFAULT '',
    parameters jsonb NOT NULL DEFAULT '{}',
    result_hash text NOT NULL DEFAULT '',
    steps jsonb NOT NULL DEFAULT '[]',
    error text NOT NULL DEFAULT ''
);

CREATE TABLE saved_views (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    page text NOT NULL,
    name text NOT NULL,
    query jsonb NOT NULL,
    at timestamptz NOT NULL,
    UNIQUE (page, name)
);
