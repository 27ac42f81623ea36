package org.millrace.durable.log;

/** When a put counts as safe. */
public enum Durability {
    /** Once it is on disk: survives a loss of power. */
    ALWAYS,
    /** Once it is written, and forced to disk every so often: survives the death of the process; a loss of power costs that much. */
    INTERVAL,
    /** Once it is written; the operating system decides when it reaches the disk. Survives the death of the process. */
    OS
}
