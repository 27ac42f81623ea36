package org.millrace.relay.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was found in the configuration so far. One thread. */
public final class Findings {
    private final List<Finding> all = new ArrayList<>();
    /** Files in the order in which they were first spoken of. */
    private final List<String> files = new ArrayList<>();

    private final Claims claims = new Claims();

    /** What components have claimed so far. */
    Claims claims() {
        return claims;
    }

    void mistake(@Nullable Place place, String key, String message) {
        add(new Finding(Finding.Level.MISTAKE, place, key, message));
    }

    void dropped(@Nullable Place place, String key, String message) {
        add(new Finding(Finding.Level.DROPPED, place, key, message));
    }

    void note(@Nullable Place place, String key, String message) {
        add(new Finding(Finding.Level.NOTE, place, key, message));
    }

    private void add(Finding finding) {
        Place place = finding.place();
        if (place != null && !files.contains(place.file())) {
            files.add(place.file());
        }
        if (!all.contains(finding)) {
            all.add(finding);
        }
    }

    /** What refuses the configuration, in the order of the files. */
    public List<Finding> mistakes() {
        return of(Finding.Level.MISTAKE);
    }

    /** Components that are left out because of mistakes elsewhere, in the order of the files. */
    public List<Finding> dropped() {
        return of(Finding.Level.DROPPED);
    }

    /** What is worth knowing, in the order of the files. */
    public List<Finding> notes() {
        return of(Finding.Level.NOTE);
    }

    boolean hasMistakes() {
        return all.stream().anyMatch(finding -> finding.level() == Finding.Level.MISTAKE);
    }

    private List<Finding> of(Finding.Level level) {
        return all.stream()
                .filter(finding -> finding.level() == level)
                .sorted(Comparator.comparingInt(this::fileIndex).thenComparingInt(Findings::line))
                .toList();
    }

    private int fileIndex(Finding finding) {
        return finding.place() == null ? -1 : files.indexOf(finding.place().file());
    }

    private static int line(Finding finding) {
        return finding.place() == null ? 0 : finding.place().line();
    }
}
