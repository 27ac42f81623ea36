package org.millrace.durable.log;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A whole model test: what kind of log, and what happens to it.
 *
 * @param seed of the disks: what a crash leaves
 */
record ModelScenario(long seed, Setup setup, List<ModelStep> steps) {
    /**
     * The log.
     *
     * @param isRetained whether segments are kept for a while that all readers are done with
     */
    record Setup(
            int directories,
            int readers,
            int leastGroupBytes,
            int mostGroupBytes,
            boolean isEncrypted,
            boolean isRetained) {
        static final int SEGMENT_BYTES = 64 << 10;

        Setup(int directories, int readers, int leastGroupBytes, int mostGroupBytes) {
            this(directories, readers, leastGroupBytes, mostGroupBytes, false, false);
        }
    }

    ModelScenario with(List<ModelStep> others) {
        return new ModelScenario(seed, setup, others);
    }

    /** As Java, to be pasted into a test. */
    @Override
    public String toString() {
        return steps.stream()
                .map(step -> "    new "
                        + step.toString()
                                .replaceAll("(\\w+)=", "/* $1 */ ")
                                .replace('[', '(')
                                .replace(']', ')'))
                .collect(Collectors.joining(",\n", "seed " + seed + "L, " + setup + ", steps:\n", "\n"));
    }
}
