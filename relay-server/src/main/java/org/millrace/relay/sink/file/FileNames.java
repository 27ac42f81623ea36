package org.millrace.relay.sink.file;

import java.nio.file.Path;
import java.time.Instant;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.millrace.api.Settings;
import org.millrace.api.part.FileNaming;

/**
 * Names with a stamp and a number that goes on while the stamp is the same, as Flume gives them. The sink's thread only.
 */
final class FileNames implements FileNaming {
    private final String prefix;
    private final String extension;
    private final Function<Instant, String> stamps;
    private final Pattern ours;
    private String lastStamp = "";
    private int number;

    /**
     * @param prefix may name a directory
     * @param extension without its dot; empty for none
     * @param stamps made of digits, of the time at which a file begins
     */
    FileNames(String prefix, String extension, Function<Instant, String> stamps) {
        this.prefix = belowTheDirectory(prefix);
        this.extension = extension.isEmpty() ? "" : "." + extension;
        this.stamps = stamps;
        this.ours = Pattern.compile(Pattern.quote(this.prefix) + "\\d+-\\d+" + Pattern.quote(this.extension));
    }

    /** Reads the keys that both of Flume's namings have. */
    static FileNames read(Settings keys, Function<Instant, String> stamps) {
        return new FileNames(
                keys.value("prefix", "a text without .. as a directory", FileNames::belowTheDirectory, "")
                        .about("what files' names start with")
                        .orElse(""),
                part(keys, "extension")
                        .about("what their names end with, behind a dot")
                        .orElse(""),
                stamps);
    }

    /** In the sink's directory or below it, as in Flume; directories are written as a listing shows them, so that files are found again. */
    private static String belowTheDirectory(String prefix) {
        int name = prefix.lastIndexOf('/') + 1;
        StringBuilder below = new StringBuilder();
        for (String directory : prefix.substring(0, name).split("/", -1)) {
            if (directory.equals("..")) {
                throw new IllegalArgumentException();
            }
            if (!directory.isEmpty() && !directory.equals(".")) {
                below.append(directory).append('/');
            }
        }
        return below + prefix.substring(name);
    }

    /** A key whose value becomes part of a file's name. */
    static Settings.Value<String> part(Settings settings, String key) {
        return settings.value(key, "a part of a file name, without /", FileNames::withoutSlash, "");
    }

    private static String withoutSlash(String text) {
        if (text.contains("/")) {
            throw new IllegalArgumentException();
        }
        return text;
    }

    @Override
    public String next(Instant now) {
        String stamp = stamps.apply(now);
        if (!stamp.equals(lastStamp)) {
            lastStamp = stamp;
            number = 0;
        }
        return prefix + stamp + "-" + ++number + extension;
    }

    @Override
    public boolean isOurs(String name) {
        return ours.matcher(name).matches();
    }

    @Override
    public Path directory() {
        Path parent = Path.of(prefix + "0").getParent();
        return parent == null ? Path.of("") : parent;
    }
}
