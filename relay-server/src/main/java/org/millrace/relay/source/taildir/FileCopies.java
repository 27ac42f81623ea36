package org.millrace.relay.source.taildir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.source.file.FileHead;
import org.millrace.relay.source.file.FileOpening;
import org.millrace.relay.source.taildir.FileId.Stat;
import org.millrace.relay.source.taildir.TaildirSettings.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds files that a rotation made of others. One that was renamed has the same inode. One that was copied before the original was
 * truncated has the original's name in front of its own, and begins as that did. One thread.
 */
final class FileCopies {
    private static final int COMPARED_BYTES = 1024;
    /** The original may have been written and looked at again before the copy was. */
    private static final long MILLIS_OF_DOUBT = 10_000;

    private static final Logger log = LoggerFactory.getLogger(FileCopies.class);

    private final FileOpening opening;
    /** What directories held when they were listed in this round. */
    private final Map<Path, Listing> listings = new HashMap<>();

    FileCopies(FileOpening opening) {
        this.opening = opening;
    }

    /** How a file begins, beside what is known of another. The better the sooner. */
    enum Beginning {
        ALIKE,
        /** It cannot be read just now, which does not say that it is another file. */
        UNKNOWN,
        OTHERWISE
    }

    /** A file of a directory, whether its name is tailed or not. */
    record Located(Path path, Stat stat) {}

    /**
     * What a directory holds.
     *
     * @param unseen what could not be looked at, such as one of its files or, where it cannot be listed, the directory itself
     */
    private record Listing(List<Located> files, List<Path> unseen) {
        boolean isWhole() {
            return unseen.isEmpty();
        }
    }

    /**
     * What was found when a copy was looked for.
     *
     * @param copy moved to where the reading of the original stood; null if there is none
     * @param unread without a copy: what may be one, and could not be read
     */
    record Search(@Nullable TailedFile copy, List<Path> unread) {
        static final Search NONE = new Search(null, List.of());

        /** True if that may be otherwise in a moment: what may not be read is no reason to wait. */
        boolean mayHeal() {
            return unread.stream().anyMatch(Files::isReadable);
        }
    }

    /**
     * What became of a file whose name no longer leads to it.
     *
     * @param at where it is now; null if it was not found
     * @param isInDoubt true if it was not found, and may be there all the same: something beside it could not be looked at, or not be compared
     */
    record Trace(@Nullable Located at, boolean isInDoubt) {}

    /** Directories are listed anew from now on. */
    void newRound() {
        listings.clear();
    }

    /**
     * Looks for a file beside the path that it had. Its inode alone does not tell it: another file gets it as soon as this one is gone.
     *
     * @param compared how a file of its inode begins, beside what is known of it
     */
    Trace trace(Path path, Predicate<FileId> isItsInode, Function<Located, Beginning> compared) {
        Listing beside = directoryOf(path);
        boolean isInDoubt = !beside.isWhole();
        for (Located other : beside.files()) {
            if (isItsInode.test(other.stat().id())) {
                Beginning beginning = compared.apply(other);
                if (beginning == Beginning.ALIKE) {
                    return new Trace(other, false);
                }
                isInDoubt |= beginning == Beginning.UNKNOWN;
            }
        }
        return new Trace(null, isInDoubt);
    }

    /** Whether the file at this path begins so; where nothing is known of a beginning, it does not. */
    Beginning beginning(Path path, @Nullable String head) {
        if (head == null) {
            return Beginning.OTHERWISE;
        }
        try (FileChannel content = opening.open(path)) {
            return FileHead.matches(head, content) ? Beginning.ALIKE : Beginning.OTHERWISE;
        } catch (IOException e) {
            log.debug("{} cannot be compared", path, e);
            return Beginning.UNKNOWN;
        }
    }

