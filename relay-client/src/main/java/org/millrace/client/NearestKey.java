package org.millrace.client;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Finds the key that somebody probably meant. Case and punctuation do not count: {@code batchSize} is near {@code batch-size}. */
final class NearestKey {
    private NearestKey() {}

    /** What to add to a message: {@code " (did you mean x?)"}, or nothing. */
    static String hint(String wrong, Collection<String> right) {
        return right.stream()
                .filter(key -> distance(wrong, key) <= Math.max(1, Math.max(wrong.length(), key.length()) / 3))
                .min(Comparator.comparingInt((String key) -> distance(wrong, key))
                        .thenComparing(Comparator.naturalOrder()))
                .map(key -> " (did you mean " + key + "?)")
                .orElse("");
    }

    /** Letters to change, add or leave out. */
    private static int distance(String one, String other) {
        String a = essence(one);
        String b = essence(other);
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    private static String essence(String key) {
        return key.toLowerCase(Locale.ROOT).replaceAll("[-_.]", "");
    }
}
