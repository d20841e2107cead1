-- Where an imported table came from: the file that is kept (`original`), the archive member and the table in it, who brought it in and under which authority.
ALTER TABLE files {{on_cluster}} ADD COLUMN IF NOT EXISTS original String DEFAULT file_sha256;
ALTER TABLE files {{on_cluster}} ADD COLUMN IF NOT EXISTS member String;
ALTER TABLE files {{on_cluster}} ADD COLUMN IF NOT EXISTS part String;
ALTER TABLE files {{on_cluster}} ADD COLUMN IF NOT EXISTS imported_by String;
ALTER TABLE files {{on_cluster}} ADD COLUMN IF NOT EXISTS authority String;
