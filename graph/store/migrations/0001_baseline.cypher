/* The first schema: nothing to change in a graph that has no version yet. */
