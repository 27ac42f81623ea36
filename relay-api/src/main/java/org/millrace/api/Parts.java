package org.millrace.api;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Where the factories of parts are found that the settings of a component name. One thread. */
public interface Parts {
    /** All that have a name, of one kind: ours first. */
    <F extends ComponentFactory> List<F> all(Class<F> kind);

    /**
     * The one with that type name, without regard to case, or that class.
     *
     * @throws IllegalArgumentException if there is none, or it cannot be used; its message tells why
     */
    <F extends ComponentFactory> F named(Class<F> kind, String name);

    /** The first of the given factories that has the type name, without regard to case. */
    static <F extends ComponentFactory> F first(List<F> all, String name) {
        return all.stream()
                .filter(factory -> factory.typeNames().stream().anyMatch(name::equalsIgnoreCase))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        name.contains(".")
                                ? "classes written for Flume are not loaded; one of your own comes in a plug-in"
                                : null));
    }

    /** What to write for the given factories, for a message. */
    static String choices(List<? extends ComponentFactory> all) {
        return all.stream()
                .map(factory -> factory.typeNames().get(0))
                .collect(Collectors.joining(", ", "one of: ", ""));
    }

    /** Those on the class path of the contracts, by type name alone: for who reads a component's settings without an agent. */
    Parts OF_CLASS_PATH = new Parts() {
        @Override
        public <F extends ComponentFactory> List<F> all(Class<F> kind) {
            List<F> all = new ArrayList<>();
            ServiceLoader.load(kind, Parts.class.getClassLoader()).forEach(all::add);
            return all;
        }

        @Override
        public <F extends ComponentFactory> F named(Class<F> kind, String name) {
            return first(all(kind), name);
        }
    };
}
