package org.millrace.soak;

/**
 * How an agent is loaded.
 *
 * @param connections open at once, a thread each
 * @param inFlight batches without an answer, each connection
 * @param mostBatchEvents batches have 1 to so many events, small ones more often
 * @param mostInside no more are sent while so many acked events have not arrived at the receiver
 * @param leastBodyBytes smaller bodies are made so large; {@link SoakEvent#TELLING_BYTES}: each tells its number by itself
 * @param seed of the batches' sizes
 */
record LoadPlan(int connections, int inFlight, int mostBatchEvents, long mostInside, int leastBodyBytes, long seed) {
    /** With bodies of all sizes. */
    LoadPlan(int connections, int inFlight, int mostBatchEvents, long mostInside, long seed) {
        this(connections, inFlight, mostBatchEvents, mostInside, 0, seed);
    }
}
