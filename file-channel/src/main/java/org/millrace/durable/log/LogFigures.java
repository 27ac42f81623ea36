package org.millrace.durable.log;

/**
 * A look at the log, for gauges.
 *
 * @param segmentsInUse holding events that some reader needs, or kept for retention
 * @param segmentsFree ready to be used
 * @param segmentBytes size of one
 * @param inFlightBytes appended and not yet durable
 * @param setAsideBytes damaged and set aside, ever
 * @param lostEvents lost to damage, ever
 * @param unforcedMillis age of the oldest write that has not been forced; 0 with {@link Durability#ALWAYS}
 * @param ioErrors failed writes, forces and reads since the start
 */
public record LogFigures(
        int segmentsInUse,
        int segmentsFree,
        long segmentBytes,
        long inFlightBytes,
        long setAsideBytes,
        long lostEvents,
        long unforcedMillis,
        long ioErrors) {}
