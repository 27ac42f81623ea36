package org.millrace.relay.source.http;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.part.HttpHandler;
import org.millrace.api.part.PartContext;

/** Makes Flume's JSON handler, the default. */
public final class JsonHandlerFactory implements ComponentFactory.OfHttpHandler {
    static final String CLASS_NAME = "org.apache.flume.source.http.JSONHandler";

    @Override
    public List<String> typeNames() {
        return List.of(CLASS_NAME);
    }

    @Override
    public String summary() {
        return "Takes a JSON array of events, each with headers and a body";
    }

    @Override
    public HttpHandler create(PartContext context, Settings settings) {
        HandlerKeys.ignoreOthers(settings);
        return new JsonHandler();
    }
}
