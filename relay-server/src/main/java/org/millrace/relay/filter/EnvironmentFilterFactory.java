package org.millrace.relay.filter;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.ConfigFilter;
import org.millrace.api.ConfigFilterContext;
import org.millrace.api.Settings;

/** Has no keys: the key of a reference is the variable's name. */
public final class EnvironmentFilterFactory implements ComponentFactory.OfConfigFilter {
    @Override
    public List<String> typeNames() {
        return List.of("env", "org.apache.flume.configfilter.EnvironmentVariableConfigFilter");
    }

    @Override
    public String summary() {
        return "Takes values from environment variables, and keeps them out of sight";
    }

    @Override
    public ConfigFilter create(ConfigFilterContext context, Settings settings) {
        return context.environment()::get;
    }
}
