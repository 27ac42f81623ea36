package org.millrace.relay.plugin;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Loads the classes of one plug-in: the JDK's from the JDK; those that the plug-in and the agent talk to each other with from the agent,
 * whatever the plug-in's jars have; all others from the plug-in's jars first, so that two plug-ins, or a plug-in and the agent, can have
 * different versions of a library. Thread-safe.
 */
final class PlugInLoader extends URLClassLoader {
    /** Packages of what crosses the border: the contracts, the events, figures, logging, and messages of JMS. */
    private static final List<String> SHARED = List.of(
            "org.millrace.api.",
            "org.millrace.codec.",
            "com.codahale.metrics.",
            "org.slf4j.",
            "org.jspecify.annotations.",
            "javax.jms.");

    /** Our own components are no plug-in's, though its parent has them. */
    private static final String OWN_SERVICES = "META-INF/services/org.millrace.";

    private static final ClassLoader JDK = ClassLoader.getPlatformClassLoader();

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader agent;

    PlugInLoader(String name, List<URL> jars, ClassLoader agent) {
        super("plug-in " + name, jars.toArray(new URL[0]), agent);
        this.agent = agent;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                loaded = load(name);
            }
            if (resolve) {
                resolveClass(loaded);
            }
            return loaded;
        }
    }

    private Class<?> load(String name) throws ClassNotFoundException {
        Class<?> first = SHARED.stream().anyMatch(name::startsWith) ? from(agent, name) : from(JDK, name);
        if (first != null) {
            return first;
        }
        return hasOwn(name) ? findClass(name) : agent.loadClass(name);
    }

    private static @Nullable Class<?> from(ClassLoader loader, String name) {
        try {
            return loader.loadClass(name);
        } catch (ClassNotFoundException e) {
            return null; // the next one is asked
        }
    }

    /** True if one of the plug-in's own jars has the class. */
    boolean hasOwn(String className) {
        return findResource(className.replace('.', '/') + ".class") != null;
    }

    @Override
    public @Nullable URL getResource(String name) {
        URL own = findResource(name);
        return own == null ? super.getResource(name) : own;
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        List<URL> all = new ArrayList<>(Collections.list(findResources(name)));
        if (!name.startsWith(OWN_SERVICES)) {
            all.addAll(Collections.list(agent.getResources(name)));
        }
        return Collections.enumeration(all);
    }
}
