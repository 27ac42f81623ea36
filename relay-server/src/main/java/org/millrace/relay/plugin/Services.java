package org.millrace.relay.plugin;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import org.millrace.api.ComponentFactory;

/** Finds factories through {@link ServiceLoader}, and goes on behind one that cannot be made. */
final class Services {
    /** So that a service file that fails for ever does not hold up the start for ever. */
    private static final int MOST_FAILURES = 100;

    private Services() {}

    /** @param problems told of each that cannot be made */
    static <F extends ComponentFactory> List<F> find(Class<F> kind, ClassLoader loader, Consumer<String> problems) {
        List<F> found = new ArrayList<>();
        Iterator<F> all = ServiceLoader.load(kind, loader).iterator();
        for (int failures = 0; failures < MOST_FAILURES; ) {
            try {
                if (!all.hasNext()) {
                    break;
                }
                found.add(all.next());
            } catch (ServiceConfigurationError e) {
                failures++;
                problems.accept(text(e, kind));
            } catch (LinkageError e) {
                failures++;
                problems.accept("a factory of its service file " + LinkageText.of(e, kind.getCanonicalName()));
            }
        }
        return found;
    }

    private static String text(ServiceConfigurationError error, Class<?> kind) {
        Throwable cause = error.getCause();
        if (cause instanceof LinkageError linkage) {
            return error.getMessage() + ": it " + LinkageText.of(linkage, kind.getCanonicalName());
        }
        return error.getMessage() + (cause == null ? "" : ": " + cause);
    }
}
