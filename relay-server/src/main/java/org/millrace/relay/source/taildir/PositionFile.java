package org.millrace.relay.source.taildir;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.source.file.FileNames;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers how far each file was read, so that either program, Flume or this one, goes on where the other stopped:
 *
 * <pre>
 * taildir_position.json            Flume's: [{"inode":2238650,"pos":7,"file":"/var/log/x.log"}, ...]
 * taildir_position.json.previous   the same as it was before
 * taildir_position.json.files      ours, since Flume reads no other field than its own:
 *                                  [{"device":2049,"inode":2238650,"file":"/var/log/x.log","head":"7:e3069283"}, ...]
 * </pre>
 *
 * Where the name of a file is not all ASCII, ours also has it as a {@code uri}, byte for byte: the locale of this run, or of the next one,
 * may not hold it.
 *
 * <p>Each is written under a temporary name, forced, then renamed; ours first, so that a position never goes without what identifies its
 * file. Behind Flume's list we write a newline, which Flume does not: a list without one is Flume's own, and what we knew of the files
 * before it ran counts no more. What is damaged or empty is passed over for the previous copy, and without any position files are read from their starts:
 * events may come twice then, but none is lost. One thread.
 */
final class PositionFile {
    private static final char OUR_MARK = '\n';
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Logger log = LoggerFactory.getLogger(PositionFile.class);

    private final Path file;
    private final Path previous;
    private final Path identities;
    private byte[] lastIdentities = new byte[0];

    PositionFile(Path file) {
        this.file = file;
        this.previous = file.resolveSibling(file.getFileName() + ".previous");
        this.identities = file.resolveSibling(file.getFileName() + ".files");
    }

    /**
     * What was remembered of one file.
     *
     * @param device -1 where only Flume wrote it
     * @param head how the file began; null where only Flume wrote it
     */
    record Entry(
            long device,
            long inode,
            long position,
            Path path,
            @Nullable String head) {}

    /** @param isOurs whether this program has written it */
    private record Positions(JsonNode list, boolean isOurs) {}

    /** @param name the path as it is written, which need not be one in this locale */
    private record Named(long inode, String name) {}

    /** @param path null unless it was written byte for byte */
    private record Identity(
            long device, @Nullable Path path, @Nullable String head) {}

    /** What the last run remembered; empty if there is nothing that can be read. */
    List<Entry> read() throws IOException {
        Positions positions = list(file);
        if (positions == null) {
            positions = list(previous);
            if (positions == null) {
                return List.of();
            }
            log.warn("{} cannot be used: going on from {}, so that some events may come twice", file, previous);
        }
        Map<Named, Identity> known = positions.isOurs() ? identities() : Map.of();
        List<Entry> entries = new ArrayList<>();
        for (JsonNode node : positions.list()) {
            Named named = named(node);
            long position = node.path("pos").asLong(-1);
            if (named == null || position < 0) {
                log.warn("{}: an entry without inode, pos or file is passed over: {}", file, node);
                continue;
            }
            Identity identity = known.getOrDefault(named, new Identity(-1, null, null));
            Path path = identity.path() != null ? identity.path() : path(named.name());
            if (path != null) {
                entries.add(new Entry(identity.device(), named.inode(), position, path, identity.head()));
            }
        }
        return entries;
    }

    /** Replaces what was remembered. */
    void write(List<Entry> entries) throws IOException {
        ArrayNode ours = JSON.createArrayNode();
        ArrayNode flumes = JSON.createArrayNode();
        for (Entry entry : entries) {
            ObjectNode identity = ours.addObject();
            identity.put("device", entry.device());
            describe(identity, entry);
            if (!FileNames.isAscii(entry.path())) {
                identity.put("uri", FileNames.toUri(entry.path()));
            }
            identity.put("head", entry.head());
            ObjectNode position = flumes.addObject();
            position.put("inode", entry.inode());
            position.put("pos", entry.position());
            position.put("file", entry.path().toString());
        }
        byte[] identityBytes = JSON.writeValueAsBytes(ours);
        if (!Arrays.equals(identityBytes, lastIdentities)) {
            Files.move(forced(identities, identityBytes), identities, StandardCopyOption.ATOMIC_MOVE);
            lastIdentities = identityBytes;
        }
        byte[] positionBytes = (JSON.writeValueAsString(flumes) + OUR_MARK).getBytes(StandardCharsets.UTF_8);
        Path next = forced(file, positionBytes); // 1. the bytes are on disk
        if (Files.exists(file)) {
            Files.move(
                    file, previous, StandardCopyOption.ATOMIC_MOVE); // 2. what was there stays, as long as it is needed
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE); // 3. the name means them
    }

    private static void describe(ObjectNode node, Entry entry) {
        node.put("inode", entry.inode());
        node.put("file", entry.path().toString());
    }

    private Map<Named, Identity> identities() throws IOException {
        Positions list = list(identities);
        Map<Named, Identity> known = new HashMap<>();
        if (list != null) {
            for (JsonNode node : list.list()) {
                Named named = named(node);
                if (named != null) {
                    known.put(
                            named,
                            new Identity(
                                    node.path("device").asLong(-1),
                                    pathOfUri(node.path("uri")),
                                    node.path("head").asText(null)));
                }
            }
        }
        return known;
    }

    private static @Nullable Named named(JsonNode node) {
        return node.path("inode").canConvertToLong() && node.path("file").isTextual()
                ? new Named(node.path("inode").asLong(), node.path("file").asText())
                : null;
    }

    /** The path of this name; null, having said so, if there can be none. */
    private @Nullable Path path(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            log.warn(
                    "{}: its entry of {} is passed over, as no file can have that name in this locale, whose encoding of names is {} "
                            + "(expected: the locale under which it was written, such as C.UTF-8): {}",
                    file,
                    name,
                    System.getProperty("sun.jnu.encoding"),
                    e.getReason());
            return null;
        }
    }

    private @Nullable Path pathOfUri(JsonNode uri) {
        if (!uri.isTextual()) {
            return null;
        }
        try {
            return FileNames.ofUri(uri.asText());
        } catch (IllegalArgumentException e) {
            log.warn("{}: {} is no file's: {}", identities, uri, e.getMessage());
            return null;
        }
    }

    /** The file as a JSON array; null if it is not there, or is none. */
    private static @Nullable Positions list(Path from) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(from);
        } catch (NoSuchFileException e) {
            return null;
        }
        try {
            JsonNode list = JSON.readTree(bytes);
            if (list != null && list.isArray()) {
                return new Positions(list, bytes[bytes.length - 1] == OUR_MARK);
            }
            log.warn("{} holds no list of positions", from);
        } catch (JsonProcessingException e) {
            log.warn("{} is damaged: {}", from, e.getOriginalMessage());
        }
        return null;
    }

    private static Path forced(Path target, byte[] bytes) throws IOException {
        Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
        try (FileChannel out = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                out.write(rest);
            }
            out.force(true);
        }
        return temporary;
    }
}
