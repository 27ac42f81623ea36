package org.millrace.relay.source.spool;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.millrace.relay.source.spool.SpoolSettings.Completion;
import org.millrace.relay.source.spool.SpoolSettings.Marking;

/** Marks files that were read to their end, and knows the mark. */
final class FinishedFiles {
    private final Path directory;
    private final Completion completion;

    FinishedFiles(Path directory, Completion completion) {
        this.directory = directory;
        this.completion = completion;
    }

    boolean isFinished(Path file) {
        return file.getFileName().toString().endsWith(completion.suffix())
                || (completion.marking() == Marking.TRACKER_DIR && hasMark(file));
    }

    private boolean hasMark(Path file) {
        try {
            return Files.exists(mark(file));
        } catch (InvalidPathException e) {
            return false; // nor could it be made
        }
    }

    /**
     * Deletes or marks the file. Never replaces another one.
     *
     * @return what became of it, for the log
     * @throws BadFileException if its name was used before, or is none that this process can write; the file is as it was
     * @throws IOException if that cannot be done now; the file is as it was
     */
    String finish(Path file) throws IOException {
        try {
            return deleteOrMark(file);
        } catch (InvalidPathException e) {
            throw new BadFileException(
                    "its name has characters that the locale of this process cannot write ("
                            + System.getProperty("sun.jnu.encoding") + "): start it with LC_ALL=C.UTF-8",
                    e);
        }
    }

    private String deleteOrMark(Path file) throws IOException {
        if (completion.isDeleted()) {
            Files.delete(file);
            return "deleted";
        }
        if (completion.marking() == Marking.TRACKER_DIR) {
            Path mark = mark(file);
            Files.createDirectories(mark.getParent());
            try {
                Files.createFile(mark);
            } catch (FileAlreadyExistsException e) {
                throw usedBefore(mark, e);
            }
            return "marked by " + mark;
        }
        Path target = file.resolveSibling(file.getFileName() + completion.suffix());
        try {
            Files.move(file, target);
        } catch (FileAlreadyExistsException e) {
            throw usedBefore(target, e);
        }
        return "renamed to " + target;
    }

    private static BadFileException usedBefore(Path there, FileAlreadyExistsException e) {
        return new BadFileException("its name was used before: " + there + " is there already", e);
    }

    private Path mark(Path file) {
        Path relative = directory.relativize(file);
        return completion
                .trackerDirectory()
                .resolve(relative.resolveSibling(relative.getFileName() + completion.suffix()));
    }
}
