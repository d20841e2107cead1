import { FACT_KINDS } from '../model/fact-kinds.ts';
import { clickhouseClient, ClickhouseFacts, reached } from './clickhouse.ts';
import { quoted } from './facts-text.ts';
import type { Settings } from './facts-text.ts';
import { FactsError, type FactsCluster, type FactsStore } from './facts.ts';
import { MigrationError } from './migrate.ts';
import { sql, type Sql } from './sql.ts';

/**
 * What makes the same SQL right where `calls` lies on many servers and everything derived from it on the one that is asked:
 * - a subquery or the right side of a join is read once, here, and sent to the nodes (GLOBAL, see also `globalJoins`): they don't have the
 *   derived tables, and of a spread table each has only its part;
 * - rows that were inserted are on their nodes when the insert returns, or it fails; nothing is sent later, in the background;
 * - a node that is away is an error, never a smaller answer;
 * - a question about one caller goes to that caller's node only.
 */
export const CLUSTER_SETTINGS: Settings = {
  prefer_global_in_and_join: 1,
  distributed_product_mode: 'global',
  // A condition pushed into a distributed subquery comes too late to be made GLOBAL, and names tables that the nodes don't have.
  allow_push_predicate_ast_for_distributed_subqueries: 0,
  distributed_foreground_insert: 1,
  skip_unavailable_shards: 0,
  optimize_skip_unused_shards: 1,
};

export interface ClusterPlace {
  /** The node that is asked; it must be a node of the cluster. `http://user:password@host:8123/database` */
  url: string;
  /** The cluster's name in `remote_servers`. */
  name: string;
  /**
   * HTTP addresses of all nodes (`nodeUrl`). Without them: ON CLUSTER where the servers
   * have a Keeper, otherwise the hosts that `remote_servers` names, on the port of `url`.
   */
  nodes?: readonly string[];
}

/** Opens the facts store on a cluster. Throws when the node asked cannot be reached, or the cluster is not one that facts can lie on. */
export async function openCluster(place: ClusterPlace): Promise<FactsStore> {
  if (!/^[\w.-]+$/.test(place.name)) throw new Error(`RINGBREAK_CLICKHOUSE_CLUSTER=${place.name} is not a name`);
  const client = clickhouseClient(place.url, CLUSTER_SETTINGS);
  await reached(client, place.url);
  const asked = new ClickhouseFacts(clickhouseClient(place.url, CLUSTER_SETTINGS), place.url);
  const nodes: ClickhouseFacts[] = [];
  try {
    const shards = await shardsOf(asked, place.name);
    const [there] = await asked.query<{ database: string }>('SELECT currentDatabase() AS database');
    const onCluster = place.nodes === undefined && (await hasKeeper(asked));
    if (!onCluster) {
      const urls = (place.nodes ?? shards.map((s) => s.host)).map((node) => nodeUrl(node, place.url));
      if (urls.length !== shards.length)
        throw new Error(
          `RINGBREAK_CLICKHOUSE_NODES names ${urls.length} nodes, but cluster ${place.name} has ${shards.length}: name each by its HTTP address`,
        );
      for (const url of urls) nodes.push(new ClickhouseFacts(clickhouseClient(url), url));
    }
    return new ClusterFacts(
      client,
      place.url,
      new Cluster(place.name, there?.database ?? 'default', shards, asked, nodes),
    );
  } catch (e) {
    for (const store of [asked, ...nodes]) await store.close();
    await client.close();
    throw e;
  }
}

/** A shard as `system.clusters` has it. */
interface Shard {
  host: string;
  weight: number;
}

async function shardsOf(asked: FactsStore, name: string): Promise<Shard[]> {
  const rows = await asked.query<{ name: string; shard: number; host: string; weight: number }>(
    'SELECT cluster AS name, shard_num AS shard, host_name AS host, shard_weight AS weight FROM system.clusters ORDER BY shard, replica_num',
  );
  const own = rows.filter((r) => r.name === name);
  if (own.length === 0) {
    const known = [...new Set(rows.map((r) => r.name))].join(', ') || 'none';
    throw new Error(
      `the ClickHouse server asked knows no cluster "${name}" (it knows: ${known}). ` +
        'Put it into <remote_servers> of every node, or correct RINGBREAK_CLICKHOUSE_CLUSTER.',
    );
  }
  if (new Set(own.map((r) => r.shard)).size !== own.length) {
    throw new Error(
      `cluster ${name} has shards with several replicas: facts are kept once, on one node a shard. Name a cluster of one replica a shard.`,
    );
  }
  return own;
}

/** ON CLUSTER goes through ClickHouse Keeper (or ZooKeeper); the table is there only when one is configured. */
async function hasKeeper(asked: FactsStore): Promise<boolean> {
  const there = await asked.query(
    "SELECT 1 FROM system.tables WHERE database = 'system' AND name = 'zookeeper_connection'",
  );
  return there.length > 0 && (await asked.query('SELECT 1 FROM system.zookeeper_connection')).length > 0;
}

