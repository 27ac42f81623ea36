package org.millrace.relay.config;

import java.net.URL;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What values may refer to from outside the files.
 *
 * @param variables the environment
 * @param system the system properties
 * @param lookupsFile where Flume's file of look-ups of one's own is on the class path; null: nowhere
 */
public record Environment(
        Map<String, String> variables,
        Properties system,
        @Nullable URL lookupsFile) {
    private static final String IMPLEMENTATION = "propertiesImplementation";
    private static final String LOOKUPS = "env, sys, java and date";
    private static final String PLAIN_VARIABLES = "org.apache.flume.node.EnvVarResolverProperties";

    private static final String LOOKUPS_FILE = "lookups.properties";

    /** Without a file of look-ups. */
    public Environment(Map<String, String> variables, Properties system) {
        this(variables, system, null);
    }

    /** That of this process. */
    public static Environment ofProcess() {
        return new Environment(
                System.getenv(),
                System.getProperties(),
                Environment.class.getClassLoader().getResource(LOOKUPS_FILE));
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
            findings.mistake(null, "-Dlookups", "not supported yet (look-ups here are " + LOOKUPS + ")");
        }
        if (lookupsFile != null) {
            findings.note(new Place(lookupsFile.toString(), 0), "", "has no effect: look-ups here are " + LOOKUPS);
        }
    }
}
