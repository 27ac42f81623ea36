package org.millrace.relay.source.spool;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.source.spool.SpoolSettings.Order;
import org.millrace.relay.source.spool.SpoolSettings.Selection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says which file of the directory is next. A listing is worked off from its front; it is made anew once it is used up or, unless
 * the order is random, out of date: with a directory of very many files never so often that listing takes more than a tenth of the
 * time. One thread.
 */
final class FileFinder {
    private static final int LISTING_SHARE = 10;
    private static final Logger log = LoggerFactory.getLogger(FileFinder.class);

    private final Path directory;
    private final Path trackerDirectory;
    private final Selection selection;
    private final LeftAlone leftAlone;
    private final Duration relistAfter;
    private final LongSupplier nanoTime;
    private final Random random;

    private Deque<Candidate> listing = new ArrayDeque<>();
    /** Of the monotonic clock, once there was a listing. */
    private long listAgainAtNanos;

    private final Set<Path> unreadable = new HashSet<>();

    /** Which files are left alone. */
    @FunctionalInterface
    interface LeftAlone {
        /** @throws IOException if nobody can say */
        boolean holds(Path file) throws IOException;
    }

    private record Candidate(Path path, long modifiedMillis) {}

    /**
     * @param leftAlone files not to be read, now or ever, whatever the settings select
     * @param nanoTime monotonic
     */
    FileFinder(SpoolSettings settings, LeftAlone leftAlone, LongSupplier nanoTime, Random random) {
        this.directory = settings.directory();
        this.trackerDirectory = settings.completion().trackerDirectory();
        this.selection = settings.selection();
        this.relistAfter = settings.relistAfter();
        this.leftAlone = leftAlone;
        this.nanoTime = nanoTime;
        this.random = random;
    }

    /**
     * The file to read next, which may be gone by the time it is opened; null if there is none.
     *
     * @throws IOException if the directory cannot be listed, or nobody can say of a file whether it is left alone
     */
    @Nullable
    Path next() throws IOException {
        boolean isOutOfDate = selection.order() != Order.RANDOM && nanoTime.getAsLong() - listAgainAtNanos >= 0;
        if (listing.isEmpty() || isOutOfDate) {
            list();
        }
        Candidate next = listing.poll();
        return next == null ? null : next.path();
    }

    /**
     * True if a file of this path would be read.
     *
     * @throws IOException if nobody can say
     */
    boolean accepts(Path path) throws IOException {
        String name = path.getFileName().toString();
        return !name.startsWith(".")
                && selection.include().matcher(name).matches()
                && !selection.ignore().matcher(name).matches()
                && !leftAlone.holds(path);
    }

    private void list() throws IOException {
        long begin = nanoTime.getAsLong();
        List<Candidate> found = new ArrayList<>();
        Files.walkFileTree(
                directory,
                EnumSet.of(FileVisitOption.FOLLOW_LINKS),
                selection.isRecursive() ? Integer.MAX_VALUE : 1,
                new Collector(found));
        Collections.sort(found, order());
        if (selection.order() == Order.RANDOM) {
            Collections.shuffle(found, random);
        }
        listing = new ArrayDeque<>(found);
        long end = nanoTime.getAsLong();
        listAgainAtNanos = end + Math.max(relistAfter.toNanos(), (end - begin) * LISTING_SHARE);
    }

    private Comparator<Candidate> order() {
        Comparator<Candidate> byAge = Comparator.comparingLong(Candidate::modifiedMillis);
        return (selection.order() == Order.YOUNGEST ? byAge.reversed() : byAge)
                .thenComparing(candidate -> candidate.path().getFileName())
                .thenComparing(Candidate::path);
    }

    private final class Collector extends SimpleFileVisitor<Path> {
        private final List<Candidate> found;

        Collector(List<Candidate> found) {
            this.found = found;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            if (path.equals(directory)) {
                return FileVisitResult.CONTINUE;
            }
            String name = path.getFileName().toString();
            boolean isHidden =
                    name.startsWith(".") || selection.ignore().matcher(name).matches() || path.equals(trackerDirectory);
            return isHidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
            if (attributes.isRegularFile() && accepts(path)) {
                found.add(new Candidate(path, attributes.lastModifiedTime().toMillis()));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path path, IOException e) throws IOException {
            if (path.equals(directory)) {
                throw e;
            }
            if (Files.exists(path) && unreadable.add(path)) {
                log.warn("{} is passed by: {}", path, e.toString());
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path path, @Nullable IOException e) throws IOException {
            if (e != null) {
                return visitFileFailed(path, e);
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
