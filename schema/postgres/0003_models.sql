-- Models trained here, and which of them analyses use. Appended, never changed: the newest row of models_in_use counts, model NULL takes it out of use.
CREATE TABLE models (
    model bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sha256 text NOT NULL,
    -- What it was trained on and how good it is on rows it did not see: the model without its trees.
    summary jsonb NOT NULL,
    -- The model file: JSON, gzip, base64.
    file text NOT NULL,
    person text NOT NULL DEFAULT '',
    at timestamptz NOT NULL
);
CREATE TABLE models_in_use (
    choice bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model bigint REFERENCES models (model),
    person text NOT NULL DEFAULT '',
    at timestamptz NOT NULL,
    supersedes bigint REFERENCES models_in_use (choice)
);
