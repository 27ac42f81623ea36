package org.millrace.relay.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds what somebody probably meant. Case and punctuation hardly count: {@code batchsize} is near {@code batch-size}. */
public final class Nearest {
    private static final LevenshteinDistance DISTANCE = LevenshteinDistance.getDefaultInstance();

    private Nearest() {}

    /** The right name that is nearest to the wrong one, if any is near. */
    public static Optional<String> to(String wrong, Collection<String> right) {
        return right.stream()
                .filter(candidate -> distance(wrong, candidate) <= allowed(wrong, candidate))
                .min(Comparator.comparingInt(candidate -> distance(wrong, candidate)));
    }

    /** What to add to a message: {@code "; did you mean x?"}, or nothing. */
    static String hint(String wrong, Collection<String> right) {
        return to(wrong, right).map(name -> "; did you mean " + name + "?").orElse("");
    }

    private static int distance(String wrong, String candidate) {
        return DISTANCE.apply(essence(wrong), essence(candidate));
    }

    /** A third of the letters may be wrong. */
    private static int allowed(String wrong, String candidate) {
        return Math.max(1, Math.max(wrong.length(), candidate.length()) / 3);
    }

    private static String essence(String name) {
        String letters = name.toLowerCase(Locale.ROOT).replaceAll("[-_.]", "");
        return letters.isEmpty() ? name : letters;
    }
}
