package org.millrace.relay.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.millrace.api.KeyDefinition;
import org.millrace.api.Parts;
import org.millrace.api.Settings;

/** The settings of one component, or of a part of it, and whether anything is wrong with them. */
final class ComponentSettings implements Settings.Problems {
    private static final Pattern SECRET =
            Pattern.compile(".*(password|passphrase|secret|credential|token).*", Pattern.CASE_INSENSITIVE);

    private final String prefix;
    private final Map<String, Property> lines;
    private final Place home;
    private final Findings findings;
    private final Settings settings;
    private final Parts available;
    /** Parts of this one, by what their keys start with here. They too have readers that know which keys are secrets. */
    private final List<Part> parts = new ArrayList<>();

    private boolean good = true;

    private record Part(String inner, ComponentSettings settings) {
        boolean isSecret(String key) {
            return key.startsWith(inner) && settings.isSecret(key.substring(inner.length()));
        }
    }

    /**
     * @param prefix what the keys start with in the file, with the last dot
     * @param lines by key without the prefix
     * @param home the place to name for keys that are not in the file
     */
    ComponentSettings(String prefix, Map<String, Property> lines, Place home, Findings findings) {
        this(prefix, lines, home, findings, Parts.OF_CLASS_PATH);
    }

    /**
     * The same, for a component that has parts.
     *
     * @param parts where they are found
     */
    ComponentSettings(String prefix, Map<String, Property> lines, Place home, Findings findings, Parts parts) {
        this.available = parts;
        this.prefix = prefix;
        this.lines = lines;
        this.home = home;
        this.findings = findings;
        Map<String, String> values = new LinkedHashMap<>();
        lines.forEach((key, line) -> values.put(key, line.value()));
        this.settings = new Settings(values, this);
    }

    Settings settings() {
        return settings;
    }

    /** The lines whose keys satisfy the condition, with the same prefix. */
    ComponentSettings only(Predicate<String> key) {
        Map<String, Property> some = new LinkedHashMap<>(lines);
        some.keySet().removeIf(key.negate());
        return part("", some, home);
    }

    /**
     * The lines whose keys start with the prefix, without it.
     *
     * @param list the key of the line that names this part, for what has no line of its own
     */
    ComponentSettings under(String inner, String list) {
        Map<String, Property> some = new LinkedHashMap<>();
        lines.forEach((key, line) -> {
            if (key.startsWith(inner)) {
                some.put(key.substring(inner.length()), line);
            }
        });
        Place place =
                some.isEmpty() ? placeOf(list) : some.values().iterator().next().place();
        return part(inner, some, place);
    }

    private ComponentSettings part(String inner, Map<String, Property> some, Place place) {
        ComponentSettings part = new ComponentSettings(prefix + inner, some, place, findings, available);
        parts.add(new Part(inner, part));
        return part;
    }

    /** What the lines say. To be asked once the component and its parts have read them: they know which are secrets. */
    ComponentValues values() {
        return values(key -> true);
    }

    /** As {@link #values()}, only of keys that satisfy the condition. */
    ComponentValues values(Predicate<String> wanted) {
        Map<String, String> values = new LinkedHashMap<>();
        Set<String> secrets = new HashSet<>();
        lines.forEach((key, line) -> {
            if (wanted.test(key)) {
                values.put(key, line.value());
                if (isSecret(key)) {
                    secrets.add(key);
                }
            }
        });
        return new ComponentValues(values, secrets);
    }

    private boolean isSecret(String key) {
        Property line = lines.get(key);
        return SECRET.matcher(key).matches()
                || settings.secretKeys().contains(key)
                || (line != null && !line.secrets().isEmpty())
                || parts.stream().anyMatch(part -> part.isSecret(key));
    }

    /** False once there was a mistake. */
    boolean isGood() {
        return good;
    }

    Set<String> keys() {
        return lines.keySet();
    }

    Place placeOf(String key) {
        Property line = lines.get(key);
        return line == null ? home : line.place();
    }

    String fullKey(String key) {
        return prefix + key;
    }

    @Override
    public void problem(String key, String message) {
        good = false;
        if (findings.isUnresolved(fullKey(key))) {
            return; // which has been told, and is what is wrong
        }
        findings.mistake(placeOf(key), fullKey(key), withoutSecret(key, message));
    }

    @Override
    public String masked(String text) {
        return findings.masked(text);
    }

    @Override
    public Parts parts() {
        return available;
    }

    @Override
    public void note(String key, String message) {
        findings.note(placeOf(key), fullKey(key), withoutSecret(key, message));
    }

    @Override
    public void claim(String key, Path directory) {
        Claims.Claim other = findings.claims().add(new Claims.Claim(prefix, fullKey(key), placeOf(key), directory));
        if (other != null) {
            problem(
                    key,
                    directory + " (expected: a directory of its own, not "
                            + (other.directory().equals(directory) ? "that" : other.directory()) + " of " + other.key()
                            + ", " + other.place() + ")");
        }
    }

    private String withoutSecret(String key, String message) {
        Property line = lines.get(key);
        if (line == null || line.value().isEmpty() || !isSecret(key)) {
            return message;
        }
        List<String> hidden = new ArrayList<>(line.secrets()); // the message may tell of a part of the value
        hidden.add(line.value());
        return Findings.without(hidden, message);
    }

    /**
     * Reports keys that nobody asked for; they do no harm, so the component stays good.
     *
     * @param alsoKnown keys that the agent itself reads
     */
    void reportUnknownKeys(Set<String> alsoKnown) {
        Set<String> known = new TreeSet<>(settings.knownKeys());
        known.addAll(alsoKnown);
        Set<String> meant = new TreeSet<>(known);
        settings.definitions().stream()
                .map(KeyDefinition::key)
                .filter(key -> !key.contains("<"))
                .forEach(meant::add);
        lines.forEach((key, line) -> {
            if (!known.contains(key)) {
                findings.mistake(line.place(), fullKey(key), "unknown key" + expected(key, meant));
            }
        });
    }

    /** Empty values that were taken as they are: Flume would not have seen them. */
    void noteEmptyValues() {
        lines.forEach((key, line) -> {
            if (line.value().isEmpty() && settings.knownKeys().contains(key)) {
                note(key, "is empty, and counts as that (Flume would take the default)");
            }
        });
    }

    private String expected(String key, Set<String> known) {
        List<String> samePart = new ArrayList<>();
        for (String candidate : known) {
            if (candidate.endsWith("." + key) || key.endsWith("." + candidate)) {
                samePart.add(candidate); // a prefix such as hdfs. is missing, or one too many
            }
        }
        String meant = samePart.size() == 1
                ? samePart.get(0)
                : Nearest.to(key, known).orElse(samePart.isEmpty() ? "" : samePart.get(0));
        if (meant.isEmpty()) {
            return known.isEmpty() ? "" : " (expected: one of " + String.join(", ", known) + ")";
        }
        return " (did you mean " + fullKey(meant) + "?)";
    }
}
