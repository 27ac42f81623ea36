package org.millrace.api.deadletter;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.millrace.api.disk.Disk;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory with a sink's files of dead letters: {@code AGENT.SINK.MILLIS.avro}, with {@code .tmp} behind it while one is written.
 * The sink's thread only.
 */
final class LetterDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(LetterDirectory.class);
    private static final String SUFFIX = ".avro";
    private static final String IN_USE = ".tmp";

    private final Path path;
    private final String namePrefix;
    private final Disk disk;

    LetterDirectory(Path path, String agent, String sink, Disk disk) {
        this.path = path;
        this.namePrefix = safe(agent) + "." + safe(sink) + ".";
        this.disk = disk;
    }

    /** A name of the configuration as a part of a file's name. */
    static String safe(String name) {
        return name.replaceAll("[^\\w-]", "_");
    }

    Path path() {
        return path;
    }

    boolean exists() {
        return Files.isDirectory(path);
    }

    /** Makes the directory, and finishes what a crash has left in it. */
    void open() throws IOException {
        Files.createDirectories(path);
        for (Path file : files(SUFFIX + IN_USE)) {
            finishLeftover(file);
        }
    }

    private List<Path> files(String suffix) throws IOException {
        Pattern ours = Pattern.compile(Pattern.quote(namePrefix) + "\\d+" + Pattern.quote(suffix));
        try (DirectoryStream<Path> all = Files.newDirectoryStream(
                path, file -> ours.matcher(file.getFileName().toString()).matches())) {
            List<Path> files = new ArrayList<>();
            all.forEach(files::add);
            return files;
        }
    }

    /** Bytes of all that is finished and still there. */
    long finishedBytes() throws IOException {
        long bytes = 0;
        for (Path file : files(SUFFIX)) {
            try {
                bytes += Files.size(file);
            } catch (NoSuchFileException e) {
                LOG.debug("{} was taken away just now", file);
            }
        }
        return bytes;
    }

    private void finishLeftover(Path file) throws IOException {
        Disk.OpenFile open;
        try {
            open = disk.openUnlessInUse(file);
        } catch (NoSuchFileException e) {
            LOG.debug("{} was taken away just now", file, e);
            return;
        }
        if (open == null) {
            LOG.warn("{} is being written by another process with an agent and a sink of these names", file);
            return;
        }
        try (open) {
            long whole = wholeBytes(open);
            if (whole == 0) {
                disk.delete(file);
                return;
            }
            open.cutTo(whole);
            open.force();
        }
        giveFinalName(file);
        LOG.info("{}: finished what an earlier run had left", file);
    }

    /** Up to the end of the last whole block; 0 if there is none. */
    private static long wholeBytes(Disk.OpenFile file) {
        long whole = 0;
        try {
            EventContainerReader blocks = new EventContainerReader(file);
            while (blocks.skip()) {
                whole = blocks.position();
            }
        } catch (IOException e) {
            LOG.debug("behind the last whole block, at {}", whole, e);
        }
        return whole;
    }

    /** Of a file that is complete. */
    void giveFinalName(Path inUse) throws IOException {
        String name = inUse.getFileName().toString();
        disk.rename(inUse, inUse.resolveSibling(name.substring(0, name.length() - IN_USE.length())));
        disk.forceDirectory(path);
    }

    /** For a file to begin, with the suffix of those in use. */
    Path freeName(long millis) {
        for (long number = millis; ; number++) {
            Path complete = path.resolve(namePrefix + number + SUFFIX);
            Path inUse = path.resolve(namePrefix + number + SUFFIX + IN_USE);
            if (!Files.exists(complete) && !Files.exists(inUse)) {
                return inUse;
            }
        }
    }
}