/** `host`, `host:port` or a URL; user, password and, for a bare host, the port are those of the node asked. */
export function nodeUrl(node: string, asked: string): string {
  const base = new URL(asked);
  const whole = node.includes('://');
  const url = new URL(whole ? node : `${base.protocol}//${node}`);
  if (!whole && !/:\d+$/.test(node)) url.port = base.port;
  if (url.username === '') [url.username, url.password] = [base.username, base.password];
  // Its database may not be there yet: statements for it name theirs.
  url.pathname = '/';
  return url.href;
}

const SPREAD = new Set(Object.values(FACT_KINDS).map((k) => k.table));

/**
 * A schema statement, and what becomes of it: `everywhere` runs on every node, then `here` on the node asked. Facts are spread by their
 * first sort key, calls by caller, so that all calls of a number lie together.
 */
export function spread(
  statement: string,
  cluster: string,
  database: string,
  onCluster: string,
): { everywhere: string | null; here: string | null } {
  const create = /^CREATE TABLE IF NOT EXISTS `?(\w+)`?\s*(\([\s\S]*\))\s*ENGINE\s*=\s*([\s\S]*)$/i.exec(statement);
  if (create !== null && SPREAD.has(create[1] ?? '')) {
    const [, table = '', columns = '', engine = ''] = create;
    const key = /ORDER BY\s*\(?\s*`?(\w+)`?/i.exec(engine)?.[1];
    if (key === undefined) throw new MigrationError(`table ${table} has no sort key to be spread by`);
    return {
      everywhere: `CREATE TABLE IF NOT EXISTS ${database}.${table}_local ${onCluster} ${columns} ENGINE = ${engine}`,
      here: `CREATE TABLE IF NOT EXISTS ${table} ${columns} ENGINE = Distributed(${quoted(cluster)}, currentDatabase(), ${table}_local, cityHash64(\`${key}\`))`,
    };
  }
  const alter = /^ALTER TABLE `?(\w+)`?\s+([\s\S]*)$/i.exec(statement);
  if (alter !== null && SPREAD.has(alter[1] ?? '')) {
    const [, table = '', actions = ''] = alter;
    // A Distributed table has columns, but none of these.
    const stored = /\b(INDEX|PROJECTION|MATERIALIZE|TTL|SETTING|CONSTRAINT|STATISTICS|PARTITION|CODEC)\b|ORDER BY/i;
    return {
      everywhere: `ALTER TABLE ${database}.${table}_local ${onCluster} ${actions}`,
      here: stored.test(actions) ? null : statement,
    };
  }
  return { everywhere: null, here: statement };
}

/**
 * Says GLOBAL before every join. `prefer_global_in_and_join` does so for IN, but leaves a join alone when its right side is a subquery over
 * tables that only the node asked has: the others then look for tables they don't have. Where nothing is spread, GLOBAL changes nothing.
 */
export function globalJoins(statement: string): string {
  return statement.replace(
    /(?<!\bGLOBAL\s+)(?<!\w)(?:(?:ALL|ANY|SEMI|ANTI|ASOF|INNER|LEFT|RIGHT|FULL|OUTER|CROSS)\s+)+JOIN\b/g,
    'GLOBAL $&',
  );
}

export class Cluster implements FactsCluster {
  readonly name: string;
  readonly shards: number;
  readonly #weights: readonly number[];
  readonly #asked: FactsStore;
  /** Empty where ON CLUSTER reaches all of them. */
  readonly #nodes: readonly FactsStore[];
  readonly #onCluster: string;
  readonly #database: string;

  constructor(
    name: string,
    database: string,
    shards: readonly Shard[],
    asked: FactsStore,
    nodes: readonly FactsStore[],
  ) {
    this.name = name;
    this.shards = shards.length;
    this.#weights = shards.map((s) => s.weight);
    this.#asked = asked;
    this.#nodes = nodes;
    this.#database = `\`${database.replaceAll('`', '\\`')}\``;
    this.#onCluster = nodes.length === 0 ? `ON CLUSTER \`${name}\`` : '';
  }

  holds(table: string): boolean {
    return SPREAD.has(table);
  }

  /** Runs on all nodes at once; when one fails, only after all others have ended. */
  async #everywhere(statement: string): Promise<void> {
    if (this.#nodes.length === 0) return this.#asked.command(statement);
    const ended = await Promise.allSettled(this.#nodes.map((node) => node.command(statement)));
    for (const end of ended) if (end.status === 'rejected') throw end.reason;
  }

  async check(): Promise<void> {
    const found = await this.#asked.query<{ name: string }>(
      "SELECT name FROM system.tables WHERE database = currentDatabase() AND name IN ('schema_migrations', 'cluster_shards')",
    );
    const has = (table: string): boolean => found.some((f) => f.name === table);
    if (!has('schema_migrations')) await this.#refuseElsewhere();
    else if (!has('cluster_shards')) {
      throw new MigrationError(
        'this database holds the facts of a single server, which are not spread over nodes: name another database in RINGBREAK_CLICKHOUSE_URL and import again',
      );
    }
    await this.#asked.command(
      'CREATE TABLE IF NOT EXISTS cluster_shards (shards UInt32) ENGINE = MergeTree ORDER BY shards',
    );
    const [laid] = await this.#asked.query<{ shards: number }>('SELECT shards FROM cluster_shards');
    if (laid === undefined) await this.#asked.insert('cluster_shards', [{ shards: this.shards }]);
    else if (laid.shards !== this.shards) {
      throw new MigrationError(
        `the facts were spread over ${laid.shards} shards, but cluster ${this.name} has ${this.shards} now: rows would be looked for on the wrong node. ` +
          'Put the shards back as they were, or import again into another database.',
      );
    }
  }

  async #refuseElsewhere(): Promise<void> {
    const [elsewhere] = await this.#asked.query<{ host: string }>(
      sql`SELECT DISTINCT concat(hostName(), ', port ', toString(tcpPort())) AS host
        FROM clusterAllReplicas(${this.name}, system.tables) WHERE database = currentDatabase() AND name = 'schema_migrations'`,
    );
    if (elsewhere === undefined) return;
    throw new MigrationError(
      `the store of cluster ${this.name} is on node ${elsewhere.host}: results and the list of imports are there. ` +
        'RINGBREAK_CLICKHOUSE_URL must name that node.',
    );
  }

  /** Address of a node that does not answer now; '' when all do. */
  async away(): Promise<string> {
    try {
      await this.#asked.query(sql`SELECT count() FROM clusterAllReplicas(${this.name}, system.one)`);
      return '';
    } catch (e) {
      return e instanceof FactsError ? e.node : '';
    }
  }

  async define(statement: string): Promise<void> {
    const { everywhere, here } = spread(statement, this.name, this.#database, this.#onCluster);
    if (everywhere !== null) {
      await this.#everywhere(`CREATE DATABASE IF NOT EXISTS ${this.#database} ${this.#onCluster}`);
      await this.#everywhere(everywhere);
    }
    if (here !== null) await this.#asked.command(here);
  }

  async deleteRows(table: string, where: string, listed?: { column: string; from: string }): Promise<void> {
    const local = `${this.#database}.${table}_local`;
    // Of a deletion that was broken off when its list was dropped: it would stand in the way of every later one.
    await this.#everywhere(
      `KILL MUTATION ${this.#onCluster} WHERE database = ${quoted(this.#database.slice(1, -1))} AND table = '${table}_local' AND NOT is_done AND latest_fail_reason != ''`,
    );
    const list = listed === undefined ? null : await this.#sendList(listed.from);
    const these =
      list === null ? where : `${where} AND ${listed?.column} IN (SELECT value FROM ${this.#database}.${list}_local)`;
    await this.#everywhere(
      `DELETE FROM ${local} ${this.#onCluster} WHERE ${these} SETTINGS lightweight_deletes_sync = 2`,
    );
    if (list === null) return;
    await this.#asked.command(`DROP TABLE IF EXISTS ${list}`);
    await this.#everywhere(`DROP TABLE IF EXISTS ${this.#database}.${list}_local ${this.#onCluster}`);
  }

  /** A copy of the one column of a table on every node: a deletion there must not depend on another node while it runs. */
  async #sendList(from: string): Promise<string> {
    const list = `${from}_sent`;
    await this.#asked.command(`DROP TABLE IF EXISTS ${list}`);
    await this.#everywhere(`DROP TABLE IF EXISTS ${this.#database}.${list}_local ${this.#onCluster}`);
    const columns = '(slot UInt64, value UInt64)';
    await this.#everywhere(
      `CREATE TABLE ${this.#database}.${list}_local ${this.#onCluster} ${columns} ENGINE = MergeTree ORDER BY value`,
    );
    await this.#asked.command(
      `CREATE TABLE ${list} ${columns} ENGINE = Distributed(${quoted(this.name)}, currentDatabase(), ${list}_local, slot)`,
    );
    // A shard of weight w takes w neighbouring slots; its first one stands for it.
    let next = 0;
    const slots = this.#weights.map((w) => (next += w) - w);
    await this.#asked.command(`INSERT INTO ${list} SELECT arrayJoin([${slots.join(', ')}]), * FROM ${from}`);
    return list;
  }

  async close(): Promise<void> {
    await Promise.all([this.#asked, ...this.#nodes].map((store) => store.close()));
  }
}

class ClusterFacts extends ClickhouseFacts {
  override readonly cluster: Cluster;

  constructor(client: ReturnType<typeof clickhouseClient>, url: string, cluster: Cluster) {
    super(client, url);
    this.cluster = cluster;
  }

  protected override text(statement: string): string {
    return globalJoins(statement);
  }

  /** A node that dies while rows are sent to several ends its connection, and the engine names all of them or none: the one that is gone is looked for. */
  protected override async failed(cause: unknown, statement: Sql | string): Promise<FactsError> {
    const said = await super.failed(cause, statement);
    if (said.node !== '' || said.code !== 'ATTEMPT_TO_READ_AFTER_EOF') return said;
    const away = await this.cluster.away();
    return away === '' ? said : super.failed(cause, statement, away);
  }

  override async close(): Promise<void> {
    await super.close();
    await this.cluster.close();
  }
}