    /**
     * Looks for the copy that was made of a file before it was truncated. Where the names of the group take it in, it is known already, or
     * will be found in this round.
     */
    Search copyOf(TailedFile file, Map<FileId, TailedFile> known, Headers headers) {
        String head = file.head();
        if (head == null || file.position() == 0) {
            return Search.NONE;
        }
        Listing listing = directoryOf(file.path());
        Map<Beginning, List<Located>> candidates = listing.files().stream()
                .filter(other -> isNamedAfter(other.path(), file.path()))
                .filter(other -> isCandidate(other, known.get(other.stat().id()), file))
                .collect(Collectors.groupingBy(other -> beginning(other.path(), head)));
        Located located = candidates.getOrDefault(Beginning.ALIKE, List.of()).stream()
                .max(Comparator.comparingLong(other -> other.stat().modifiedMillis()))
                .orElse(null);
        if (located == null) {
            Stream<Path> unseen = listing.unseen().stream()
                    .filter(path -> isNamedAfter(path, file.path()) || path.equals(directoryName(file.path())));
            Stream<Path> unread = candidates.getOrDefault(Beginning.UNKNOWN, List.of()).stream()
                    .map(Located::path);
            return new Search(
                    null, Stream.concat(unseen, unread).filter(Files::exists).toList());
        }
        TailedFile copy = known.get(located.stat().id());
        if (copy == null) {
            copy = new TailedFile(located.stat().id(), file.path(), file.groupHeaders(), headers);
            copy.strayed(located.path(), located.stat());
        }
        copy.waitFor(null);
        copy.moveTo(Math.min(file.position(), located.stat().size()));
        copy.beginsWith(head);
        return new Search(copy, List.of());
    }

    /** The file that this one, which is new, seems to be a copy of, or may be one as far as can be told just now; null if there is none. */
    @Nullable
    TailedFile originalOf(TailedFile file, Collection<TailedFile> known) {
        Map<Beginning, TailedFile> first = new EnumMap<>(Beginning.class);
        known.stream()
                .filter(other -> other.position() > 0 && other.missingSinceMillis() < 0)
                .filter(other -> isNamedAfter(file.path(), other.path()))
                .forEach(other -> first.putIfAbsent(copySoFar(file, other), other));
        return first.getOrDefault(Beginning.ALIKE, first.get(Beginning.UNKNOWN));
    }

    /** Whether the one could be a copy of the other, which may be under way: if both begin alike, and where the copy ends. */
    Beginning copySoFar(TailedFile copy, TailedFile original) {
        if (original.head() == null) {
            return Beginning.OTHERWISE;
        }
        try (FileChannel one = opening.open(copy.path());
                FileChannel other = opening.open(original.path())) {
            long end = one.size();
            long start = Math.max(0, end - COMPARED_BYTES);
            boolean isAlike = end <= other.size()
                    && FileHead.matches(FileHead.of(one), other)
                    && bytes(one, start, end).equals(bytes(other, start, end));
            return isAlike ? Beginning.ALIKE : Beginning.OTHERWISE;
        } catch (NoSuchFileException e) {
            log.debug("{} or {} went", copy.path(), original.path(), e);
            return Beginning.OTHERWISE;
        } catch (IOException e) {
            log.debug("{} and {} cannot be compared", copy.path(), original.path(), e);
            return Beginning.UNKNOWN;
        }
    }

    private static boolean isNamedAfter(Path path, Path original) {
        String name = path.getFileName().toString();
        String originalName = original.getFileName().toString();
        return name.length() > originalName.length()
                && name.startsWith(originalName)
                && Objects.equals(path.getParent(), original.getParent());
    }

    /** Not a file that is tailed for itself, nor one that is older than what was read of the original. */
    private static boolean isCandidate(Located other, @Nullable TailedFile known, TailedFile original) {
        return known != null
                ? known.copiedFrom() == original
                : other.stat().modifiedMillis() >= original.sameUntilMillis() - MILLIS_OF_DOUBT;
    }

    private Listing directoryOf(Path path) {
        return listings.computeIfAbsent(directoryName(path), FileCopies::list);
    }

    private static Path directoryName(Path path) {
        return Objects.requireNonNull(path.toAbsolutePath().getParent());
    }

    private static Listing list(Path directory) {
        Listing listing = new Listing(new ArrayList<>(), new ArrayList<>());
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory)) {
            for (Path path : paths) {
                addIfRegular(path, listing);
            }
        } catch (IOException | DirectoryIteratorException e) {
            log.debug("{} cannot be listed", directory, e);
            listing.unseen().add(directory);
        }
        return listing;
    }

    private static void addIfRegular(Path path, Listing listing) {
        try {
            Stat stat = FileId.statRegular(path);
            if (stat != null) {
                listing.files().add(new Located(path, stat));
            }
        } catch (IOException e) {
            log.debug("{} cannot be looked at", path, e);
            listing.unseen().add(path);
        }
    }

    private static ByteBuffer bytes(FileChannel file, long start, long end) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) (end - start));
        while (bytes.hasRemaining() && file.read(bytes, start + bytes.position()) > 0) {
            // reads on
        }
        return bytes.flip();
    }
}
