package org.millrace.relay.config;

import java.util.Map;
import java.util.Properties;

/**
 * What values may refer to from outside the files.
 *
 * @param variables the environment
 * @param system the system properties
 */
public record Environment(Map<String, String> variables, Properties system) {
    private static final String IMPLEMENTATION = "propertiesImplementation";
    private static final String PLAIN_VARIABLES = "org.apache.flume.node.EnvVarResolverProperties";

    /** That of this process. */
    public static Environment ofProcess() {
        return new Environment(System.getenv(), System.getProperties());
    }

    /** Whether <code>${NAME}</code> may mean an environment variable, as Flume's switch for it says. */
    boolean hasPlainVariables() {
        return PLAIN_VARIABLES.equals(system.getProperty(IMPLEMENTATION));
    }

    /** Flume's switches that would change what values mean, and are not here. */
    void check(Findings findings) {
        String implementation = system.getProperty(IMPLEMENTATION);
        if (implementation != null && !implementation.equals(PLAIN_VARIABLES)) {
            findings.mistake(null, "-D" + IMPLEMENTATION, implementation + " (expected: " + PLAIN_VARIABLES + ")");
        }
        if (system.getProperty("lookups") != null) {
            findings.mistake(null, "-Dlookups", "not supported yet (look-ups here are env, sys, java and date)");
        }
    }
}
