/**
 * Imported before the engine's library is loaded: its allocator (jemalloc) reads this once. What a statement gave back goes back to the system within a second, by a thread of the allocator's
 * own, as nobody else would do it once the process is idle: one that serves pages for weeks would otherwise hold on to what its largest import ever needed. Given back at once, memory that the
 * next block needs again is fetched anew every time, and an import takes a third longer. The library's build reads the variable with its prefix, and no other (`MALLOC_CONF` did nothing).
 */
process.env['JE_MALLOC_CONF'] ??= 'background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0';
