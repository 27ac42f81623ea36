package org.millrace.relay.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Settings;

/** What was found in the configuration so far. One thread. */
public final class Findings {
    private static final int LEAST_SECRET_CHARS = 4;

    private final List<Finding> all = new ArrayList<>();
    /** Files in the order in which they were first spoken of. */
    private final List<String> files = new ArrayList<>();

    private final Claims claims = new Claims();
    /** Never to be shown. */
    private final Set<String> secrets = new HashSet<>();

    /** Keys whose values refer to what is not there. */
    private final Set<String> unresolved = new HashSet<>();

    /** What components have claimed so far. */
    Claims claims() {
        return claims;
    }

    /** No message shows the text from now on; one that is too short to be told from other text is only masked where its key is known. */
    void keepSecret(String text) {
        if (text.length() >= LEAST_SECRET_CHARS) {
            secrets.add(text);
        }
    }

    /** A message about this configuration without what config filters gave. */
    public String masked(String message) {
        return without(secrets, message);
    }

    /** The longest first: of one that has another in it the rest would be shown. */
    static String without(Collection<String> secrets, String message) {
        String masked = message;
        List<String> longestFirst = secrets.stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
        for (String secret : longestFirst) {
            masked = masked.replace(secret, Settings.MASK);
        }
        return masked;
    }

    void mistake(@Nullable Place place, String key, String message) {
        add(new Finding(Finding.Level.MISTAKE, place, key, message));
    }

    /** A value refers to what is not there; what else is wrong with it, as it stands, is nobody's mistake. */
    void unresolved(Place place, String key, String message) {
        unresolved.add(key);
        mistake(place, key, message);
    }

    boolean isUnresolved(String key) {
        return unresolved.contains(key);
    }

    void dropped(@Nullable Place place, String key, String message) {
        add(new Finding(Finding.Level.DROPPED, place, key, message));
    }

    void note(@Nullable Place place, String key, String message) {
        add(new Finding(Finding.Level.NOTE, place, key, message));
    }

    private void add(Finding unmasked) {
        Finding finding = new Finding(unmasked.level(), unmasked.place(), unmasked.key(), masked(unmasked.message()));
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
