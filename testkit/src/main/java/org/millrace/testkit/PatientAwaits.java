package org.millrace.testkit;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * How long a test waits for what it awaits: so long that a busy machine is no failure. JUnit finds it in every module that has the test
 * kit, so that no test needs a limit of its own.
 */
public final class PatientAwaits implements LauncherSessionListener {
    /** Also for what is not awaited by Awaitility: an answer, the end of a process. */
    public static final Duration LIMIT = Duration.ofSeconds(60);

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Awaitility.setDefaultTimeout(LIMIT);
    }
}
