package org.millrace.relay.source.taildir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.source.file.FileHead;
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

    /** What directories held when they were listed in this round. */
    private final Map<Path, Listing> listings = new HashMap<>();

    /** How a file begins, beside what is known of another. */
    enum Beginning {
        ALIKE,
        /** It cannot be read just now, which does not say that it is another file. */
        UNKNOWN,
        OTHERWISE
    }

    /** A file of a directory, whether its name is tailed or not. */
    record Located(Path path, Stat stat) {}

    /** @param isWhole false if something in the directory could not be looked at */
    private record Listing(List<Located> files, boolean isWhole) {}

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
        Listing beside = listing(path);
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
    static Beginning beginning(Path path, @Nullable String head) {
        if (head == null) {
            return Beginning.OTHERWISE;
        }
        try (FileChannel content = FileChannel.open(path, StandardOpenOption.READ)) {
            return FileHead.matches(head, content) ? Beginning.ALIKE : Beginning.OTHERWISE;
        } catch (IOException e) {
            log.debug("{} cannot be compared", path, e);
            return Beginning.UNKNOWN;
        }
    }

    /**
     * The copy that was made of a file before it was truncated, moved to where the reading of the file stood; null if there is none. Where
     * the names of the group take it in, it is known already, or will be found in this round.
     */
    @Nullable
    TailedFile copyOf(TailedFile file, Map<FileId, TailedFile> known, Headers headers) {
        String head = file.head();
        if (head == null || file.position() == 0) {
            return null;
        }
        Located located = directoryOf(file.path()).stream()
                .filter(other -> isNamedAfter(other.path(), file.path()))
                .filter(other -> isCandidate(other, known.get(other.stat().id()), file))
                .filter(other -> beginning(other.path(), head) == Beginning.ALIKE)
                .max(Comparator.comparingLong(other -> other.stat().modifiedMillis()))
                .orElse(null);
        if (located == null) {
            return null;
        }
        TailedFile copy = known.get(located.stat().id());
        if (copy == null) {
            copy = new TailedFile(located.stat().id(), file.path(), file.groupHeaders(), headers);
            copy.strayed(located.path(), located.stat());
        }
        copy.waitFor(null);
        copy.moveTo(Math.min(file.position(), located.stat().size()));
        copy.beginsWith(head);
        return copy;
    }

    /** The file that this one, which is new, seems to be a copy of; null if there is none. */
    @Nullable
    TailedFile originalOf(TailedFile file, Collection<TailedFile> known) {
        return known.stream()
                .filter(other -> other.position() > 0 && other.missingSinceMillis() < 0)
                .filter(other -> isNamedAfter(file.path(), other.path()))
                .filter(other -> isCopySoFar(file, other))
                .findFirst()
                .orElse(null);
    }

    /** True if the one could be a copy of the other, which may be under way: both begin alike, and where the copy ends. */
    boolean isCopySoFar(TailedFile copy, TailedFile original) {
        String head = original.head();
        if (head == null) {
            return false;
        }
        try (FileChannel one = FileChannel.open(copy.path(), StandardOpenOption.READ);
                FileChannel other = FileChannel.open(original.path(), StandardOpenOption.READ)) {
            long end = one.size();
            long start = Math.max(0, end - COMPARED_BYTES);
            return end <= other.size()
                    && FileHead.matches(FileHead.of(one), other)
                    && bytes(one, start, end).equals(bytes(other, start, end));
        } catch (IOException e) {
            log.debug("{} and {} cannot be compared", copy.path(), original.path(), e);
            return false;
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

    private List<Located> directoryOf(Path path) {
        return listing(path).files();
    }

    private Listing listing(Path path) {
        return listings.computeIfAbsent(path.toAbsolutePath().getParent(), FileCopies::list);
    }

    private static Listing list(Path directory) {
        List<Located> all = new ArrayList<>();
        boolean isWhole = true;
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory)) {
            for (Path path : paths) {
                isWhole &= addIfRegular(path, all);
            }
        } catch (IOException | DirectoryIteratorException e) {
            log.debug("{} cannot be listed", directory, e);
            isWhole = false;
        }
        return new Listing(all, isWhole);
    }

    /** False if it cannot be looked at. */
    private static boolean addIfRegular(Path path, List<Located> all) {
        try {
            Stat stat = FileId.statRegular(path);
            if (stat != null) {
                all.add(new Located(path, stat));
            }
            return true;
        } catch (IOException e) {
            log.debug("{} cannot be looked at", path, e);
            return false;
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
