package org.millrace.ledger;

/** What is known of a batch once nothing more is tried. */
public enum Fate {
    /** A host has said that it has it safely. */
    ACKED,
    /** Each host that it was sent to has said that it has not taken it. */
    REFUSED,
    /** A connection broke, or no answer came: a host may have it. */
    UNKNOWN
}
