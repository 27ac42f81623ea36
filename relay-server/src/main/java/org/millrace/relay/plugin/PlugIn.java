package org.millrace.relay.plugin;

import java.io.IOException;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.zip.ZipFile;

/** One directory of a plug-in, in Flume's layout: {@code lib} and {@code libext} have jars, {@code native} is the launcher's business. */
final class PlugIn {
    private static final List<String> JAR_DIRECTORIES = List.of("lib", "libext");

    private final Path directory;
    private final PlugInLoader loader;
    private final boolean hasJars;

    private PlugIn(Path directory, PlugInLoader loader, boolean hasJars) {
        this.directory = directory;
        this.loader = loader;
        this.hasJars = hasJars;
    }

    /** @param problems told what is wrong with it, and whether that is a mistake */
    static PlugIn open(Path directory, ClassLoader agent, BiConsumer<String, Boolean> problems) {
        List<URL> jars = new ArrayList<>();
        boolean isBare = !Files.isDirectory(directory.resolve("native"));
        for (String name : JAR_DIRECTORIES) {
            Path jarDirectory = directory.resolve(name);
            if (Files.isDirectory(jarDirectory)) {
                for (Path jar : jarsIn(jarDirectory, problems)) {
                    isBare = false;
                    addIfReadable(jar, jars, problems);
                }
            }
        }
        Path name = directory.getFileName();
        if (isBare) {
            problems.accept("there is no jar (expected: jars in " + name + "/lib, what they need in libext)", false);
        }
        return new PlugIn(directory, new PlugInLoader(String.valueOf(name), jars, agent), !jars.isEmpty());
    }

    private static List<Path> jarsIn(Path directory, BiConsumer<String, Boolean> problems) {
        List<Path> jars = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.jar")) {
            files.forEach(jars::add);
        } catch (IOException e) {
            problems.accept(directory.getFileName() + ": cannot be read: " + e, true);
        }
        jars.sort(null); // the same order everywhere
        return jars;
    }

    /** A class loader would pass over a broken jar in silence. */
    private static void addIfReadable(Path jar, List<URL> jars, BiConsumer<String, Boolean> problems) {
        try (ZipFile file = new ZipFile(jar.toFile())) {
            if (file.size() > 0) {
                jars.add(jar.toUri().toURL());
            }
        } catch (IOException e) {
            Path shown = jar.subpath(jar.getNameCount() - 2, jar.getNameCount());
            problems.accept(shown + ": is no jar that can be read: " + e.getMessage(), true);
        }
    }

    /** As messages call it. */
    String name() {
        return "plug-in " + directory.getFileName();
    }

    Path directory() {
        return directory;
    }

    boolean hasJars() {
        return hasJars;
    }

    PlugInLoader loader() {
        return loader;
    }
}
