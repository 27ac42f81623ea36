package org.millrace.relay.source.spool;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that something is wrong with: one that changed while it was read, that cannot be decoded, whose finished name is taken. Such
 * a file stays where it is, untouched, and is not read again in this run; all others go on. What it had delivered is remembered in
 * {@code .millrace-quarantine.json} in the tracker directory, a list that people can read:
 *
 * <pre>[ { "file" : "/spool/a.log", "offset" : 4711, "head" : "1024:e3069283", "reason" : "...", "since" : "2026-11-23T06:00:00Z" } ]</pre>
 *
 * The next run takes the file up again at that byte, so that a cause which was mended, or a changed setting, costs no lost event,
 * and a second copy only of events of a block of an Avro container, or of a batch that a plug-in's deserializer read. If the cause is
 * still there, the file is set aside again. An entry goes when its file is finished, or is no more. One thread.
 */
final class Quarantine {
    static final String NAME = ".millrace-quarantine.json";
    private static final Logger log = LoggerFactory.getLogger(Quarantine.class);
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Path file;
    private final Path temporary;
    private final Map<Path, Entry> entries = new LinkedHashMap<>();
    private final Set<Path> setAsideNow = new HashSet<>();

    Quarantine(Path directory) {
        this.file = directory.resolve(NAME);
        this.temporary = directory.resolve(NAME + ".tmp");
    }

    /** One file as the JSON shows it. */
    record Entry(String file, long offset, @Nullable String head, String reason, String since) {}

    /** Reads what earlier runs set aside, and forgets files that are no more. */
    void load() throws IOException {
        Files.deleteIfExists(temporary);
        List<Entry> remembered;
        try {
            remembered = JSON.readValue(Files.readAllBytes(file), new TypeReference<List<Entry>>() {});
        } catch (NoSuchFileException e) {
            return;
        }
        for (Entry entry : remembered) {
            Path path = Path.of(entry.file());
            if (Files.exists(path)) {
                entries.put(key(path), entry);
                log.warn(
                        "{} was set aside ({}): it is taken up again at byte {}", path, entry.reason(), entry.offset());
            } else {
                log.info("{} was set aside ({}) and is no more: forgotten", path, entry.reason());
            }
        }
    }

    /** True if the file is not to be read in this run. */
    boolean holds(Path path) {
        return setAsideNow.contains(key(path));
    }

    /** Where an earlier run stopped in the file, or null. */
    @Nullable
    FilePosition position(Path path) {
        Entry entry = entries.get(key(path));
        return entry == null ? null : new FilePosition(path, entry.offset(), entry.head());
    }

    /** Sets a file aside: until the end of this run in any case, and with its position if that can be written down. */
    void add(FilePosition position, String reason, Instant now) {
        Path path = key(position.file());
        setAsideNow.add(path);
        entries.put(path, new Entry(path.toString(), position.offset(), position.head(), reason, now.toString()));
        log.error(
                "{} is set aside, delivered up to byte {}, and stays where it is until the next start: {}",
                path,
                position.offset(),
                reason);
        save();
    }

    /** The file is finished. */
    void forget(Path path) {
        if (entries.remove(key(path)) != null) {
            save();
        }
    }

    private static Path key(Path path) {
        return path.toAbsolutePath().normalize();
    }

    private void save() {
        try {
            if (entries.isEmpty()) {
                Files.deleteIfExists(file);
                return;
            }
            byte[] json = JSON.writeValueAsBytes(entries.values());
            try (FileChannel out = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(json);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) { // the files themselves are safe: at worst the next run reads them from their start
            log.error("cannot write {}: after a restart files that were set aside are read from their start", file, e);
        }
    }
}
