package org.millrace.durable;

import org.millrace.api.StartException;
import org.millrace.durable.log.Log;

/** Opens a channel's log. */
@FunctionalInterface
interface LogOpener {
    /** @throws StartException names the directory and what is expected of it; nothing is left open */
    Log open() throws StartException;

    /** Where the log is and how safe, for a line when the channel starts. */
    default String description() {
        return "a log";
    }
}
