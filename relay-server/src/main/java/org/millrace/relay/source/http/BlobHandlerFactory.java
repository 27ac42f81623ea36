package org.millrace.relay.source.http;

import java.util.Arrays;
import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.part.HttpHandler;
import org.millrace.api.part.PartContext;

/** Makes the handler of Flume's core that takes a request as one event. */
public final class BlobHandlerFactory implements ComponentFactory.OfHttpHandler {
    @Override
    public List<String> typeNames() {
        return List.of("org.apache.flume.source.http.BLOBHandler");
    }

    @Override
    public String summary() {
        return "Takes a request as one event: parameters are its headers, the content its body";
    }

    @Override
    public HttpHandler create(PartContext context, Settings settings) {
        List<String> mandatory = settings.value(
                        "mandatoryParameters",
                        "names separated by commas",
                        BlobHandlerFactory::names,
                        List.<String>of())
                .byDefault("")
                .about("with BLOBHandler: parameters that a request must have")
                .orElse(List.of());
        HandlerKeys.ignoreOthers(settings);
        return new BlobHandler(mandatory, false, Long.MAX_VALUE);
    }

    private static List<String> names(String text) {
        return Arrays.stream(text.split(","))
                .map(String::trim)
                .filter(name -> !name.isEmpty())
                .toList();
    }
}
