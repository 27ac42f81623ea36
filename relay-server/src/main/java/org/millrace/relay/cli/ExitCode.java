package org.millrace.relay.cli;

/** How a command ends. Scripts rely on these. */
public final class ExitCode {
    public static final int DONE = 0;
    /** It failed while it ran; or an agent's stop left a part open, or lost events. */
    public static final int FAILED = 1;
    /** The command line is wrong. */
    public static final int USAGE = 2;
    /** The configuration is refused, and nothing was touched. */
    public static final int REFUSED = 78;

    private ExitCode() {}
}
