package org.millrace.durable.tool;

/** How a command ends. */
final class Exit {
    static final int DONE = 0;
    /** Damage was found, or it failed. */
    static final int FAILED = 1;

    private Exit() {}
}
