package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs something random with one seed after the other. {@code -Dfuzz.seed=N} runs one alone; it is in the message of a failure. */
final class Seeds {
    private static final Long ONLY = Long.getLong("fuzz.seed");

    private Seeds() {}

    /** Gives how often there was what it is about. */
    interface Run {
        long with(long seed) throws Exception;
    }

    /** All seeds below a number; fails if in none of them there was what they are about. */
    static void run(long seeds, String what, Run run) {
        long sum = 0;
        for (long seed = ONLY == null ? 0 : ONLY; seed < (ONLY == null ? seeds : ONLY + 1); seed++) {
            try {
                sum += run.with(seed);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("-Dfuzz.seed=" + seed + ": " + e, e);
            }
        }
        if (ONLY == null) {
            assertThat(sum).as(what).isPositive();
        }
    }
}
