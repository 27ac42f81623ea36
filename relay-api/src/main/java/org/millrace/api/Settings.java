package org.millrace.api;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.millrace.api.KeyDefinition.Standing;

/**
 * The keys of one component. A component reads each key it knows once, when it is made; what it does not read is an unknown key.
 *
 * <p>A bad value is reported with its place and what was expected, and reading goes on with a value that is good, so that one run
 * finds all mistakes; the agent then refuses to start. One thread.
 */
public final class Settings {
    /** What is shown instead of a secret. */
    public static final String MASK = "******";

    private final String prefix;
    private final Map<String, String> values;
    private final Problems problems;
    private final KnownKeys keys;

    /**
     * @param values by key, without the component's prefix
     * @param problems told of each mistake, by key without the component's prefix
     */
    public Settings(Map<String, String> values, Problems problems) {
        this("", values, problems, new KnownKeys());
    }

    private Settings(String prefix, Map<String, String> values, Problems problems, KnownKeys keys) {
        this.prefix = prefix;
        this.values = values;
        this.problems = problems;
        this.keys = keys;
    }

    /** Where mistakes go. */
    public interface Problems {
        /** A mistake: the agent will not start. The message says what was found and what is expected. */
        void problem(String key, String message);

        /** Something an operator should know, such as a key that has no effect here. */
        void note(String key, String message);

        /** A directory that no other component of the agent may claim, nor one inside it. */
        default void claim(String key, Path directory) {
            // who reads one component alone has nothing to compare it with
        }

        /** The text without what has to stay secret, as far as that is known here. */
        default String masked(String text) {
            return text;
        }

        /** Where the parts are found that the settings name. */
        default Parts parts() {
            return Parts.OF_CLASS_PATH;
        }

        /** Told of mistakes that do not matter. */
        Problems NOBODY = new Problems() {
            @Override
            public void problem(String key, String message) {
                // nobody reads it
            }

            @Override
            public void note(String key, String message) {
                // nobody reads it
            }
        };
    }

    /** Is told of mistakes that do not matter, where there are these parts. */
    public record Unheard(Parts parts) implements Problems {
        @Override
        public void problem(String key, String message) {
            // nobody reads it
        }

        @Override
        public void note(String key, String message) {
            // nobody reads it
        }
    }

    /** A text made of values of this component as it may be shown, such as in a log: without what config filters gave. */
    public String masked(String text) {
        return problems.masked(text);
    }

    /** Keys that were asked for so far. */
    public Set<String> knownKeys() {
        return keys.names();
    }

    /** Keys that were asked for as {@linkplain Value#secret secrets} so far. */
    public Set<String> secretKeys() {
        return keys.hidden();
    }

    /** What is known of the keys that were asked for so far, in that order, and of those of {@link #elsewise}. */
    public List<KeyDefinition> definitions() {
        return keys.definitions();
    }

    /**
     * The same without any values: what is read from it is not known because of that, and no mistake is reported; but the reference tells of
     * it. For keys that only some other choice makes the component read, such as those of a serializer that is not the one in use.
     */
    public Settings elsewise() {
        return unheard(keys.elsewise());
    }

    /** Without any values, whose mistakes nobody hears of. */
    private Settings unheard(KnownKeys asked) {
        return new Settings(prefix, Map.of(), new Unheard(problems.parts()), asked);
    }

    /** Makes a key known that is read under another name, or only sometimes: such as one with a name of the user's in it. */
    public void define(String key, String expected, String meaning) {
        keys.read(new KeyDefinition(prefix + key, expected, null, Standing.OPTIONAL, meaning));
    }

    /** True if the key is in the file. Does not make it a known one. */
    public boolean has(String key) {
        return values.containsKey(prefix + key);
    }

    /** True if no key of the file is among these. Does not make any a known one. */
    public boolean isEmpty() {
        return values.keySet().stream().noneMatch(key -> key.startsWith(prefix));
    }

    public Value<String> string(String key) {
        return new Value<>(key, "a text", text -> text, "", text -> text);
    }

