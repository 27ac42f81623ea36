package org.millrace.durable.log;

/** Is told of each loss once. Any thread; it must not block. */
@FunctionalInterface
interface Losses {
    /**
     * @param events that are gone
     * @param setAsideBytes that were damaged
     */
    void add(long events, long setAsideBytes);
}
