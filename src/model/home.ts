/** Where "home" is: the country calls are expected to be placed from, and the zone in which people sleep and offices open. */
export interface Home {
  /** ISO 3166-1 alpha-2. */
  country: string;
  /** IANA zone. Wall-clock measures (night, shifts, weeks) and source times without an offset are read in it. */
  zone: string;
}

/** Mainland China, unless RINGBREAK_HOME_COUNTRY / RINGBREAK_HOME_ZONE say otherwise. */
export const homeFrom = (env: Readonly<Record<string, string | undefined>>): Home => ({
  country: env['RINGBREAK_HOME_COUNTRY'] ?? 'CN',
  zone: env['RINGBREAK_HOME_ZONE'] ?? 'Asia/Shanghai',
});
