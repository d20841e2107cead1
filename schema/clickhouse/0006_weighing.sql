-- How each score came about: JSON of model/weighing.ts, so that "why" and "why not" can be read off it.
ALTER TABLE scores {{on_cluster}} ADD COLUMN IF NOT EXISTS weighing String;
