package org.millrace.relay.config;

import java.time.InstantSource;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.plugin.PlugInException;

/**
 * What is at hand while an agent is put together.
 *
 * @param lenient whether to go on with what is good; otherwise to go on only serves to find more mistakes
 * @param continuity what of a running agent goes on
 */
record Workshop(
        AgentLines agent,
        ComponentCatalog catalog,
        InstantSource clock,
        Findings findings,
        boolean lenient,
        Continuity continuity) {

    ComponentSettings settings(Kind kind, String name) {
        ComponentLines component = agent.component(kind, name);
        Property list = agent.list(kind);
        Place place = list == null ? component.place(new Place("", 0)) : component.place(list.place());
        return new ComponentSettings(component.prefix(), component.lines(), place, findings, catalog.parts());
    }

    /** Asks a factory for a component; an exception is a mistake too, and then there is none. */
    <T> @Nullable T make(ComponentSettings settings, Supplier<T> factory) {
        return made(settings, factory);
    }

    /** As {@link #make}. */
    static <T> @Nullable T made(ComponentSettings settings, Supplier<T> factory) {
        try {
            return factory.get();
        } catch (PlugInException e) {
            settings.problem("type", "cannot be made: " + e.getMessage());
            return null;
        } catch (RuntimeException | LinkageError e) { // the class path may lack a class too
            settings.problem("type", "cannot be made: " + e);
            return null;
        }
    }

    /** Where the key of another component stands, for a message: the line if there is one. */
    String whereIs(Kind kind, String name, String key) {
        ComponentLines component = agent.component(kind, name);
        Map<String, Property> lines = component.lines();
        Property line = lines.get(key);
        return component.prefix() + key + (line == null ? ", by default" : ", " + line.place());
    }
}
