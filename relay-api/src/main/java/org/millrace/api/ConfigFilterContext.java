package org.millrace.api;

import java.util.Map;

/**
 * What the agent gives a config filter.
 *
 * @param environment the environment variables
 */
public record ConfigFilterContext(String agent, String name, Map<String, String> environment) {
    public ConfigFilterContext {
        environment = Map.copyOf(environment);
    }
}
