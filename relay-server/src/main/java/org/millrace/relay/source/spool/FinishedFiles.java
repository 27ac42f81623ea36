package org.millrace.relay.source.spool;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.millrace.relay.source.file.FileNames;
import org.millrace.relay.source.spool.SpoolSettings.Completion;
import org.millrace.relay.source.spool.SpoolSettings.Marking;

/** Marks files that were read to their end, and knows the mark. A mark has the name of its file byte for byte. */
final class FinishedFiles {
    private final Path directory;
    private final Completion completion;

    FinishedFiles(Path directory, Completion completion) {
        this.directory = directory;
        this.completion = completion;
    }

    /** @throws IOException if nobody can say whether there is a mark: without one the file would be read once more */
    boolean isFinished(Path file) throws IOException {
        return file.getFileName().toString().endsWith(completion.suffix())
                || (completion.marking() == Marking.TRACKER_DIR && exists(mark(file)));
    }

    private static boolean exists(Path mark) throws IOException {
        try {
            Files.readAttributes(mark, BasicFileAttributes.class);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            return isListed(mark);
        }
    }

    /** For a mark that cannot be asked itself, which may be since its name is too long for any to be made. */
    private static boolean isListed(Path mark) throws IOException {
        try (DirectoryStream<Path> marks = Files.newDirectoryStream(mark.getParent())) {
            for (Path other : marks) {
                if (other.getFileName().equals(mark.getFileName())) {
                    return true;
                }
            }
            return false;
        } catch (NoSuchFileException | NotDirectoryException e) {
            return false;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /**
     * Deletes or marks the file. Never replaces another one.
     *
     * @return what became of it, for the log
     * @throws BadFileException if its name was used before; the file is as it was
     * @throws IOException if that cannot be done now; the file is as it was
     */
    String finish(Path file) throws IOException {
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
        Path target = FileNames.withSuffix(file, completion.suffix());
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
        return completion.trackerDirectory().resolve(FileNames.withSuffix(relative, completion.suffix()));
    }
}
