package org.millrace.relay.fakes;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles sources of a plug-in, and puts the classes into a jar. */
public final class PlugInJar {
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private Predicate<String> packed = name -> true;

    /** @param className in full; the top-level class of the source */
    public PlugInJar source(String className, String source) {
        int dot = className.lastIndexOf('.');
        sources.put(className, "package " + className.substring(0, dot) + ";\n" + source);
        return this;
    }

    /** Everything below a module's {@code src/main}. */
    public PlugInJar module(Path main) {
        try (Stream<Path> all = Files.walk(main)) {
            for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
                Path name = main.relativize(file);
                String inside = name.subpath(1, name.getNameCount()).toString();
                if (inside.endsWith(".java")) {
                    sources.put(inside.replace('/', '.').replaceFirst("\\.java$", ""), Files.readString(file));
                } else {
                    file(inside, Files.readString(file));
                }
            }
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A service file. */
    public PlugInJar provides(Class<?> service, String... classNames) {
        return file("META-INF/services/" + service.getName(), String.join("\n", classNames));
    }

    public PlugInJar file(String name, String text) {
        files.put(name, text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Compiled, but not in the jar, are classes whose names start so. */
    public PlugInJar without(String prefix) {
        packed = packed.and(name -> !name.startsWith(prefix.replace('.', '/')));
        return this;
    }

    /** Compiles against the test's own class path. */
    public Path writeTo(Path jar) {
        try {
            Files.createDirectories(jar.getParent());
            Path classes = Files.createTempDirectory(jar.getParent().getParent(), ".classes");
            if (!sources.isEmpty()) {
                compile(classes);
            }
            try (OutputStream out = Files.newOutputStream(jar);
                    JarOutputStream zip = new JarOutputStream(out);
                    Stream<Path> compiled = Files.walk(classes)) {
                for (Path file : (Iterable<Path>) compiled.filter(Files::isRegularFile)::iterator) {
                    String name = classes.relativize(file).toString();
                    if (packed.test(name)) {
                        files.put(name, Files.readAllBytes(file));
                    }
                }
                for (Map.Entry<String, byte[]> file : files.entrySet()) {
                    zip.putNextEntry(new JarEntry(file.getKey()));
                    zip.write(file.getValue());
                }
            }
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void compile(Path classes) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<JavaFileObject> units = new ArrayList<>();
        sources.forEach((name, source) -> units.add(new InMemory(name, source)));
        StringWriter output = new StringWriter();
        List<String> options =
                List.of("-d", classes.toString(), "-proc:none", "-cp", System.getProperty("java.class.path"));
        if (!compiler.getTask(output, null, null, options, null, units).call()) {
            throw new IllegalArgumentException(output.toString());
        }
    }

    private static final class InMemory extends SimpleJavaFileObject {
        private final String source;

        InMemory(String className, String source) {
            super(URI.create("string:///" + className.replace('.', '/') + ".java"), Kind.SOURCE);
            this.source = source;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
        }
    }
}
