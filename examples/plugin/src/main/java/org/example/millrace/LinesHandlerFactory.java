package org.example.millrace;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.part.HttpHandler;
import org.millrace.api.part.PartContext;

/** Reads the keys behind {@code handler = lines} of an HTTP source, without their {@code handler.}. */
public final class LinesHandlerFactory implements ComponentFactory.OfHttpHandler {
    @Override
    public List<String> typeNames() {
        return List.of("lines", LinesHandler.class.getName());
    }

    @Override
    public String summary() {
        return "Makes an event of each line of a request, with its X-Host as the header host";
    }

    @Override
    public HttpHandler create(PartContext context, Settings settings) {
        int mostLines = settings.integer("mostLines", 1, 1_000_000)
                .about("a request with more lines is answered with 413")
                .orElse(1000);
        return new LinesHandler(mostLines);
    }
}
