/* Snapshots over time, mobility and delegations: kinds and optional properties that an older graph has none of yet. */
