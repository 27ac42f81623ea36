package org.millrace.verify;

import java.util.ArrayList;
import java.util.List;

/** What was read, and what could not be. One thread. */
final class FileTally {
    private static final int MOST_NAMED = 10;

    private final List<String> broken = new ArrayList<>();
    private final List<String> inUse = new ArrayList<>();
    private int files;
    private int brokenFiles;
    private int inUseFiles;
    private long bytes;

    void read(long size) {
        files++;
        bytes += size;
    }

    /** A file has the name of one that is being written. */
    void inUse(String file) {
        inUseFiles++;
        if (inUse.size() < MOST_NAMED) {
            inUse.add(file);
        }
    }

    /** A file with its final name cannot be read to its end. */
    void broken(String file, Exception why) {
        brokenFiles++;
        if (broken.size() < MOST_NAMED) {
            broken.add(file + ": " + why);
        }
    }

    int files() {
        return files;
    }

    /** As they stand there, compressed or not. */
    long bytes() {
        return bytes;
    }

    int brokenFiles() {
        return brokenFiles;
    }

    int inUseFiles() {
        return inUseFiles;
    }

    /** The first few, each with its reason. */
    List<String> broken() {
        return List.copyOf(broken);
    }

    /** The first few. */
    List<String> inUse() {
        return List.copyOf(inUse);
    }
}
