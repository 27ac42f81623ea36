package org.example.millrace;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Interceptor;
import org.millrace.api.InterceptorContext;
import org.millrace.api.Settings;

/** Reads the keys of {@code type = mask}. */
public final class MaskInterceptorFactory implements ComponentFactory.OfInterceptor {
    @Override
    public List<String> typeNames() {
        return List.of("mask", MaskInterceptor.class.getName());
    }

    @Override
    public String summary() {
        return "Hides long numbers in bodies, such as those of cards";
    }

    @Override
    public Interceptor create(InterceptorContext context, Settings settings) {
        int digits = settings.integer("digits", 5, 1000)
                .about("how many digits in a row are a long number; the last four of them stay")
                .orElse(13);
        return new MaskInterceptor(digits, context.metrics().counter("interceptors." + context.name() + ".masked"));
    }
}
