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
import org.millrace.relay.source.file.FileNames;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that something is wrong with: one that changed while it was read, that cannot be decoded, whose finished name is taken. Such
 * a file stays where it is, untouched, and is not read again in this run; all others go on. What it had delivered is remembered in
 * {@code .millrace-quarantine.json} in the tracker directory, together with that of files that are {@linkplain PassedOver passed over}: a
 * list that people can read.
 *
 * <pre>
 * [ { "file" : "/spool/a.log", "offset" : 4711, "head" : "1024:e3069283", "reason" : "...", "since" : "2026-11-23T06:00:00Z",
 *     "checksum" : "8a9136aa", "size" : 5000, "modified" : "2026-11-23T05:59:00Z", "inode" : "(dev=803,ino=1234)",
 *     "uri" : null } ]
 *   checksum               CRC-32C of the first "offset" bytes; null if they could not be read again
 *   size, modified, inode  of the file when it was opened; null where only the head is known
 *   uri                    the file byte for byte; null where its path is all ASCII
 * </pre>
 *
 * A file is taken for the one of its entry if its state is the same, or its first bytes are those that were delivered: one of the same
 * name, however alike it begins, is another.
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
    private boolean isStale;

    Quarantine(Path directory) {
        this.file = directory.resolve(NAME);
        this.temporary = directory.resolve(NAME + ".tmp");
    }

    /** One file as the JSON shows it. */
    record Entry(
            String file,
            long offset,
            @Nullable String head,
            String reason,
            String since,
            @Nullable String checksum,
            @Nullable Long size,
            @Nullable String modified,
            @Nullable String inode,
            @Nullable String uri) {

        static Entry of(FilePosition position, String reason, Instant now) {
            Fingerprint known = position.fingerprint();
            FileState state = known == null ? null : known.state();
            Path path = key(position.file());
            return new Entry(
                    path.toString(),
                    position.offset(),
                    position.head(),
                    reason,
                    now.toString(),
                    known == null ? null : known.checksum(),
                    state == null ? null : state.size(),
                    state == null ? null : state.modified().toString(),
                    state == null ? null : state.inode(),
                    FileNames.isAscii(path) ? null : FileNames.toUri(path));
        }

        /** @throws IllegalArgumentException if no file can have this name */
        Path path() {
            return uri == null ? Path.of(file) : FileNames.ofUri(uri);
        }

        FilePosition position(Path path) {
            Fingerprint known = size == null || modified == null || inode == null
                    ? null
                    : new Fingerprint(new FileState(size, Instant.parse(modified), inode), checksum);
            return new FilePosition(path, offset, head, known);
        }
    }

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
            Path path;
            try {
                path = entry.path();
            } catch (IllegalArgumentException e) {
                log.warn(
                        "{} was set aside, and begins anew: no file can have that name in the locale of this process: {}",
                        entry.file(),
                        e.getMessage());
                continue;
            }
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
        return entry == null ? null : entry.position(path);
    }

    /** Sets a file aside: until the end of this run in any case, and with its position if that can be written down. */
    void add(FilePosition position, String reason, Instant now) {
        Path path = key(position.file());
        setAsideNow.add(path);
        entries.put(path, Entry.of(position, reason, now));
        log.error(
                "{} is set aside, delivered up to byte {}, and stays where it is until the next start: {}",
                path,
                position.offset(),
                reason);
        save();
    }

    /** Remembers how far a file was delivered that is left for now, and not set aside. */
    void keep(FilePosition position, String reason, Instant now) {
        Entry before = entries.get(key(position.file()));
        boolean isKnown = before != null && before.position(position.file()).equals(position);
        if (!isKnown) {
            entries.put(key(position.file()), Entry.of(position, reason, now));
        }
        if (!isKnown || isStale) {
            save();
        }
    }

    /** The file is finished, or gone. */
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
                isStale = false;
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
            isStale = false;
        } catch (IOException e) { // the files themselves are safe: at worst the next run reads them from their start
            if (!isStale) {
                log.error("cannot write {}: after a restart files that were left are read from their start", file, e);
            }
            isStale = true;
        }
    }
}
