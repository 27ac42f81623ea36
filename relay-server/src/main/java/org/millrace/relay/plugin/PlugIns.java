package org.millrace.relay.plugin;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.millrace.api.ComponentFactory;

/**
 * The plug-ins of an agent, and its own class path, as places where factories are found. Nothing of a plug-in runs before a factory is
 * asked for. One thread.
 */
public final class PlugIns implements AutoCloseable {
    /** The system property by which the launcher hands over {@code --plugins-path}. */
    public static final String PATH_PROPERTY = "millrace.plugins.path";

    private static final String CLASS_PATH = "class path";

    private final ClassLoader agent;
    private final List<PlugIn> all = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    /** Those in which a factory was found, or one that is broken. */
    private final Set<PlugIn> speaking = new HashSet<>();

    private PlugIns(ClassLoader agent) {
        this.agent = agent;
    }

    /** The class path alone. */
    public static PlugIns none() {
        return new PlugIns(PlugIns.class.getClassLoader());
    }

    /**
     * Opens all plug-ins.
     *
     * @param path directories of plug-ins, separated as on the class path; empty: none
     */
    public static PlugIns of(String path) {
        PlugIns plugIns = none();
        for (String directory : path.split(File.pathSeparator)) {
            if (!directory.isEmpty()) {
                plugIns.openAll(directory);
            }
        }
        return plugIns;
    }

    private void openAll(String place) {
        List<Path> directories = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of(place), this::isPlugIn)) {
            entries.forEach(directories::add);
        } catch (IOException | InvalidPathException e) {
            mistake(place, "cannot be read (expected: a directory of plug-ins, as --plugins-path names it): " + e);
        }
        directories.sort(null); // the same order everywhere
        for (Path directory : directories) {
            all.add(PlugIn.open(
                    directory,
                    agent,
                    (message, isMistake) -> problems.add(new Problem(directory.toString(), message, isMistake))));
        }
    }

    private boolean isPlugIn(Path entry) {
        String name = String.valueOf(entry.getFileName());
        if (name.endsWith(".jar")) {
            problems.add(new Problem(
                    entry.toString(), "is not looked at (expected: in the lib of a plug-in's directory)", false));
        }
        return Files.isDirectory(entry) && !name.startsWith(".");
    }

    /** All factories of a kind: those of the class path first, and those of each plug-in. */
    public <F extends ComponentFactory> List<Provided<F>> factories(Class<F> kind) {
        List<Provided<F>> found = new ArrayList<>();
        for (F factory : Services.find(kind, agent, problem -> mistake(CLASS_PATH, problem))) {
            found.add(new Provided<>(factory, ""));
        }
        for (PlugIn plugIn : all) {
            String place = plugIn.directory().toString();
            List<F> factories = Services.find(kind, plugIn.loader(), problem -> {
                speaking.add(plugIn);
                mistake(place, problem);
            });
            for (F factory : factories) {
                speaking.add(plugIn);
                F safe = InPlugIn.around(kind, factory, plugIn.name(), plugIn.loader());
                if (saysItsTypes(safe, factory.getClass(), place)) {
                    found.add(new Provided<>(safe, plugIn.name()));
                }
            }
        }
        return found;
    }

    /** After all kinds were asked for: notes of plug-ins that came from Flume, or forgot their service files. */
    public void noteSilentOnes() {
        for (PlugIn plugIn : all) {
            if (plugIn.hasJars() && !speaking.contains(plugIn)) {
                problems.add(new Problem(
                        plugIn.directory().toString(),
                        "has no service file of Millrace's: its components are found by the class names of their factories"
                                + " alone, and not at all if they were written for Flume",
                        false));
            }
        }
    }

    private boolean saysItsTypes(ComponentFactory factory, Class<?> type, String place) {
        try {
            if (!factory.typeNames().isEmpty()) {
                return true;
            }
            mistake(place, type.getName() + " has no type names (expected: at least one)");
        } catch (RuntimeException e) {
            mistake(place, type.getName() + " does not say its type names: " + e);
        }
        return false;
    }

    /** Looks for a factory by the name of its class: in the plug-ins, then on the class path. */
    public <F extends ComponentFactory> ByClassName<F> named(String className, Class<F> kind) {
        List<PlugIn> having =
                all.stream().filter(plugIn -> plugIn.loader().hasOwn(className)).toList();
        if (having.size() > 1) {
            return ByClassName.refused("the class is in several plug-ins (expected: in one): "
                    + String.join(", ", having.stream().map(PlugIn::name).toList()));
        }
        if (having.isEmpty()) {
            return ByClassName.load(className, kind, agent, CLASS_PATH);
        }
        PlugIn plugIn = having.get(0);
        ByClassName<F> found = ByClassName.load(className, kind, plugIn.loader(), plugIn.name());
        return found.map(factory -> InPlugIn.around(kind, factory, plugIn.name(), plugIn.loader()));
    }

    private void mistake(String place, String message) {
        problems.add(new Problem(place, message, true));
    }

    /** What was found to be wrong so far. */
    public List<Problem> problems() {
        return List.copyOf(problems);
    }

    /** Lets go of the plug-ins' jars: classes that were not used before cannot be loaded any more. */
    @Override
    public void close() {
        for (PlugIn plugIn : all) {
            try {
                plugIn.loader().close();
            } catch (IOException e) {
                problems.add(new Problem(plugIn.directory().toString(), "does not close cleanly: " + e, false));
            }
        }
    }
}