    /** Only {@code true}, in any case, is true; other than {@code true} and {@code false} is a mistake. */
    public Value<Boolean> bool(String key) {
        return new Value<>(
                key,
                "true or false",
                text -> switch (text.toLowerCase(Locale.ROOT)) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw new IllegalArgumentException();
                },
                false,
                String::valueOf);
    }

    /** A whole number from {@code least} to {@code most}. */
    public Value<Integer> integer(String key, int least, int most) {
        return new Value<>(
                key,
                ValueText.range("a whole number", least, most),
                text -> (int) ValueText.inRange(text, least, most),
                least,
                String::valueOf);
    }

    /** A whole number from {@code least} to {@code most}. */
    public Value<Long> number(String key, long least, long most) {
        return new Value<>(
                key,
                ValueText.range("a whole number", least, most),
                text -> ValueText.inRange(text, least, most),
                least,
                String::valueOf);
    }

    /** A size in bytes: a whole number as Flume writes it, or one with a unit such as {@code 64MiB}; from {@code least} to {@code most}. */
    public Value<Long> bytes(String key, long least, long most) {
        return new Value<>(
                key,
                ValueText.range("a number of bytes, such as 1048576 or 1MiB", least, most),
                text -> ValueText.inRange(ByteSize.parse(ValueText.checkedDigits(text, most)), least, most),
                least,
                String::valueOf);
    }

    /** A count of the unit, as Flume writes it: a bare number. */
    public Value<Duration> duration(String key, ChronoUnit unit, long least, long most) {
        String expected = ValueText.range("a number of " + ValueText.plural(unit), least, most);
        return new Value<>(
                key,
                expected,
                text -> Duration.of(ValueText.inRange(text, least, most), unit),
                Duration.of(least, unit),
                time -> Long.toString(time.dividedBy(unit.getDuration())));
    }

    /** One of an enum's constants, by name without regard to case. */
    public <E extends Enum<E>> Value<E> oneOf(String key, Class<E> type) {
        E[] constants = type.getEnumConstants();
        String expected = Arrays.stream(constants)
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", ", "one of: ", ""));
        return new Value<>(
                key,
                expected,
                text -> Enum.valueOf(type, text.toUpperCase(Locale.ROOT)),
                constants[0],
                constant -> constant.name().toLowerCase(Locale.ROOT));
    }

    /** A path of this machine's, not empty. Nothing is looked for. */
    public Value<Path> path(String key) {
        return new Value<>(key, "a path", ValueText::path, Path.of("."), Path::toString);
    }

    /** A host to connect to or an address to listen on: a name, or an address of IPv4 or IPv6. Nothing is looked up; empty stays empty. */
    public Value<String> host(String key) {
        return new Value<>(key, "a host name or address", HostText::checked, "localhost", host -> host);
    }

    /** A character set of this Java's. */
    public Value<Charset> charset(String key) {
        return new Value<>(
                key, "a character set, such as UTF-8", Charset::forName, StandardCharsets.UTF_8, Charset::name);
    }

    /** As {@link #charset}, one that texts can be written in, too. */
    public Value<Charset> writableCharset(String key) {
        return new Value<>(
                key,
                "a character set, such as UTF-8",
                ValueText::writableCharset,
                StandardCharsets.UTF_8,
                Charset::name);
    }

    /** A regular expression of {@link Pattern}'s. */
    public Value<Pattern> pattern(String key) {
        return new Value<>(
                key, "a regular expression of Java's", Pattern::compile, Pattern.compile(""), Pattern::pattern);
    }

    /** Words between white space, each once, in the file's order. */
    public Value<List<String>> words(String key) {
        return new Value<>(
                key,
                "names separated by blanks",
                text -> text.isEmpty()
                        ? List.of()
                        : List.copyOf(
                                new LinkedHashSet<>(Arrays.asList(text.trim().split("\\s+")))),
                List.of(),
                words -> String.join(" ", words));
    }

    /**
     * A value of a type of the component's own.
     *
     * @param expected what is expected, for the message
     * @param parse throws {@link IllegalArgumentException} for a bad value; its message, if it has one, is shown. Those of {@link
     *     Charset#forName} and {@link Pattern#compile(String)} are put into words
     * @param standIn what to go on with after a mistake
     */
    public <T> Value<T> value(String key, String expected, Function<String, T> parse, T standIn) {
        return new Value<>(key, expected, parse, standIn, String::valueOf);
    }

    /**
     * A part of the component that the file names by its type, or by the class of its factory: one of ours or of a plug-in's. Its own keys stand
     * behind the key, with a dot between.
     */
    public <F extends ComponentFactory> Part<F> part(String key, Class<F> kind) {
        return new Part<>(key, kind);
    }

    /** The settings whose keys start with the prefix, without it. Mistakes and unknown keys are found together with these. */
    public Settings under(String prefix) {
        return new Settings(this.prefix + prefix, values, problems, keys);
    }

    /**
     * The same with values of the component's own, whatever the file says: for a part that it is made of, and that reads keys of the same
     * names. That part's reading does not make them known ones.
     */
    public Settings given(Map<String, String> own) {
        Map<String, String> all = new LinkedHashMap<>(values);
        own.forEach((key, value) -> all.put(prefix + key, value));
        List<String> given = own.keySet().stream().map(key -> prefix + key).toList();
        return new Settings(prefix, all, problems, keys.with(given));
    }

    /** The same as if a key were not in the file, for a part that has no use for it; not even the reference tells of it. */
    public Settings without(String key) {
        Map<String, String> others = new LinkedHashMap<>(values);
        others.remove(prefix + key);
        return new Settings(prefix, others, problems, keys.with(List.of(prefix + key)));
    }

    /** All keys, without this one's prefix, with their values; makes them known ones. */
    public Map<String, String> all() {
        Map<String, String> all = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                know(key, "a text", Standing.OPTIONAL, "");
                all.put(key.substring(prefix.length()), value);
            }
        });
        return all;
    }

    /** A mistake that only the component can see, such as two keys that exclude each other. */
    public void problem(String key, String message) {
        problems.problem(prefix + key, message);
    }

    /** Something an operator should know. */
    public void note(String key, String message) {
        problems.note(prefix + key, message);
    }

    /**
     * The component keeps a directory for itself: it is a mistake if another one claims the same, or one inside it, or around it. Touches
     * no file.
     */
    public void claim(String key, Path directory) {
        problems.claim(prefix + key, directory);
    }

    /** Flume's keys that have no meaning here: they are accepted, with a note that says why. */
    public void ignored(String why, String... keys) {
        for (String key : keys) {
            know(prefix + key, "anything", Standing.IGNORED, "has no effect: " + why);
            if (has(key)) {
                note(key, "has no effect: " + why);
            }
        }
    }

    /** Flume's keys that do not work here yet: to have one is a mistake, unless it is switched off by {@code false}. */
    public void notSupportedYet(String... keys) {
        refuse("not supported yet", "not supported yet", keys);
    }

    /**
     * Flume's keys for what is done in another way here: to have one is a mistake.
     *
     * @param instead what is to be there instead, for the message and the reference
     */
    public void notSupported(String instead, String... keys) {
        refuse("not supported (expected: " + instead + ")", "not supported; instead: " + instead, keys);
    }

    private void refuse(String message, String meaning, String... keys) {
        for (String key : keys) {
            know(prefix + key, "nothing", Standing.UNSUPPORTED, meaning);
            if (has(key) && !"false".equalsIgnoreCase(read(key))) {
                problem(key, message);
            }
        }
    }

    private void know(String fullKey, String expected, Standing standing, String meaning) {
        keys.tell(new KeyDefinition(fullKey, expected, null, standing, meaning));
    }

    private @Nullable String read(String key) {
        String value = values.get(prefix + key);
        return value == null ? null : value.trim();
    }

    /** A key about to be read. */
    public final class Value<T> {
        private final String key;
        private final String expected;
        private final Function<String, T> parse;
        private final Function<T, String> show;
        private T standIn;
        private String meaning = "";
        private @Nullable String shownDefault;
        private @Nullable String shownExpectation;

        private Value(String key, String expected, Function<String, T> parse, T standIn, Function<T, String> show) {
            this.key = key;
            this.expected = expected;
            this.parse = parse;
            this.standIn = standIn;
            this.show = show;
        }

        /** What the key is for: a sentence without its full stop, for the reference. */
        public Value<T> about(String meaning) {
            this.meaning = meaning;
            return this;
        }

        /** What to go on with after a mistake, so that no other key is blamed for this one. */
        public Value<T> goingOnWith(T standIn) {
            this.standIn = standIn;
            return this;
        }

        /** How the default stands in the reference, where it depends on the machine or on another key. */
        public Value<T> byDefault(String shown) {
            this.shownDefault = shown;
            return this;
        }

        /** How what is expected stands in the reference, where it depends on the machine. */
        public Value<T> expecting(String shown) {
            this.shownExpectation = shown;
            return this;
        }

        /** Nobody is to see the value: no message, log or plan shows it. Names such as {@code password} are secrets anyway. */
        public Value<T> secret() {
            keys.hide(prefix + key);
            return this;
        }

        private void define(@Nullable T defaultValue, Standing standing) {
            String shown = shownDefault != null ? shownDefault : defaultValue == null ? null : show.apply(defaultValue);
            keys.read(new KeyDefinition(
                    prefix + key, shownExpectation == null ? expected : shownExpectation, shown, standing, meaning));
        }

        /** The value; to leave the key out is a mistake. */
        public T required() {
            define(null, Standing.REQUIRED);
            String text = read(key);
            if (text == null || text.isEmpty()) {
                problems.problem(prefix + key, "missing (expected: " + expected + ")");
                return standIn;
            }
            return parsed(text);
        }

        /** The value, or the default where the key is left out. */
        public T orElse(T defaultValue) {
            define(defaultValue, Standing.OPTIONAL);
            String text = read(key);
            return text == null ? defaultValue : parsed(text);
        }

        /** The value, or null where the key is left out. */
        public @Nullable T orNull() {
            define(null, Standing.OPTIONAL);
            String text = read(key);
            return text == null ? null : parsed(text);
        }

        private T parsed(String text) {
            try {
                return parse.apply(text);
            } catch (IllegalArgumentException e) {
                boolean isSecret = keys.isHidden(prefix + key);
                String expectation = expectation(e);
                problems.problem(
                        prefix + key,
                        (isSecret ? MASK : ValueText.shown(text)) + " (expected: "
                                + (isSecret ? expectation.replace(text, MASK) : expectation) + ")");
                return standIn;
            }
        }

        /** A number that cannot be parsed is told by what is expected; a parser of the component's own may know more. */
        private String expectation(IllegalArgumentException e) {
            String more = ValueText.more(e);
            return more == null ? expected : expected + "; " + more;
        }
    }

    /** A part about to be read. */
    public final class Part<F extends ComponentFactory> {
        private final String key;
        private final Class<F> kind;
        private String keyPrefix;
        private String meaning = "";

        private Part(String key, Class<F> kind) {
            this.key = key;
            this.kind = kind;
            this.keyPrefix = key + ".";
        }

        /** What the part is for: a sentence without its full stop, for the reference. */
        public Part<F> about(String meaning) {
            this.meaning = meaning;
            return this;
        }

        /** What the part's own keys start with, where that is not the key and a dot. */
        public Part<F> keysUnder(String prefix) {
            this.keyPrefix = prefix;
            return this;
        }

        /**
         * Has the part made that the file names. The keys of the others have no effect then, which is noted where the file has any; the
         * reference tells of them all.
         *
         * @param byDefault type name of the one that is taken where the key is left out
         * @param create calls the factory's method of that name, with the part's own settings
         */
        public <P> P orElse(String byDefault, BiFunction<F, Settings, P> create) {
            Parts parts = problems.parts();
            List<F> all = parts.all(kind);
            F standIn = Parts.first(all, byDefault);
            List<F> found = new ArrayList<>();
            F chosen = new Value<>(
                            key,
                            Parts.choices(all),
                            name -> {
                                found.add(parts.named(kind, name));
                                return found.get(0);
                            },
                            standIn,
                            factory -> factory.typeNames().get(0))
                    .about(meaning)
                    .orElse(standIn);
            if (has(key) && found.isEmpty()) {
                under(keyPrefix).all(); // one mistake is enough: nobody knows what keys that part would have
                return create.apply(standIn, under(keyPrefix).elsewise());
            }
            P part = create.apply(chosen, under(keyPrefix));
            KnownKeys ofOthers = keys.apart();
            for (F other : all) {
                if (other != chosen) {
                    tellOfKeys(other, create, ofOthers);
                }
            }
            noteWithoutEffect(chosen, ofOthers);
            return part;
        }

        private void tellOfKeys(F factory, BiFunction<F, Settings, ?> create, KnownKeys found) {
            try {
                Object unused = create.apply(factory, under(keyPrefix).unheard(found));
            } catch (RuntimeException e) {
                // one of a plug-in's that does not bear bad settings, and is not in use: the reference knows what it
                // read before
            } finally {
                found.definitions().forEach(definition -> keys.tellElsewise(definition.ofPartNotInUse()));
            }
        }

        private void noteWithoutEffect(F chosen, KnownKeys ofOthers) {
            for (String full : ofOthers.names()) {
                if (values.containsKey(full) && !keys.contains(full)) {
                    ignored(key + " is " + chosen.typeNames().get(0), full.substring(prefix.length()));
                }
            }
        }
    }
}
