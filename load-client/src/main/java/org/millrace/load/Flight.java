package org.millrace.load;

/**
 * A batch on its way.
 *
 * @param first the number of its first event
 * @param startNanos from when its latency counts: when it was meant to be sent, or was sent in a closed loop
 * @param measured false in the warm-up
 */
record Flight(Link.Slot slot, long first, int events, long bodyBytes, long startNanos, boolean measured) {}
