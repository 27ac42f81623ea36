package org.millrace.relay.interceptor;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.part.GroupSerializer;
import org.millrace.api.part.PartContext;

/** Leaves what a group found as it is. */
public final class PassThroughSerializerFactory implements ComponentFactory.OfGroupSerializer {
    static final String NAME = "DEFAULT";

    @Override
    public List<String> typeNames() {
        return List.of(NAME, "org.apache.flume.interceptor.RegexExtractorInterceptorPassThroughSerializer");
    }

    @Override
    public String summary() {
        return "The header has what the group found, as it is";
    }

    @Override
    public GroupSerializer create(PartContext context, Settings settings) {
        return found -> found;
    }
}
