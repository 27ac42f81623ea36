package org.millrace.soak;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A set of numbers from 0 on, with few gaps: a bit each, so that a billion fit in 125 MB. One thread at a time.
 *
 * <p>As a file: number of pages, then the words of each page, all big-endian.
 */
final class NumberSet {
    private static final int PAGE_WORDS = 1 << 14;
    private static final long PAGE_NUMBERS = (long) PAGE_WORDS * Long.SIZE;

    private final List<long[]> pages = new ArrayList<>();
    private long size;

    /** False if it was in the set before. */
    boolean add(long number) {
        long[] page = page(number);
        int word = word(number);
        long bit = 1L << number; // the low six bits count
        if ((page[word] & bit) != 0) {
            return false;
        }
        page[word] |= bit;
        size++;
        return true;
    }

    void addAll(long first, int count) {
        for (long number = first; number < first + count; number++) {
            add(number);
        }
    }

    boolean contains(long number) {
        int page = (int) (number / PAGE_NUMBERS);
        return page < pages.size() && (pages.get(page)[word(number)] & (1L << number)) != 0;
    }

    /** How many of these numbers are in the set. */
    int count(long first, int count) {
        int found = 0;
        for (long number = first; number < first + count; number++) {
            found += contains(number) ? 1 : 0;
        }
        return found;
    }

    /** How many numbers are in the set. */
    long size() {
        return size;
    }

    private long[] page(long number) {
        int page = Math.toIntExact(number / PAGE_NUMBERS);
        while (pages.size() <= page) {
            pages.add(new long[PAGE_WORDS]);
        }
        return pages.get(page);
    }

    private static int word(long number) {
        return (int) (number % PAGE_NUMBERS / Long.SIZE);
    }

    void writeTo(Path file) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeInt(pages.size());
            for (long[] page : pages) {
                for (long word : page) {
                    out.writeLong(word);
                }
            }
        }
    }

    static NumberSet readFrom(Path file) throws IOException {
        NumberSet set = new NumberSet();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            int pages = in.readInt();
            for (int i = 0; i < pages; i++) {
                long[] page = new long[PAGE_WORDS];
                for (int word = 0; word < PAGE_WORDS; word++) {
                    page[word] = in.readLong();
                    set.size += Long.bitCount(page[word]);
                }
                set.pages.add(page);
            }
        }
        return set;
    }
}
