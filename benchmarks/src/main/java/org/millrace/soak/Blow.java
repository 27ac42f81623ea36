package org.millrace.soak;

import java.io.IOException;
import org.millrace.testkit.process.JavaProcess;

/** How an agent is brought down. */
interface Blow {
    /** The agent is dead when this returns. */
    void strike(JavaProcess agent) throws IOException, InterruptedException;

    /** Makes ready for its next start. */
    default void mend() throws IOException, InterruptedException {}
}
